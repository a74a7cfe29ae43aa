"""Measures of the catalogue for one question: one read of the viewer's own rows, whatever the number of measures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import Date, Select, Subquery, bindparam, func, select

from access.actor import Work
from measures.definitions import CATALOGUE
from measures.grains import Stretch
from measures.measure import Measure, Part
from measures.queries import of_scope
from measures.scopes import Scope, Wanted
from measures.suppression import Shown, apart, uncover


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
    return tuple(answer(measure, wanted.scope, sums) for measure in asked)


def answer(measure: Measure, scope: Scope, sums: Mapping[int, Mapping[str, int]]) -> Answer:
    """One measure of a question from the sums by label of every subject that was read."""
    if not scope.veiled:
        mine = sums[scope.subject_id]
        top, bottom = measure.amounts(mine)
        return Answer(measure, top, bottom, measure.value(mine), hidden=False)
    units = scope.beside or (scope.subject_id,)
    return apart_answers(measure, [sums[unit] for unit in units])[units.index(scope.subject_id)]


def apart_answers(measure: Measure, sums: Sequence[Mapping[str, int]]) -> tuple[Answer, ...]:
    """One measure of all direct children, of each as somebody who knows their sum may see it (``suppression.apart``).

    The value is that of the shown numbers: the exact one would tell a rounded one. What subtraction leaves is known
    to within the rounding of both.
    """
    amounts = [measure.amounts(each) for each in sums]
    parts = apart([top for top, _bottom in amounts])
    if measure.denominator is None:
        return tuple(
            Answer(measure, part, None, None if part is None else float(part), hidden=part is None) for part in parts
        )
    bottoms = [bottom or 0 for _top, bottom in amounts]
    return tuple(map(partial(_rate, measure), parts, uncover(bottoms, apart(bottoms), parts)))


def _rate(measure: Measure, part: Shown, whole: Shown) -> Answer:
    if whole is None or part is None:
        return Answer(measure, part if whole is not None else None, whole, None, hidden=True)
    return Answer(measure, part, whole, part / whole if whole else None, hidden=False)


def _parts(measure: Measure) -> Iterable[Part]:
    yield from measure.numerator
    yield from measure.denominator or ()


def _sums(work: Work, wanted: Wanted, parts: Mapping[str, Part]) -> Mapping[int, Mapping[str, int]]:
    stretches = [Stretch(wanted.first, wanted.last)]
    if any(part.before for part in parts.values()):
        stretches.append(Stretch(None, wanted.first - timedelta(days=1)))
    channels = any(part.channel is not None for part in parts.values())
    facts = of_scope(work, wanted, stretches, channels=channels)
    statement = _statement(facts.source, tuple(parts.values()))
    rows = work.session.execute(statement, {**facts.values, "first": wanted.first}).all()
    nothing = dict.fromkeys(parts, 0)
    found = {
        subject: {label: int(amount) for label, amount in zip(parts, amounts, strict=True)}
        for subject, *amounts in rows
    }
    return {subject: found.get(subject, nothing) for subject in (*wanted.scope.beside, wanted.scope.subject_id)}


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
    return select(source.c.subject_id, *columns).group_by(source.c.subject_id)
