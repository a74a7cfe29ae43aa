"""Which rows answer a question: daily ones, or sums of months and days where a line has them.

A reader says which days it adds up, where it must tell days apart, and whether it tells categories or channels apart;
it gets rows that have the columns of the daily facts. Whatever mixture of sums and days they are, their sum over each
of its stretches is that of the daily rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Select,
    Subquery,
    Text,
    all_,
    any_,
    bindparam,
    false,
    select,
    union_all,
)
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

#: A subject and a scope of the viewer.
Line = tuple[int, int]
_DAY = timedelta(days=1)
#: Values that every part is told.
_FOR_ALL = {"category", "channel", "without"}
_COLUMNS = ("subject_id", "scope", "day", "category", "channel", *COUNTS)


@dataclass(frozen=True, slots=True)
class Facts:
    """Rows to add up, with the columns of the daily facts; ``values`` belong to the execution.

    ``category`` and ``channel`` mean something only where they were asked for. Questions of one shape share one
    ``source``, so that a long statement over it can be kept too.
    """

    source: Subquery
    values: Mapping[str, Any]

    @property
    def c(self) -> ReadOnlyColumnCollection[str, Any]:
        """The columns by name."""
        return self.source.c


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
    """Which category and channel, and whether they are told apart (or one of them is asked for by a measure).

    ``without`` are categories whose rows are left out.
    """

    category: str | None = None
    channel: str | None = None
    categories: bool = False
    channels: bool = False
    without: Collection[str] = ()


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
    """The viewer's rows about ``lines`` on the days of ``stretches``; a select over them needs no more conditions.

    The stretches do not overlap.
    """
    known, alike = borders(work), defaultdict[tuple[date | None, int], list[int]](list)
    for subject, scope in lines:
        alike[known.get((subject, scope)), scope].append(subject)
    shape: list[tuple[bool, bool]] = []
    values: dict[str, Any] = {"tenant": work.tenant_id}
    if matter.category is not None:
        values["category"] = matter.category
    if matter.channel is not None:
        values["channel"] = matter.channel
    if matter.without:
        values["without"] = sorted(matter.without)
    for (until, scope), subjects in alike.items():
        for part in _cover(stretches, until, matter):
            place = len(shape)
            shape.append((part.grain is not None, part.first is not None))
            values |= {f"subjects_{place}": subjects, f"scope_{place}": scope, f"last_{place}": part.last}
            if part.grain is not None:
                values[f"grain_{place}"] = part.grain
            if part.first is not None:
                values[f"first_{place}"] = part.first
    if not shape:
        return Facts(_source((), frozenset()), {})
    return Facts(_source(tuple(shape), frozenset(values.keys() & _FOR_ALL)), values)


def _cover(stretches: Sequence[Stretch], until: date | None, matter: Matter) -> Iterator[_Part]:
    """The parts that together are the stretches."""
    by_category = matter.categories or matter.category is not None or bool(matter.without)
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


# Kept for each shape: put together anew from forty columns a part, it costs 15 ms where the database takes 2.
@lru_cache(maxsize=512)
def _source(shape: tuple[tuple[bool, bool], ...], said: frozenset[str]) -> Subquery:
    """``shape`` tells of each part whether it is of sums, and whether it has a first day; ``said`` is for all."""
    parts = [_part(place, *each, said) for place, each in enumerate(shape)]
    nothing = select(*(_columns(DailyFact)[name] for name in _COLUMNS)).where(false())
    return union_all(*parts or [nothing]).subquery("facts")


def _part(place: int, summed: bool, bounded: bool, said: frozenset[str]) -> Select[Any]:
    table = _columns(SummedFact if summed else DailyFact)
    conditions = [
        table["tenant_id"] == bindparam("tenant"),
        table["subject_id"] == any_(bindparam(f"subjects_{place}", type_=ARRAY(BigInteger))),
        table["scope"] == bindparam(f"scope_{place}"),
        table["day"] <= bindparam(f"last_{place}"),
    ]
    if summed:
        conditions.append(table["grain"] == bindparam(f"grain_{place}"))
    if bounded:
        conditions.append(table["day"] >= bindparam(f"first_{place}"))
    if "category" in said:
        conditions.append(table["category"] == bindparam("category"))
    if "channel" in said:
        conditions.append(table["channel"] == bindparam("channel"))
    if "without" in said:
        conditions.append(table["category"] != all_(bindparam("without", type_=ARRAY(Text))))
    return select(*(table[name] for name in _COLUMNS)).where(*conditions)


def _columns(model: type[DailyFact | SummedFact]) -> ReadOnlyColumnCollection[str, Any]:
    return model.__table__.c
