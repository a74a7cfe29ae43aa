"""A paper as data, and where its lines break. Pure: knows neither PDF nor Word.

Measures follow the state's format of official papers (GB/T 9704-2012, 党政机关公文格式): A4, a text block of
156 × 225 mm, 16 points (三号) in lines of 28 points, the title at 22 points (二号), headings in 黑体.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

#: Millimetres: left and top edge of the text block, its width and height.
LEFT, TOP, WIDTH, HEIGHT = 28.0, 37.0, 156.0, 225.0
BODY_POINTS, TITLE_POINTS, SMALL_POINTS = 16.0, 22.0, 10.5
LINE_MM = 28.0 * 25.4 / 72
VERIFY_HINT = "扫码或在“文书验真”网页输入验证码，可核对真伪。"
#: 避头尾: what must not begin a line, and what must not end one.
NOT_FIRST = frozenset("，。、；：？！）》】〕”’％‰…—·,.;:?!)%]}")
NOT_LAST = frozenset("（《【〔“‘([{")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One paper. Dates and names come in as they are to be printed."""

    title: str
    #: ``heading`` and ``text``; below them, where there is one, a ``table`` (``headings``, ``rows``), its ``widths``
    #: in thousandths and sentences ``after`` it.
    paragraphs: Sequence[dict[str, Any]]
    number: str = ""
    #: 抬头: to whom it is addressed; empty for a paper that addresses nobody.
    addressee: str = ""
    #: 落款: empty leaves signature, date and seal space away.
    signature: str = ""
    issued_on: date | None = None
    #: Verification code and the address behind the QR mark; empty on drafts.
    code: str = ""
    verify_url: str = ""
    #: Across every page, faint: who took it out and when, or that it is a draft.
    watermark: str = ""
    #: (heading, rows) of a table below the text, such as a proof of service's.
    table: tuple[Sequence[str], Sequence[Sequence[str]]] | None = None
    #: Words beside the mark at the foot of the last page.
    footnotes: Sequence[str] = field(default_factory=tuple)


def chinese_date(day: date) -> str:
    """``2026年1月5日``."""
    return f"{day.year}年{day.month}月{day.day}日"


def lines(text: str, width: float, measure: Callable[[str], float], *, indent: float = 0.0) -> list[str]:
    """Break one paragraph into lines of at most ``width``, the first shorter by ``indent``.

    Chinese breaks between any two characters but where 避头尾 forbids it; words and numbers in Latin letters stay
    whole when they fit on a line at all. Costs one measurement a different character when ``measure`` remembers.
    """
    found: list[str] = []
    line, used, room = "", 0.0, width - indent
    for unit in _units(text, width, measure):
        size = sum(map(measure, unit))
        if line and used + size > room:
            if unit in NOT_FIRST:
                # The mark hangs over by taking its neighbour along.
                moved = _tail(line)
                found.append(line[: len(line) - len(moved)])
                line, used = moved, sum(map(measure, moved))
            elif line[-1] in NOT_LAST and len(line) > 1:
                found.append(line[:-1])
                line, used = line[-1], measure(line[-1])
            else:
                found.append(line)
                line, used = "", 0.0
            room = width
        line += unit
        used += size
    if line:
        found.append(line)
    return found or [""]


def _tail(line: str) -> str:
    """The end of a line that moves down together with a mark that may not begin the next one: whole words only."""
    start = len(line) - 1
    while start > 0 and (
        line[start] in NOT_FIRST or line[start - 1] in NOT_LAST or (_latin(line[start]) and _latin(line[start - 1]))
    ):
        start -= 1
    # A line that would be empty is broken where it must be.
    return line[start:] if start > 0 else line[-1:]


def _latin(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character in "-_/@#&+=.,:%")


def _units(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    units: list[str] = []
    word = ""
    for character in text:
        if _latin(character):
            word += character
            continue
        if word:
            units += [word] if sum(map(measure, word)) <= width else list(word)
            word = ""
        units.append(character)
    if word:
        units += [word] if sum(map(measure, word)) <= width else list(word)
    return units


def spaced_code(code: str) -> str:
    """A verification code in groups that a person can read aloud: ``ABCD-EFGHJ-KMNPQ``."""
    return "-".join(part for part in (code[:4], code[4:9], code[9:]) if part)
