"""Texts that a spreadsheet would run: one rule for every table that leaves the platform (OWASP: CSV injection).

Pure. Workbooks that write their cells as texts need it less than CSV does, but a cell is copied into other files.
"""

from __future__ import annotations

import unicodedata

#: What a spreadsheet takes for the beginning of a formula; NFKC makes ＝＋－＠ and their small forms these too.
_FORMULA = frozenset("=+-@")
#: These at the front are enough by themselves: some spreadsheets begin a new cell with them.
_BREAKS = frozenset("\t\r\n\v\f\x85\u2028\u2029")
#: Blanks, controls and invisible characters hide a formula's first character from a check and not from a spreadsheet.
_HIDING = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


def starts_a_formula(text: str) -> bool:
    """Whether a spreadsheet could take the text for a formula, also after blanks and invisible characters."""
    for char in text:
        if char in _BREAKS:
            return True
        if char.isalnum():  # most texts end here
            return False
        if unicodedata.category(char) not in _HIDING:
            return unicodedata.normalize("NFKC", char)[0] in _FORMULA
    return False


def inert(text: str) -> str:
    """The text as no spreadsheet runs it: with an apostrophe in front where one could."""
    return f"'{text}" if starts_a_formula(text) else text
