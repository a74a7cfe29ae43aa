"""Sums of a period over the viewer's own rows, exact, for who may see them all: the union's own reports.

Everything here is one read of the viewer's own rows. Figures about one unit below are exact as well and never shown
as they are: whoever shows one passes it through ``measures.suppression``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from access.actor import Work
from measures.models import COUNTS, OWN, SUBTREE, DailyFact

#: Count column → its sum.
Sums = Mapping[str, int]
NOTHING: Sums = dict.fromkeys(COUNTS, 0)


def totals(work: Work, scope: int, first: date, last: date, *, without: Collection[str] = ()) -> Sums:
    """Every count column over the days from ``first`` to ``last``; ``scope`` is ``OWN`` or ``SUBTREE``.

    ``without`` are categories that are not counted, here and in the others below.
    """
    row = work.session.execute(
        select(*_sums()).where(*_mine(work, scope), DailyFact.day.between(first, last), *_but(without))
    ).one()
    return {name: int(getattr(row, name)) for name in COUNTS}


def by_category(work: Work, scope: int, first: date, last: date, *, without: Collection[str] = ()) -> dict[str, Sums]:
    """As :func:`totals`, for each first-level category that has a row."""
    return _parts(work, scope, first, last, DailyFact.category, without=without)


def by_channel(work: Work, scope: int, first: date, last: date, *, without: Collection[str] = ()) -> dict[str, Sums]:
    """As :func:`totals`, for each channel that has a row."""
    return _parts(work, scope, first, last, DailyFact.channel, without=without)


def of_children(
    work: Work, children: Iterable[int], first: date, last: date, *, without: Collection[str] = ()
) -> dict[int, Sums]:
    """As :func:`totals`, for the subtree of each direct child that has a row."""
    rows = work.session.execute(
        select(DailyFact.subject_id, *_sums())
        .where(
            DailyFact.tenant_id == work.tenant_id,
            # By number: the index is searched for each child's days instead of read whole.
            DailyFact.subject_id.in_(list(children)),
            DailyFact.scope == SUBTREE,
            DailyFact.day.between(first, last),
            *_but(without),
        )
        .group_by(DailyFact.subject_id)
    )
    return {row.subject_id: {name: int(getattr(row, name)) for name in COUNTS} for row in rows}


def first_day(work: Work) -> date | None:
    """The first day of which the union or anybody below it has a figure; ``None`` without one."""
    return work.session.scalar(select(func.min(DailyFact.day)).where(*_mine(work, SUBTREE)))


def _mine(work: Work, scope: int) -> list[ColumnElement[bool]]:
    return [
        DailyFact.tenant_id == work.tenant_id,
        DailyFact.subject_id == work.tenant_id,
        DailyFact.scope == (OWN if scope == OWN else SUBTREE),
    ]


def _but(without: Collection[str]) -> list[ColumnElement[bool]]:
    return [DailyFact.category.not_in(sorted(without))] if without else []


def _sums() -> list[ColumnElement[int]]:
    return [func.coalesce(func.sum(getattr(DailyFact, name)), 0).label(name) for name in COUNTS]


def _parts(
    work: Work,
    scope: int,
    first: date,
    last: date,
    place: InstrumentedAttribute[str],
    *,
    without: Collection[str],
) -> dict[str, Sums]:
    rows = work.session.execute(
        select(place.label("place"), *_sums())
        .where(*_mine(work, scope), DailyFact.day.between(first, last), *_but(without))
        .group_by(place)
    )
    return {row.place: {name: int(getattr(row, name)) for name in COUNTS} for row in rows}
