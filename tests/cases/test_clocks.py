"""The statutory clocks: started once, stopped once, and the earliest running one is the deadline."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from calendars.workdays import LIBRARY
from cases.clocks import begun_on, carry_deadline, start, stop, target_on, unused
from cases.models import Case, CaseClock
from cases.rules import CLOCKED_PURPOSES, ClockKind, Purpose
from kernel.ids import uuid7
from tests.builders import Federation

MONDAY = date(2026, 3, 2)


def a_case(purpose: Purpose | None = Purpose.REQUEST) -> Case:
    return Case(id=uuid7(), purpose=purpose.value if purpose else None)


def test_a_clock_knows_its_end_its_first_end_and_its_article() -> None:
    clocks: list[CaseClock] = []
    started = start(a_case(), clocks, ClockKind.HANDLING, MONDAY, rolling=None)
    assert started is not None
    assert clocks == [started]
    assert (started.due_on, started.original_due_on) == (date(2026, 5, 1), date(2026, 5, 1))
    assert "第三十四条" in started.basis


@pytest.mark.parametrize(
    ("begun", "due"),
    [
        (MONDAY, date(2026, 5, 6)),  # 1 May and four days of holiday behind it
        (date(2026, 3, 10), date(2026, 5, 9)),  # a Saturday on which offices work (调休)
        (date(2026, 3, 12), date(2026, 5, 11)),
        (date(2026, 12, 1), date(2027, 1, 30)),  # 2027 is not published: nobody gets a later day on a guess
    ],
)
def test_a_duty_that_would_end_on_a_holiday_ends_on_the_next_working_day(begun: date, due: date) -> None:
    started = start(a_case(), [], ClockKind.HANDLING, begun, rolling=LIBRARY)
    assert started is not None
    assert (started.due_on, started.original_due_on) == (due, due)
    plain = start(a_case(), [], ClockKind.HANDLING, begun, rolling=None)
    assert plain is not None and plain.due_on <= due


def test_a_list_knows_from_the_case_alone_when_its_clock_began() -> None:
    case = a_case()
    assert begun_on(case) is None
    case.received_on, case.due_on, case.due_kind = MONDAY, date(2026, 3, 17), "C-15"
    assert begun_on(case) == MONDAY
    case.accepted_at, case.due_kind = datetime(2026, 3, 4, 17, 0, tzinfo=UTC), "C-60"
    assert begun_on(case) == date(2026, 3, 5), "accepted at one in the morning, China's time"
    case.due_kind = "C-99"
    assert begun_on(case) is None


def test_the_internal_target_stands_beside_the_deadline_and_is_never_later() -> None:
    days = {"simple": 13, "ordinary": 30, "hard": 90}
    case = a_case()
    assert target_on(case, days) is None
    case.accepted_at, case.status, case.due_on = datetime(2026, 3, 2, tzinfo=UTC), "handling", date(2026, 5, 1)
    for tier, target in (("simple", date(2026, 3, 15)), ("ordinary", date(2026, 4, 1)), ("hard", date(2026, 5, 1))):
        case.tier = tier
        assert target_on(case, days) == target
    case.status = "decided"
    assert target_on(case, days) is None


@pytest.mark.parametrize("purpose", [None, *Purpose])
def test_only_an_appeal_or_a_request_gets_the_sixty_days(purpose: Purpose | None) -> None:
    started = start(a_case(purpose), [], ClockKind.HANDLING, MONDAY, rolling=LIBRARY)
    assert (started is not None) is (purpose in CLOCKED_PURPOSES)
    assert start(a_case(purpose), [], ClockKind.NOTICE, MONDAY, rolling=LIBRARY) is not None


def test_a_clock_is_never_started_a_second_time_not_even_after_it_stopped() -> None:
    clocks: list[CaseClock] = []
    case = a_case()
    start(case, clocks, ClockKind.HANDLING, MONDAY, rolling=LIBRARY)
    stop(clocks, ClockKind.HANDLING, date(2026, 4, 1), "出具处理意见")
    assert start(case, clocks, ClockKind.HANDLING, date(2026, 4, 2), rolling=LIBRARY) is None
    assert len(clocks) == 1


def test_a_stop_keeps_the_first_day_and_reason_and_is_never_before_the_start() -> None:
    clocks: list[CaseClock] = []
    start(a_case(), clocks, ClockKind.NOTICE, MONDAY, rolling=LIBRARY)
    stop(clocks, ClockKind.NOTICE, date(2026, 3, 1), "受理告知")
    stop(clocks, ClockKind.NOTICE, date(2026, 3, 9), "又一次")
    assert (clocks[0].stopped_on, clocks[0].stop_reason) == (MONDAY, "受理告知")
    stop(clocks, ClockKind.HANDLING, MONDAY, "从未开始")


def test_an_extension_that_ended_before_its_time_began_was_not_used() -> None:
    later = date(2026, 5, 1)
    assert unused(ClockKind.EXTENSION, later, later)
    assert not unused(ClockKind.EXTENSION, later, date(2026, 5, 2))
    assert not unused(ClockKind.EXTENSION, later, None)
    assert not unused(ClockKind.NOTICE, later, later), "told on the day it came in"


def test_the_deadline_is_the_earliest_running_clock_and_none_when_all_stopped() -> None:
    clocks: list[CaseClock] = []
    case = a_case()
    start(case, clocks, ClockKind.HANDLING, MONDAY, rolling=LIBRARY)
    start(case, clocks, ClockKind.NOTICE, MONDAY, rolling=LIBRARY)
    carry_deadline(case, clocks)
    assert (case.due_on, case.due_kind) == (date(2026, 3, 17), "C-15")
    stop(clocks, ClockKind.NOTICE, MONDAY, "受理告知")
    carry_deadline(case, clocks)
    assert (case.due_on, case.due_kind) == (date(2026, 5, 6), "C-60")
    stop(clocks, ClockKind.HANDLING, MONDAY, "出具处理意见")
    carry_deadline(case, clocks)
    assert (case.due_on, case.due_kind) == (None, None)


def test_a_new_deadline_may_be_warned_of_again_and_the_same_one_may_not() -> None:
    clocks: list[CaseClock] = []
    case = a_case()
    start(case, clocks, ClockKind.NOTICE, MONDAY, rolling=LIBRARY)
    carry_deadline(case, clocks)
    case.overdue_noted_on = date(2026, 3, 18)
    carry_deadline(case, clocks)
    assert case.overdue_noted_on == date(2026, 3, 18)
    stop(clocks, ClockKind.NOTICE, date(2026, 3, 20), "受理告知")
    start(case, clocks, ClockKind.HANDLING, date(2026, 3, 20), rolling=LIBRARY)
    carry_deadline(case, clocks)
    assert case.overdue_noted_on is None


def test_a_refused_and_an_answered_case_have_no_running_clock(federation: Federation) -> None:
    answered, told = federation.register(), {"spot_purpose": "inquiry", "reply": "已当场说明办理流程"}
    assert federation.act("clerk@street", answered.number, "answer", **told).due_on is None
    refused = federation.register()
    federation.act("clerk@street", refused.number, "triage", purpose="request", category="01.01", tier="simple")
    closed = federation.act(
        "clerk@street", refused.number, "refuse", refusal="N3", reason="属于劳动争议", where_to_go="劳动仲裁委员会"
    )
    assert closed.due_on is None
