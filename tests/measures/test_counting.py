"""What one case contributes, as plain arithmetic."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

from cases.figures import CaseFigures
from measures.counting import change, contributions

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
    assert not [column for _day, column in ended if column in ("closed", "days_to_close", "due")]
