"""口径: every measure as the catalogue has it, and its figure for the asker's own union over the last whole year."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from flask import Blueprint, render_template
from flask_babel import gettext as _

from access.roles import CASE_ROLES
from doorway.guard import guard, work
from measures import beginnings, queries, recounting, scopes
from measures.column_words import COUNT_WORDS
from measures.definitions import BY_KEY, CATALOGUE, NOT_COUNTED
from measures.figuring import Answer, answers
from measures.measure import THEME_LABELS, Count, Theme
from measures.measure import channel_words as channels

PATH = "/dashboards/definitions"
NOTHING = "—"


@dataclass(frozen=True, slots=True)
class Line:
    """A measure as the page prints it."""

    key: str
    name: str
    unit: str
    #: The figure over the last twelve months, in words.
    figure: str
    #: What it was made of; empty for a count.
    made_of: str
    numerator: str
    denominator: str
    cohort: str
    definition: str
    source: str
    gaming: str
    beside: tuple[tuple[str, str], ...]
    assumed: bool


def formula(count: Count) -> str:
    """A count in the Chinese names of its columns."""
    text = ""
    for part in count:
        name = COUNT_WORDS[part.column]
        named = f"时段前{name}" if part.before else name
        if part.channel:
            named = f"{channels((part,))}{named}"
        text += (("＋" if text else "") if part.sign > 0 else "－") + named
    return text


def figure(answer: Answer) -> str:
    """The value with its unit; 0/0 is a dash."""
    measure = answer.measure
    if answer.value is None:
        return NOTHING
    if measure.is_share:
        return f"{answer.value:.1%}"
    number = f"{answer.value:,.0f}" if measure.denominator is None else f"{answer.value:,.1f}"
    return f"{number}{measure.unit}"


def line(answer: Answer) -> Line:
    """One measure and its figure."""
    measure = answer.measure
    return Line(
        key=measure.key,
        name=measure.name,
        unit=measure.unit,
        figure=figure(answer),
        made_of="" if measure.denominator is None else f"{answer.numerator:,}/{answer.denominator:,}",
        numerator=formula(measure.numerator),
        denominator=formula(measure.denominator) if measure.denominator else "",
        cohort=measure.cohort,
        definition=measure.definition,
        source=measure.source,
        gaming=measure.gaming,
        beside=tuple((key, BY_KEY[key].name) for key in measure.beside),
        assumed=measure.assumed,
    )


@guard(*CASE_ROLES)
def page() -> str:
    """The catalogue by theme, with the union's own figures of the last twelve months beside each definition."""
    unit = work()
    here = scopes.around(unit)
    usual = scopes.usual(unit, here)
    own = scopes.choose_scope(unit, here, scopes.OWN_WORD)
    wanted = replace(usual, first=_year_before(usual.last), scope=own)
    begins = beginnings.begun(unit, here, wanted)
    lines = {answer.measure.key: line(answer) for answer in answers(unit, wanted)}
    groups = [
        (_(THEME_LABELS[theme]), [lines[measure.key] for measure in CATALOGUE if measure.theme is theme])
        for theme in Theme
    ]
    return render_template(
        "dashboards/definitions.html",
        groups=groups,
        missing=NOT_COUNTED,
        wanted=wanted,
        union=here.name,
        begins=begins,
        as_of=queries.as_of(unit.session),
        recounting=recounting.warning(unit.session),
    )


def _year_before(last: date) -> date:
    return last.replace(year=last.year - 1) if (last.month, last.day) != (2, 29) else date(last.year - 1, 2, 28)


def add(blueprint: Blueprint) -> None:
    """The page's route."""
    blueprint.add_url_rule(PATH, "definitions", page)
