"""Read a pasted list of holidays: one day or stretch a line, or the State Council's notice as it is published."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

#: The longest holiday so far has nine days; more than this is a slip of the pen.
LONGEST_STRETCH = 31
LONGEST_NAME = 20

_YEAR = r"(?:(\d{4})\s*[年/.\-]\s*)?"
_STRETCH = re.compile(
    rf"{_YEAR}(\d{{1,2}})\s*[月/.\-]\s*(\d{{1,2}})\s*[日号]?"
    rf"(?:\s*(?:至|到|[~～–—\-]+)\s*{_YEAR}(?:(\d{{1,2}})\s*[月/.\-]\s*)?(\d{{1,2}})\s*[日号]?)?"
)
_ASIDE = re.compile(r"（[^）]*）|\([^)]*\)|星期.|周[一二三四五六日天]")
_HEADING = re.compile(r"^\s*(?:[一二三四五六七八九十]+、)?\s*([^\d\s：:]{1,20})[：:]")
_NO_NAME = re.compile(r"放假调休|调休|放假|补班|上班|休息|休|班|共\s*\d+\s*天|[，,、。；;\s与和及]+")
_SENTENCE = re.compile(r"[。；;]")


@dataclass(slots=True)
class Pasted:
    """What a list says: date → whether offices work and the holiday's name; and by line number what is wrong."""

    days: dict[date, tuple[bool, str]] = field(default_factory=dict)
    problems: dict[int, str] = field(default_factory=dict)


def read(text: str, year: int) -> Pasted:
    """The days of ``year`` that a pasted text names. A line without a number says nothing and is passed over.

    Understood: ``2027-02-05 休 春节``, ``2月5日至11日休 春节``, ``2月14日、2月28日 班`` and the notice's own
    “二、春节：2月15日（农历…）至23日放假调休，共9天。2月14日（周六）、2月28日（周六）上班。”
    """
    found = Pasted()
    for number, line in enumerate(text.splitlines(), start=1):
        plain = _ASIDE.sub("", line)
        heading = _HEADING.match(plain)
        name = heading.group(1) if heading else ""
        for sentence in _SENTENCE.split(plain[heading.end() :] if heading else plain):
            if not re.search(r"\d", sentence):
                continue
            try:
                _take(found, sentence, year, name)
            except ValueError as error:
                found.problems.setdefault(number, f"第{number}行：{error}")
    return found


def _take(found: Pasted, sentence: str, year: int, name: str) -> None:
    stretches = list(_STRETCH.finditer(sentence))
    if not stretches:
        raise ValueError("没有看到日期，请写成“2月5日至11日休 春节”的样子。")
    works, rests = "班" in sentence, "休" in sentence or "放假" in sentence
    if works == rests:
        raise ValueError("同一句里既有“休”又有“班”，请分成两行。" if works else "没有写明“休”还是“班”。")
    label = name or _NO_NAME.sub(" ", _STRETCH.sub(" ", sentence)).strip()
    for stretch in stretches:
        for day in _days(stretch, year):
            found.days[day] = (works, label[:LONGEST_NAME])


def _days(stretch: re.Match[str], year: int) -> list[date]:
    first_year, month, day, last_year, last_month, last_day = stretch.groups()
    first = _date(int(first_year or year), int(month), int(day))
    last = first
    if last_day is not None:
        last = _date(int(last_year or first.year), int(last_month or month), int(last_day))
    if (first.year, last.year) != (year, year):
        raise ValueError(f"“{stretch.group().strip()}”不是{year}年的日期，请到那一年的页面录入。")
    if not 0 <= (last - first).days < LONGEST_STRETCH:
        raise ValueError(f"“{stretch.group().strip()}”的起止日期不对。")
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"没有{year}年{month}月{day}日这一天。") from None
