"""Chinese text as the words under which it is found: pairs of characters, and latin words and numbers whole. Pure.

PostgreSQL's own text search makes one word of a whole Chinese sentence, and its operators lose their index under
row-level security (they are not leakproof). Pairs of characters compared for equality need neither.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{_HAN}]+|[0-9a-z]+")
#: Telephones, identity and account numbers: a person is found by the blind index and never by a word of a text.
_IDENTITY = re.compile(r"\d{7,}[x]?")
#: 编号: A市总信〔2026〕000123, with the brackets that people type instead.
_NUMBER = re.compile(r"\S+[〔\[(]\d{4}[〕\])]\d+")
#: Sorts after every character, so that ``token < letter + LAST`` ends a range of tokens that begin with a letter.
LAST = "\U0010fffd"
MAX_TERMS = 40
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Terms:
    """What a typed text asks for: whole tokens, and beginnings where a single character stands alone."""

    exact: tuple[str, ...]
    beginnings: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many of them there are."""
        return len(self.exact) + len(self.beginnings)

    @property
    def needed(self) -> int:
        """How many a case must have: all of up to three, seven in ten of more, so that one odd word is forgiven."""
        return self.count if self.count <= 3 else -(-self.count * 7 // 10)

    @property
    def every(self) -> bool:
        """Whether a case must have all of them, and all are whole tokens."""
        return self.needed == self.count and not self.beginnings


def plain(text: str) -> str:
    """Full-width forms made half-width, letters made small."""
    return unicodedata.normalize("NFKC", text).casefold()


def tokens(texts: Iterable[str | None], *, without: Iterable[str | None] = ()) -> set[str]:
    """Every token of some texts. ``without`` are names of persons, taken out before the text is cut."""
    names = sorted({plain(name) for name in without if name}, key=len, reverse=True)
    found: set[str] = set()
    for text in texts:
        rest = plain(text or "")
        for name in names:
            if len(name) > 1:
                rest = rest.replace(name, " ")
        for run in _RUN.findall(rest):
            found.update(_of_run(run))
    return found


def number_tokens(number: str) -> set[str]:
    """A case number as a whole, and the figure at its end with and without zeros.

    Not its pairs of characters: the union's own mark is in every number and would find every case.
    """
    serial = re.search(r"\d+$", number)
    return {_bracketed(number)} | ({serial[0], serial[0].lstrip("0") or "0"} if serial else set())


def terms(text: str) -> Terms:
    """What somebody looks for."""
    beginnings: dict[str, None] = {}
    rest = plain(text)
    exact: dict[str, None] = dict.fromkeys(map(_bracketed, _NUMBER.findall(rest)))
    for run in _RUN.findall(_NUMBER.sub(" ", rest)):
        if run[0].isascii():
            if not _IDENTITY.fullmatch(run):
                exact[run[:_LONGEST]] = None
        elif len(run) == 1:
            beginnings[run] = None
        else:
            exact |= dict.fromkeys(_pairs(run))
    kept = tuple(exact)[:MAX_TERMS]
    return Terms(kept, tuple(beginnings)[: MAX_TERMS - len(kept)])


def _bracketed(number: str) -> str:
    return re.sub(r"[〔\[(](\d{4})[〕\])]", r"〔\1〕", plain(number))


def is_identity(text: str) -> bool:
    """Whether somebody typed a telephone or identity number where words belong."""
    return bool(_IDENTITY.fullmatch(re.sub(r"[\s-]", "", plain(text))))


def _of_run(run: str) -> Iterable[str]:
    if not run[0].isascii():
        # The last character by itself: one that is looked for alone is found by the token that begins with it.
        return (*_pairs(run), run[-1])
    if _IDENTITY.fullmatch(run):
        return ()
    return (run[:_LONGEST], run.lstrip("0")[:_LONGEST] or "0") if run.isdecimal() else (run[:_LONGEST],)


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run) - 1)]
