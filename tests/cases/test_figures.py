"""What a case tells the figures: dates and dimensions, never a person or a text."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any

import pytest

from cases.figures import UNCLASSIFIED, CaseFigures, figures_of, first_level
from cases.models import Case, CaseClock
from cases.rules import ClockKind
from tests.builders import Federation

#: 23:30 UTC on the first is the morning of the second in China.
LATE = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)


def told(clocks: list[CaseClock] | None = None, **changes: Any) -> CaseFigures:
    values: dict[str, Any] = {
        "channel": "visit",
        "headcount": 1,
        "repeat": False,
        "collective": False,
        "status": "registered",
        "registered_at": LATE,
    }
    return figures_of(Case(**(values | changes)), clocks or [])


def test_days_are_counted_where_the_union_sits() -> None:
    assert told().registered_on == date(2026, 3, 2)
    assert told(accepted_at=LATE).accepted_on == date(2026, 3, 2)


@pytest.mark.parametrize(("code", "first"), [("01.02", "01"), ("14", "14"), (None, UNCLASSIFIED), ("", UNCLASSIFIED)])
def test_figures_are_kept_by_first_level(code: str | None, first: str) -> None:
    assert first_level(code) == first


def test_a_refusal_is_counted_as_refused_and_as_closed() -> None:
    refused = told(status="refused", closed_at=LATE)
    assert (refused.refused_on, refused.closed_on) == (date(2026, 3, 2), date(2026, 3, 2))
    assert told(status="closed", closed_at=LATE).refused_on is None


@pytest.mark.parametrize(
    ("stopped", "met"), [(None, False), (date(2026, 5, 1), True), (date(2026, 4, 1), True), (date(2026, 5, 2), False)]
)
def test_a_clock_is_met_on_its_last_day_and_not_after(stopped: date | None, met: bool) -> None:
    due = date(2026, 5, 1)
    clock = CaseClock(kind=ClockKind.HANDLING.value, due_on=due, original_due_on=due, stopped_on=stopped)
    figures = told([clock])
    assert (figures.handling_due_on, figures.handling_met) == (date(2026, 5, 1), met)
    assert (figures.notice_due_on, figures.notice_met) == (None, False)


def test_no_field_can_hold_a_person_or_a_text(federation: Federation) -> None:
    case = federation.decided()
    with federation.work("head@street") as work:
        from cases import clocks

        figures = figures_of(case, clocks.of_case(work.session, case.id))
    words = [value for f in fields(figures) if isinstance(value := getattr(figures, f.name), str) and value]
    assert set(words) == {"01", "visit"}
