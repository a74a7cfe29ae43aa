"""Kinds of reports and the periods that they are about: whole weeks, months, quarters and years. Pure.

Units can be added up only when all of them mean the same days, so a report's days are those of the calendar.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kernel.errors import InvalidError

#: Older than any record that a union would carry over.
EARLIEST = date(1990, 1, 1)


class Kind(StrEnum):
    """How long a report's period is (domain.md A3(五); the weekly one is the office's own)."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


LABELS: dict[Kind, str] = {Kind.WEEK: "周报", Kind.MONTH: "月报", Kind.QUARTER: "季报", Kind.YEAR: "年度报告"}
#: What a period of the kind is, for sentences.
SPANS: dict[Kind, str] = {
    Kind.WEEK: "周一至周日的一整周",
    Kind.MONTH: "一个自然月",
    Kind.QUARTER: "一个自然季度",
    Kind.YEAR: "一个自然年",
}
#: The word of a kind in a report's number (文号): ``东总工信月〔2026〕000001``.
PREFIXES: dict[Kind, str] = {Kind.WEEK: "周", Kind.MONTH: "月", Kind.QUARTER: "季", Kind.YEAR: "年"}
#: 月报、季报、年度报告 are what the field asks for; a weekly one is due only where somebody writes them.
REGULAR = (Kind.MONTH, Kind.QUARTER, Kind.YEAR)

_EXAMPLES: dict[Kind, str] = {
    Kind.WEEK: "2026-03-02至2026-03-08",
    Kind.MONTH: "2026-02-01至2026-02-28",
    Kind.QUARTER: "2026-01-01至2026-03-31",
    Kind.YEAR: "2025-01-01至2025-12-31",
}


@dataclass(frozen=True, slots=True)
class Period:
    """A kind with its first and last day, both included."""

    kind: Kind
    first: date
    last: date

    @property
    def name(self) -> str:
        """As it stands in a title: ``2026年2月``."""
        year = self.first.year
        if self.kind is Kind.MONTH:
            return f"{year}年{self.first.month}月"
        if self.kind is Kind.QUARTER:
            return f"{year}年第{'一二三四'[self.first.month // 3]}季度"
        if self.kind is Kind.YEAR:
            return f"{year}年"
        week = self.first.isocalendar()
        return f"{week.year}年第{week.week}周"

    @property
    def days(self) -> str:
        """``2026年2月1日至2月28日``."""
        year = "" if self.last.year == self.first.year else f"{self.last.year}年"
        first = f"{self.first.year}年{self.first.month}月{self.first.day}日"
        return f"{first}至{year}{self.last.month}月{self.last.day}日"

    @property
    def before(self) -> Period:
        """The period just before (环比)."""
        return containing(self.kind, self.first - timedelta(days=1))

    @property
    def year_ago(self) -> Period:
        """The same period of the year before (同比); a week is set beside the one 52 weeks earlier."""
        if self.kind is Kind.WEEK:
            return containing(self.kind, self.first - timedelta(weeks=52))
        return containing(self.kind, self.first.replace(year=self.first.year - 1))


def containing(kind: Kind, day: date) -> Period:
    """The period of a kind in which a day lies."""
    if kind is Kind.WEEK:
        first = day - timedelta(days=day.weekday())
        return Period(kind, first, first + timedelta(days=6))
    if kind is Kind.YEAR:
        return Period(kind, date(day.year, 1, 1), date(day.year, 12, 31))
    length = 1 if kind is Kind.MONTH else 3
    month = (day.month - 1) // length * length + 1
    after = day.year * 12 + month - 1 + length
    return Period(kind, date(day.year, month, 1), date(after // 12, after % 12 + 1, 1) - timedelta(days=1))


def read(kind: str, first: str, last: str, *, today: date, since: date) -> Period:
    """The period that somebody typed; ``since`` is the union's first day on the platform.

    :raises InvalidError: with one sentence a field: no such kind, no date, an end before the beginning, days that are
        no whole period, a period that is not over, and one before there was the union.
    """
    problems: dict[str, str] = {}
    if kind not in set(Kind):
        problems["kind"] = "请选择报告种类。"
    begins = _day(first, "first", "开始日期", problems)
    ends = _day(last, "last", "截止日期", problems)
    if begins is not None and ends is not None and not problems:
        problems |= _problem(Period(Kind(kind), begins, ends), today, since)
    if problems or begins is None or ends is None:
        raise InvalidError("".join(dict.fromkeys(problems.values())), fields=problems)
    return Period(Kind(kind), begins, ends)


def _problem(asked: Period, today: date, since: date) -> dict[str, str]:
    label = LABELS[asked.kind]
    if asked.last < asked.first:
        return {"last": "截止日期早于开始日期，请改正。"}
    if containing(asked.kind, asked.first) != asked:
        return {"first": f"{label}的时段应为{SPANS[asked.kind]}，例如{_EXAMPLES[asked.kind]}。"}
    if asked.last >= today:
        return {"last": f"这一时段到{asked.last.isoformat()}才结束，结束后的次日起可以编写{label}。"}
    if asked.last < since:
        return {"first": f"本单位自{since.isoformat()}起才有数据，不能编写此前的{label}。"}
    return {}


def _day(text: str, name: str, label: str, problems: dict[str, str]) -> date | None:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        day = None
    if day is None or day < EARLIEST or day.year > 2999:
        problems[name] = f"{label}不正确，请按“2026-03-01”的样子填写。"
        return None
    return day


def finished(kind: Kind, today: date, since: date) -> Iterator[Period]:
    """Periods of a kind that are over and reach into the union's time, newest first."""
    period = containing(kind, today).before
    while period.last >= max(since, EARLIEST):
        yield period
        period = period.before


def due_between(kind: Kind, first: date, last: date, days: int) -> list[Period]:
    """Periods whose reports, due ``days`` days after their end, are due from ``first`` to ``last``, both included."""
    after = timedelta(days=days)
    period, found = containing(kind, last - after), []
    while period.last + after >= first:
        if period.last + after <= last:
            found.append(period)
        period = period.before
    return found[::-1]
