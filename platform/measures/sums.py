"""Sums of any count columns, by month or by unit: what the rates of a page are made of, in one read each.

Columns are named as in ``measures.models.COUNTS``. Counts about a unit below come out suppressed (``None`` = hidden).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, cast, func, select

from access.actor import Work
from cases.rules import Channel
from measures import queries
from measures.models import COUNTS, DailyFact
from measures.queries import Rate
from measures.scopes import Around, Unit, Wanted
from measures.suppression import Shown, outside

#: 来访: registered by the channel of visits, which is no column of its own.
VISITS = "visits"


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums of one month or unit by column."""

    counts: Mapping[str, Shown]

    def __getitem__(self, name: str) -> Shown:
        return self.counts[name]

    def rate(self, met: str, due: str) -> Rate:
        """Two columns as a proportion."""
        return Rate(self.counts[met], self.counts[due])


def by_month(work: Work, wanted: Wanted, names: Sequence[str]) -> Sequence[tuple[date, Sums]]:
    """Every month that the period touches, clipped to the period."""
    month = cast(func.date_trunc("month", DailyFact.day), Date)
    rows = work.session.execute(
        select(month.label("month"), *_columns(names))
        .where(*queries.of_scope(work, wanted), DailyFact.day.between(wanted.first, wanted.last))
        .group_by(month)
    ).all()
    found, hide = {row.month: row for row in rows}, wanted.scope.is_child
    return [(first, _sums(found.get(first), names, hide=hide)) for first in wanted.months]


def whole(work: Work, wanted: Wanted, names: Sequence[str]) -> Sums:
    """The whole period at once."""
    row = work.session.execute(
        select(*_columns(names)).where(
            *queries.of_scope(work, wanted), DailyFact.day.between(wanted.first, wanted.last)
        )
    ).one()
    return _sums(row, names, hide=wanted.scope.is_child)


def by_unit(work: Work, wanted: Wanted, here: Around, names: Sequence[str]) -> Sequence[tuple[Unit, Sums]]:
    """Every direct child with its subtree, in the order of the tree, silent ones included; never a ranking."""
    if not here.children:
        return ()
    rows = work.session.execute(
        select(DailyFact.subject_id, *_columns(names))
        .where(*queries.of_children(work, wanted, here), DailyFact.day.between(wanted.first, wanted.last))
        .group_by(DailyFact.subject_id)
    ).all()
    found = {row.subject_id: row for row in rows}
    return [(unit, _sums(found.get(unit.tenant_id), names, hide=True)) for unit in here.children]


def _columns(names: Sequence[str]) -> list[Any]:
    return [_column(name).label(name) for name in names]


def _column(name: str) -> Any:
    if name == VISITS:
        return func.sum(DailyFact.registered).filter(DailyFact.channel == Channel.VISIT.value)
    if name not in COUNTS:
        raise ValueError(name)
    return func.sum(getattr(DailyFact, name))


def _sums(row: Any, names: Sequence[str], *, hide: bool) -> Sums:
    counts = {name: int(getattr(row, name) or 0) if row is not None else 0 for name in names}
    return Sums({name: outside(count) for name, count in counts.items()} if hide else dict(counts))
