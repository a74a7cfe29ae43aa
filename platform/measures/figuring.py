"""Measures of the catalogue for one question: one read of the viewer's own rows, whatever the number of measures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from access.actor import Work
from measures.definitions import BY_KEY, CATALOGUE
from measures.measure import Measure, Part
from measures.models import OWN, SUBTREE, DailyFact
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
    scope, inside = wanted.scope, DailyFact.day >= wanted.first
    conditions: list[ColumnElement[bool]] = [
        DailyFact.tenant_id == work.tenant_id,
        DailyFact.scope == (OWN if scope.is_own else SUBTREE),
        DailyFact.subject_id == scope.subject_id,
        DailyFact.day <= wanted.last,
    ]
    if not any(part.before for part in parts.values()):
        conditions.append(inside)
    if wanted.category is not None:
        conditions.append(DailyFact.category == wanted.category)
    if wanted.channel is not None:
        conditions.append(DailyFact.channel == wanted.channel)
    if wanted.without:
        conditions.append(DailyFact.category.not_in(sorted(wanted.without)))
    columns = []
    for label, part in parts.items():
        days = DailyFact.day < wanted.first if part.before else inside
        where = (days,) if part.channel is None else (days, DailyFact.channel == part.channel)
        columns.append(func.coalesce(func.sum(getattr(DailyFact, part.column)).filter(*where), 0).label(label))
    row = work.session.execute(select(*columns).where(*conditions)).one()
    return {label: int(amount) for label, amount in zip(parts, row, strict=True)}
