"""Sums of a period over the viewer's own rows, exact, for who may see them all: the union's own reports.

Everything here is one read of the viewer's own rows. Figures about one unit below are exact as well and never shown
as they are: whoever shows one passes it through ``measures.suppression``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select

from access.actor import Work
from measures import grains
from measures.grains import Facts, Matter, Stretch
from measures.models import COUNTS, OWN, SUBTREE, DailyFact

#: Count column → its sum.
Sums = Mapping[str, int]
NOTHING: Sums = dict.fromkeys(COUNTS, 0)


def totals(work: Work, scope: int, first: date, last: date, *, without: Collection[str] = ()) -> Sums:
    """Every count column over the days from ``first`` to ``last``; ``scope`` is ``OWN`` or ``SUBTREE``.

    ``without`` are categories that are not counted, here and in the others below.
    """
    facts = _mine(work, scope, first, last, Matter(without=without))
    row = work.session.execute(select(*_sums(facts)), facts.values).one()
    return {name: int(getattr(row, name)) for name in COUNTS}


def by_category(work: Work, scope: int, first: date, last: date, *, without: Collection[str] = ()) -> dict[str, Sums]:
    """As :func:`totals`, for each first-level category that has a row."""
    facts = _mine(work, scope, first, last, Matter(categories=True, without=without))
    return _parts(work, facts, facts.c.category)


def by_channel(work: Work, scope: int, first: date, last: date, *, without: Collection[str] = ()) -> dict[str, Sums]:
    """As :func:`totals`, for each channel that has a row."""
    facts = _mine(work, scope, first, last, Matter(channels=True, without=without))
    return _parts(work, facts, facts.c.channel)


def of_children(
    work: Work, children: Iterable[int], first: date, last: date, *, without: Collection[str] = ()
) -> dict[int, Sums]:
    """As :func:`totals`, for the subtree of each direct child that has a row."""
    lines = [(child, SUBTREE) for child in children]
    facts = grains.rows(work, lines, [Stretch(first, last)], Matter(without=without))
    return _parts(work, facts, facts.c.subject_id)


def first_day(work: Work) -> date | None:
    """The first day of which the union or anybody below it has a figure; ``None`` without one."""
    return work.session.scalar(
        select(func.min(DailyFact.day)).where(
            DailyFact.tenant_id == work.tenant_id,
            DailyFact.subject_id == work.tenant_id,
            DailyFact.scope == SUBTREE,
        )
    )


def _mine(work: Work, scope: int, first: date, last: date, matter: Matter) -> Facts:
    line = (work.tenant_id, OWN if scope == OWN else SUBTREE)
    return grains.rows(work, [line], [Stretch(first, last)], matter)


def _sums(facts: Facts) -> list[ColumnElement[int]]:
    return [func.coalesce(func.sum(facts.c[name]), 0).label(name) for name in COUNTS]


def _parts(work: Work, facts: Facts, place: ColumnElement[Any]) -> dict[Any, Sums]:
    rows = work.session.execute(select(place.label("place"), *_sums(facts)).group_by(place), facts.values)
    return {row.place: {name: int(getattr(row, name)) for name in COUNTS} for row in rows}
