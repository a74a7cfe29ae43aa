"""Measures of the catalogue for one question: one read of the viewer's own rows, whatever the number of measures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Date, Select, Subquery, bindparam, func, select

from access.actor import Work
from measures.definitions import BY_KEY, CATALOGUE
from measures.grains import Stretch
from measures.measure import Measure, Part
from measures.queries import of_scope
from measures.scopes import Wanted
from measures.suppression import Shown, outside


@dataclass(frozen=True, slots=True)
class Answer:
    """One measure of one question. Hidden parts are ``None``, and then so is the value; ``value`` of 0/0 is ``None``
    too, with ``denominator`` 0."""

    measure: Measure
    numerator: Shown
    #: ``None`` for a plain count, and where it is hidden (``hidden`` tells them apart).
    denominator: Shown
    value: float | None
    hidden: bool


def answers(work: Work, wanted: Wanted, measures: Iterable[Measure] = CATALOGUE) -> tuple[Answer, ...]:
    """Numerator, denominator and value of each measure; about a unit below, as somebody outside may see them.

    A measure with a part of the days before the period (the open stock) reads all of the history, the others only
    the period.
    """
    asked = tuple(measures)
    sums = _sums(work, wanted, {part.label: part for measure in asked for part in _parts(measure)})
    return tuple(answer(measure, sums, hide=wanted.scope.veiled) for measure in asked)


def answer(measure: Measure, sums: Mapping[str, int], *, hide: bool) -> Answer:
    """One measure from sums by label. With ``hide`` small numbers are hidden and the others rounded.

    The value is then that of the shown numbers: the exact one would tell a rounded one. What subtraction leaves is
    known to within the rounding of both.
    """
    top, bottom = measure.amounts(sums)
    if not hide:
        return Answer(measure, top, bottom, measure.value(sums), hidden=False)
    if bottom is None:
        shown = outside(top)
        return Answer(measure, shown, None, None if shown is None else float(shown), hidden=shown is None)
    whole, part = outside(bottom), outside(top)
    if whole is None or part is None:
        return Answer(measure, part if whole is not None else None, whole, None, hidden=True)
    return Answer(measure, part, whole, part / whole if whole else None, hidden=False)


def one(work: Work, wanted: Wanted, key: str) -> Answer:
    """One measure by key.

    :raises KeyError: for a key that the catalogue does not have; doors check it first.
    """
    return answers(work, wanted, (BY_KEY[key],))[0]


def _parts(measure: Measure) -> Iterable[Part]:
    yield from measure.numerator
    yield from measure.denominator or ()


def _sums(work: Work, wanted: Wanted, parts: Mapping[str, Part]) -> dict[str, int]:
    stretches = [Stretch(wanted.first, wanted.last)]
    if any(part.before for part in parts.values()):
        stretches.append(Stretch(None, wanted.first - timedelta(days=1)))
    channels = any(part.channel is not None for part in parts.values())
    facts = of_scope(work, wanted, stretches, channels=channels)
    statement = _statement(facts.source, tuple(parts.values()))
    row = work.session.execute(statement, {**facts.values, "first": wanted.first}).one()
    return {label: int(amount) for label, amount in zip(parts, row, strict=True)}


# The whole catalogue is sixty sums: putting the statement together takes longer than the database takes to answer.
@lru_cache(maxsize=256)
def _statement(source: Subquery, parts: tuple[Part, ...]) -> Select[Any]:
    first = bindparam("first", type_=Date)
    inside, before = source.c.day >= first, source.c.day < first
    columns = []
    for part in parts:
        days = before if part.before else inside
        where = (days,) if part.channel is None else (days, source.c.channel == part.channel)
        columns.append(func.coalesce(func.sum(source.c[part.column]).filter(*where), 0).label(part.label))
    return select(*columns)
