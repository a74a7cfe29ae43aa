"""The statutory clocks: started once, stopped once, and the earliest running one is the deadline."""

from __future__ import annotations

from datetime import date

import pytest

from cases.clocks import carry_deadline, start, stop
from cases.models import Case, CaseClock
from cases.rules import CLOCKED_PURPOSES, ClockKind, Purpose
from kernel.ids import uuid7
from tests.builders import Federation

MONDAY = date(2026, 3, 2)


def a_case(purpose: Purpose | None = Purpose.REQUEST) -> Case:
    return Case(id=uuid7(), purpose=purpose.value if purpose else None)


def test_a_clock_knows_its_end_its_first_end_and_its_article() -> None:
    clocks: list[CaseClock] = []
    started = start(a_case(), clocks, ClockKind.HANDLING, MONDAY)
    assert started is not None
    assert clocks == [started]
    assert (started.due_on, started.original_due_on) == (date(2026, 5, 1), date(2026, 5, 1))
    assert "第三十四条" in started.basis


@pytest.mark.parametrize("purpose", [None, *Purpose])
def test_only_an_appeal_or_a_request_gets_the_sixty_days(purpose: Purpose | None) -> None:
    started = start(a_case(purpose), [], ClockKind.HANDLING, MONDAY)
    assert (started is not None) is (purpose in CLOCKED_PURPOSES)
    assert start(a_case(purpose), [], ClockKind.NOTICE, MONDAY) is not None


def test_a_clock_is_never_started_a_second_time_not_even_after_it_stopped() -> None:
    clocks: list[CaseClock] = []
    case = a_case()
    start(case, clocks, ClockKind.HANDLING, MONDAY)
    stop(clocks, ClockKind.HANDLING, date(2026, 4, 1), "出具处理意见")
    assert start(case, clocks, ClockKind.HANDLING, date(2026, 4, 2)) is None
    assert len(clocks) == 1


def test_a_stop_keeps_the_first_day_and_reason_and_is_never_before_the_start() -> None:
    clocks: list[CaseClock] = []
    start(a_case(), clocks, ClockKind.NOTICE, MONDAY)
    stop(clocks, ClockKind.NOTICE, date(2026, 3, 1), "受理告知")
    stop(clocks, ClockKind.NOTICE, date(2026, 3, 9), "又一次")
    assert (clocks[0].stopped_on, clocks[0].stop_reason) == (MONDAY, "受理告知")
    stop(clocks, ClockKind.HANDLING, MONDAY, "从未开始")


def test_the_deadline_is_the_earliest_running_clock_and_none_when_all_stopped() -> None:
    clocks: list[CaseClock] = []
    case = a_case()
    start(case, clocks, ClockKind.HANDLING, MONDAY)
    start(case, clocks, ClockKind.NOTICE, MONDAY)
    carry_deadline(case, clocks)
    assert (case.due_on, case.due_kind) == (date(2026, 3, 17), "C-15")
    stop(clocks, ClockKind.NOTICE, MONDAY, "受理告知")
    carry_deadline(case, clocks)
    assert (case.due_on, case.due_kind) == (date(2026, 5, 1), "C-60")
    stop(clocks, ClockKind.HANDLING, MONDAY, "出具处理意见")
    carry_deadline(case, clocks)
    assert (case.due_on, case.due_kind) == (None, None)


def test_a_new_deadline_may_be_warned_of_again_and_the_same_one_may_not() -> None:
    clocks: list[CaseClock] = []
    case = a_case()
    start(case, clocks, ClockKind.NOTICE, MONDAY)
    carry_deadline(case, clocks)
    case.overdue_noted_on = date(2026, 3, 18)
    carry_deadline(case, clocks)
    assert case.overdue_noted_on == date(2026, 3, 18)
    stop(clocks, ClockKind.NOTICE, date(2026, 3, 20), "受理告知")
    start(case, clocks, ClockKind.HANDLING, date(2026, 3, 20))
    carry_deadline(case, clocks)
    assert case.overdue_noted_on is None


def test_a_refused_and_an_answered_case_have_no_running_clock(federation: Federation) -> None:
    answered = federation.register()
    assert federation.act("clerk@street", answered.number, "answer", reply="已当场说明办理流程").due_on is None
    refused = federation.register()
    federation.act("clerk@street", refused.number, "triage", purpose="request", category="01.01", tier="simple")
    closed = federation.act(
        "clerk@street", refused.number, "refuse", refusal="N3", reason="属于劳动争议", where_to_go="劳动仲裁委员会"
    )
    assert closed.due_on is None
