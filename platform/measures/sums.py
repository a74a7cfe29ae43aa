"""Measures of the catalogue by month or by unit: one read of the viewer's own rows, whatever their number.

``figuring`` answers for a whole period; here its one answer is given for each part of it. Suppression is the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Date, cast, func, select

from access.actor import Work
from measures import queries
from measures.figuring import Answer, answer, apart_answers
from measures.grains import Facts, Stretch
from measures.measure import Measure, Part
from measures.scopes import Around, Unit, Wanted

Answers = Mapping[str, Answer]


def by_month(work: Work, wanted: Wanted, measures: Sequence[Measure]) -> Sequence[tuple[date, Answers]]:
    """Every month that the period touches, clipped to the period; measures by key.

    :raises ValueError: for a measure that looks before the period: a month has no stock of its own here.
    """
    parts = _parts(measures)
    facts = queries.of_scope(work, wanted, [Stretch(wanted.first, wanted.last)], channels=_apart(parts))
    month = cast(func.date_trunc("month", facts.c.day), Date)
    rows = work.session.execute(
        select(month.label("place"), facts.c.subject_id, *_columns(facts, parts)).group_by(month, facts.c.subject_id),
        facts.values,
    ).all()
    found, scope = {(row.place, row.subject_id): row for row in rows}, wanted.scope
    subjects = {*scope.beside, scope.subject_id}
    sums = {
        first: {subject: _amounts(parts, found.get((first, subject))) for subject in subjects}
        for first in wanted.months
    }
    return [(first, {each.key: answer(each, scope, sums[first]) for each in measures}) for first in wanted.months]


def by_unit(work: Work, wanted: Wanted, here: Around, measures: Sequence[Measure]) -> Sequence[tuple[Unit, Answers]]:
    """Every direct child with its subtree, in the order of the tree, silent ones included; never a ranking.

    Small numbers are hidden against each other: the viewer knows what all children have together.

    :raises ValueError: for a measure that looks before the period.
    """
    if not here.children:
        return ()
    parts = _parts(measures)
    facts = queries.of_children(work, wanted, here, channels=_apart(parts))
    rows = work.session.execute(
        select(facts.c.subject_id.label("place"), *_columns(facts, parts)).group_by(facts.c.subject_id), facts.values
    ).all()
    found = {row.place: row for row in rows}
    sums = [_amounts(parts, found.get(unit.tenant_id)) for unit in here.children]
    told = {measure.key: apart_answers(measure, sums) for measure in measures}
    return [
        (unit, {key: answers[place] for key, answers in told.items()}) for place, unit in enumerate(here.children)
    ]


def _parts(measures: Sequence[Measure]) -> Mapping[str, Part]:
    parts = {part.label: part for measure in measures for part in (*measure.numerator, *(measure.denominator or ()))}
    if any(part.before for part in parts.values()):
        raise ValueError("a stock has no parts")
    return parts


def _apart(parts: Mapping[str, Part]) -> bool:
    return any(part.channel is not None for part in parts.values())


def _columns(facts: Facts, parts: Mapping[str, Part]) -> list[Any]:
    columns = []
    for label, part in parts.items():
        summed = func.sum(facts.c[part.column])
        columns.append(
            (summed if part.channel is None else summed.filter(facts.c.channel == part.channel)).label(label)
        )
    return columns


def _amounts(parts: Mapping[str, Part], row: Any) -> dict[str, int]:
    amounts = row._mapping if row is not None else {}
    return {label: int(amounts.get(label) or 0) for label in parts}
