"""``/measures``: the catalogue's rates for one question, with the definitions that the pages print."""

from __future__ import annotations

from typing import Any

from access.actor import Work
from api import resources
from api.answers import Answer
from measures import beginnings, figuring, recounting, scopes
from measures.queries import as_of


def index(work: Work, *, query: dict[str, Any]) -> Answer:
    """Every measure of the period; about a unit below, hidden and rounded as everywhere."""
    here = scopes.around(work)
    asked = {"unit": scopes.OWN_WORD} | {name: str(value) for name, value in query.items() if value is not None}
    wanted = scopes.read(work, here, asked)
    begins = beginnings.begun(work, here, wanted)
    return Answer(
        {
            "as_of": resources.moment(as_of(work.session)),
            "recounting": recounting.warning(work.session) or None,
            "unit": wanted.scope.word,
            "first": resources.day(wanted.first),
            "last": resources.day(wanted.last),
            "begins": None if begins is None else resources.day(begins),
            "without": sorted(wanted.without),
            "measures": [_line(found) for found in figuring.answers(work, wanted)],
        }
    )


def _line(found: figuring.Answer) -> dict[str, Any]:
    measure = found.measure
    return {
        "numerator": found.numerator,
        "denominator": found.denominator,
        "value": found.value,
        "hidden": found.hidden,
        "beside": list(measure.beside),
        **{name: getattr(measure, name) for name in ("key", "name", "english", "unit", "cohort", "definition")},
        **{name: getattr(measure, name) for name in ("source", "gaming", "assumed")},
    }
