"""Execution and times to ask as predicates see them, without a database."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from access.actor import Actor
from access.roles import Role
from cases.models import Case, CaseClock, Claim
from cases.remedy_conditions import left_to_execute, stage_of
from cases.rules import ClockKind
from cases.standings import Standing

ACTOR = Actor(user_id=uuid4(), tenant_id=1, name="测试", roles=frozenset({Role.HANDLER}))


def seen(opinion: str, *clocks: CaseClock, **case: str) -> Standing:
    """A file with one claim."""
    return Standing(Case(**case), ACTOR, date(2026, 3, 2), [Claim(opinion=opinion)], clocks)


@pytest.mark.parametrize(
    ("outcome", "own", "stage"),
    [(None, None, "review"), ("uphold", None, "recheck"), ("change", None, "recheck"), ("redo", None, "review"),
     ("uphold", "review", "review")],
)  # fmt: skip
def test_a_second_review_follows_a_first_one_that_was_answered(
    outcome: str | None, own: str | None, stage: str
) -> None:
    assert stage_of(Case(review_outcome=outcome, review_stage=own)) == stage


@pytest.mark.parametrize(
    ("status", "came_from", "outcome", "left"),
    [
        ("served", None, None, True),
        ("decided", None, None, True),
        ("reviewed", "served", "uphold", True),
        ("reviewed", "closed", "uphold", False),
        ("reviewed", "closed", "change", True),
        ("rechecking", "closed", "change", False),
        ("rechecking", "reviewed", "uphold", True),
    ],
)
def test_what_was_supported_is_left_to_do_until_the_case_was_closed(
    status: str, came_from: str, outcome: str, left: bool
) -> None:
    case = {"status": status, "came_from": came_from, "review_outcome": outcome}
    assert left_to_execute(seen("support", **case)) is left
    assert left_to_execute(seen("explain", **case)) is False
    assert left_to_execute(seen("support", **case, review_stage="review")) is False


def test_a_clock_is_in_time_on_its_last_day_and_not_after_it_stopped() -> None:
    def clock(due_on: date, stopped_on: date | None = None) -> CaseClock:
        return CaseClock(kind="C-RV30", started_on=date(2026, 2, 1), due_on=due_on, stopped_on=stopped_on)

    last, over = date(2026, 3, 2), date(2026, 3, 1)
    assert seen("support", clock(last)).in_time(ClockKind.ASK_REVIEW)
    assert not seen("support", clock(over)).in_time(ClockKind.ASK_REVIEW)
    stopped = seen("support", clock(last, stopped_on=over))
    assert not stopped.in_time(ClockKind.ASK_REVIEW) and stopped.newest(ClockKind.ASK_REVIEW) is not None
