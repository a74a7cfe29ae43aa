"""What a cell of a streamed worksheet holds: text that can be nothing else, and numbers as Excel counts them."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

#: Excel counts days from here on; before March 1900 it is wrong by one, and nothing of ours is so old.
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no zone
#: What XML 1.0 cannot hold.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CARE = re.compile("[&<>\r]|_x|" + _FORBIDDEN.pattern)
#: Excel reads ``_x0041_`` in a cell as ``A``.
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def clean(text: str) -> str:
    """The text without what no XML may hold; each such character leaves the mark for an unknown one."""
    return _FORBIDDEN.sub("\ufffd", text) if _FORBIDDEN.search(text) else text


def text_cell(place: str, style: int, text: str) -> str:
    """A cell that holds a text and can be nothing else."""
    # Most texts have nothing of this: one look instead of six.
    if _CARE.search(text):
        text = _ESCAPE.sub("_x005F_", _FORBIDDEN.sub("\ufffd", text))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def number_of(value: int | Decimal | date | datetime) -> str:
    """A value as the number that a workbook keeps; the style says what it is."""
    if isinstance(value, datetime):
        since = value - _DAY_ZERO
        return f"{since.days + since.seconds / 86_400:.15g}"
    if isinstance(value, date):
        return str(value.toordinal() - _DAY_ZERO.toordinal())
    return str(value)
