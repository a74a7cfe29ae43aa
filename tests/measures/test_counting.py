"""What one case contributes, as plain arithmetic."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from cases.figures import CaseFigures, Rated
from measures.counting import ONCE_DAYS, RATING_DAYS, change, contributions

FRESH = CaseFigures(
    category="-",
    channel="visit",
    headcount=6,
    repeat=True,
    collective=True,
    registered_on=date(2026, 3, 2),
    accepted_on=None,
    refused_on=None,
    escalated_on=None,
    closed_on=None,
    notice_due_on=date(2026, 3, 17),
    notice_met=False,
    handling_due_on=None,
    handling_met=False,
)
DONE = replace(
    FRESH,
    category="01",
    accepted_on=date(2026, 3, 3),
    closed_on=date(2026, 3, 20),
    notice_met=True,
    handling_due_on=date(2026, 5, 2),
    handling_met=True,
)


def columns(cells: Counter[tuple[date, str, str, str]]) -> dict[tuple[date, str], int]:
    """Amounts by day and column."""
    return {(day, column): amount for (day, _category, _channel, column), amount in cells.items()}


def test_a_registration_counts_the_case_its_people_and_its_notice_deadline() -> None:
    assert columns(contributions(FRESH)) == {
        (date(2026, 3, 2), "registered"): 1,
        (date(2026, 3, 2), "persons"): 6,
        (date(2026, 3, 2), "repeats"): 1,
        (date(2026, 3, 2), "collectives"): 1,
        (date(2026, 3, 2), "collective_persons"): 6,
        (date(2026, 3, 17), "notice_due"): 1,
    }


def test_a_closed_case_counts_on_the_days_on_which_things_happened_or_fell_due() -> None:
    cells = columns(contributions(DONE))
    assert cells[(date(2026, 3, 20), "closed")] == 1
    assert cells[(date(2026, 3, 20), "days_to_close")] == 18
    assert cells[(date(2026, 5, 2), "due")] == cells[(date(2026, 5, 2), "due_met")] == 1
    assert cells[(date(2026, 3, 17), "notice_met")] == 1


def test_a_new_category_moves_everything_that_was_counted_under_the_old_one() -> None:
    moved = change(FRESH, replace(FRESH, category="01"))
    assert moved[(date(2026, 3, 2), "-", "visit", "registered")] == -1
    assert moved[(date(2026, 3, 2), "01", "visit", "registered")] == 1
    assert sum(moved.values()) == 0


def test_changes_add_up_to_the_whole_and_no_change_leaves_nothing() -> None:
    total = change(None, FRESH)
    total.update(change(FRESH, DONE))
    assert {cell: amount for cell, amount in total.items() if amount} == dict(contributions(DONE))
    assert change(DONE, DONE) == Counter()


def test_a_file_that_goes_to_a_successor_is_counted_once_on_each_side() -> None:
    day = date(2026, 3, 10)
    old = columns(contributions(replace(FRESH, accepted_on=date(2026, 3, 3), handed_on=day)))
    new = columns(contributions(replace(DONE, arrived_on=day)))
    assert old[(day, "moved")] == -1 and new[(day, "moved")] == 1
    assert (date(2026, 3, 2), "registered") in old and (date(2026, 3, 2), "registered") not in new
    assert (date(2026, 3, 3), "accepted") in old and (date(2026, 3, 3), "accepted") not in new
    assert (date(2026, 3, 17), "notice_due") not in old and new[(date(2026, 3, 17), "notice_due")] == 1
    assert new[(date(2026, 3, 20), "closed")] == 1
    ended = columns(contributions(replace(DONE, handed_on=day)))
    assert not [column for _day, column in ended if column in ("closed", "days_to_close", "due", "rating_due")]


CLOSED = date(2026, 3, 20)
FIRST = replace(DONE, repeat=False, first=True, end="closed", in_first_period=True)


@pytest.mark.parametrize(
    ("changes", "held"),
    [
        ({}, 1),
        ({"in_first_period": False}, 0),
        ({"repeated_on": date(2026, 6, 18)}, 0),
        ({"repeated_on": date(2026, 6, 19)}, 1),
        ({"dissatisfied_on": date(2026, 4, 1)}, 0),
        ({"review_asked_on": date(2026, 4, 1)}, 0),
    ],
)
def test_a_first_petition_is_judged_ninety_days_after_its_answer(changes: dict[str, Any], held: int) -> None:
    cells = columns(contributions(replace(FIRST, **changes)))
    judged = CLOSED + timedelta(days=ONCE_DAYS)
    assert judged == date(2026, 6, 18)
    assert (cells[(judged, "once_due")], cells.get((judged, "once_met"), 0)) == (1, held)


@pytest.mark.parametrize("end", ["withdrawn", "merged", "diverted", "terminated"])
def test_an_end_without_an_opinion_is_counted_apart_and_asked_about_by_nobody(end: str) -> None:
    cells = columns(contributions(replace(FIRST, end=end)))
    assert cells[(CLOSED, end)] == cells[(CLOSED, "closed")] == 1
    assert not [column for _day, column in cells if column in ("once_due", "rating_due")]


def test_office_and_unit_are_rated_apart_and_a_rating_by_staff_is_shown_as_such() -> None:
    rated = replace(
        FIRST,
        office=Rated(date(2026, 4, 1), True, by_staff=False),
        unit=Rated(date(2026, 4, 2), False, by_staff=True),
    )
    cells = columns(contributions(rated))
    assert cells[(date(2026, 4, 1), "office_rated")] == cells[(date(2026, 4, 1), "office_satisfied")] == 1
    assert cells[(date(2026, 4, 2), "unit_rated")] == cells[(date(2026, 4, 2), "staff_rated")] == 1
    assert (date(2026, 4, 2), "unit_satisfied") not in cells
    due = CLOSED + timedelta(days=RATING_DAYS)
    assert cells[(due, "rating_due")] == cells[(due, "rating_met")] == 1
    nobody = columns(contributions(replace(FIRST, anonymous=True)))
    assert (due, "rating_due") not in nobody


def test_what_came_back_is_counted_on_the_day_on_which_it_was_sent() -> None:
    sent = replace(FRESH, referred_on=date(2026, 3, 5), returned_on=date(2026, 4, 2))
    cells = columns(contributions(sent))
    assert cells[(date(2026, 3, 5), "referred")] == cells[(date(2026, 3, 5), "referred_back")] == 1
