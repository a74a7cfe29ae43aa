"""Which rows answer a question: daily ones, or sums of months and days where a line has them.

A reader says which days it adds up, where it must tell days apart, and whether it tells categories or channels apart;
it gets rows that have the columns of the daily facts. Whatever mixture of sums and days they are, their sum over each
of its stretches is that of the daily rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, false, select, union_all
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from access.actor import Work
from measures.models import (
    COUNTS,
    DAY_BY_CATEGORY,
    DAY_BY_CHANNEL,
    MONTH,
    MONTH_BY_CATEGORY,
    MONTH_BY_CHANNEL,
    DailyFact,
    SummedFact,
    SummedLine,
)

#: Columns by name, as of the daily facts.
Facts = ReadOnlyColumnCollection[str, Any]
#: A subject and a scope of the viewer.
Line = tuple[int, int]
_DAY = timedelta(days=1)
_COLUMNS = ("subject_id", "scope", "day", "category", "channel", *COUNTS)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days that are added up, both ends included; ``first`` is ``None`` for all history.

    With ``by_month`` the asker tells no days of one month apart, and a month that lies wholly inside may come as one
    row, on its first day.
    """

    first: date | None
    last: date
    by_month: bool = True


@dataclass(frozen=True, slots=True)
class Matter:
    """Which category and channel, and whether they are told apart (or one of them is asked for by a measure)."""

    category: str | None = None
    channel: str | None = None
    categories: bool = False
    channels: bool = False


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows of one grain (``None``: daily ones) on some days; ``first`` is ``None`` for all history."""

    grain: int | None
    first: date | None
    last: date


def borders(work: Work) -> Mapping[Line, date]:
    """Up to where each of the viewer's lines is summed: the first day that is not. Read once a transaction."""
    kept: Mapping[Line, date] | None = work.session.info.get("summed")
    if kept is None:
        rows = work.session.execute(
            select(SummedLine.subject_id, SummedLine.scope, SummedLine.until).where(
                SummedLine.tenant_id == work.tenant_id
            )
        )
        kept = work.session.info["summed"] = {(row.subject_id, row.scope): row.until for row in rows}
    return kept


def rows(work: Work, lines: Iterable[Line], stretches: Sequence[Stretch], matter: Matter) -> Facts:
    """Columns of the viewer's rows about ``lines`` on the days of ``stretches``, as those of the daily facts.

    The stretches do not overlap. ``category`` and ``channel`` of a row mean something only where ``matter`` tells
    them apart. A select over these columns needs no further condition.
    """
    known, alike = borders(work), defaultdict[tuple[date | None, int], list[int]](list)
    for subject, scope in lines:
        alike[known.get((subject, scope)), scope].append(subject)
    parts = [
        _where(work, scope, subjects, part, matter)
        for (until, scope), subjects in alike.items()
        for part in _cover(stretches, until, matter)
    ]
    if not parts:
        parts = [_select(None).where(false())]
    return union_all(*parts).subquery("facts").c


def _cover(stretches: Sequence[Stretch], until: date | None, matter: Matter) -> Iterator[_Part]:
    """The parts that together are the stretches."""
    by_category = matter.categories or matter.category is not None
    by_channel = matter.channels or matter.channel is not None
    if by_category and by_channel:
        monthly, daily = MONTH, None
    else:
        monthly, daily = (MONTH_BY_CATEGORY, DAY_BY_CATEGORY) if by_category else (MONTH_BY_CHANNEL, DAY_BY_CHANNEL)
    for stretch in stretches:
        first, last = stretch.first, stretch.last
        if until is None or (first is not None and first >= until):
            yield _Part(None, first, last)
            continue
        if last >= until:
            yield _Part(None, until, last)
            last = until - _DAY
        months = _whole_months(first, last) if stretch.by_month else None
        if months is None:
            yield _Part(daily, first, last)
            continue
        start, end = months
        yield _Part(monthly, start, end - _DAY)
        if first is not None and start is not None and first < start:
            yield _Part(daily, first, start - _DAY)
        if end <= last:
            yield _Part(daily, end, last)


def _whole_months(first: date | None, last: date) -> tuple[date | None, date] | None:
    """The first day of the first whole month and the day after the last one; ``None`` without a whole month."""
    end = (last + _DAY).replace(day=1)
    if first is None:
        return None, end
    start = first if first.day == 1 else (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    return (start, end) if start < end else None


def _select(grain: int | None) -> Select[Any]:
    model = DailyFact if grain is None else SummedFact
    return select(*(getattr(model, name) for name in _COLUMNS))


def _where(work: Work, scope: int, subjects: Sequence[int], part: _Part, matter: Matter) -> Select[Any]:
    model = DailyFact if part.grain is None else SummedFact
    # By number: the index is searched for each subject's days instead of read whole.
    conditions = [model.tenant_id == work.tenant_id, model.subject_id.in_(subjects), model.scope == scope]
    if part.grain is not None:
        conditions.append(SummedFact.grain == part.grain)
    conditions.append(model.day <= part.last if part.first is None else model.day.between(part.first, part.last))
    if matter.category is not None:
        conditions.append(model.category == matter.category)
    if matter.channel is not None:
        conditions.append(model.channel == matter.channel)
    return _select(part.grain).where(*conditions)
