"""Dates that bodies outside the platform set: a clock like one that a letter sets."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cases.clocks import of_case
from cases.jobs import sweep
from cases.models import Case, CaseClock
from kernel.clock import FixedClock
from kernel.errors import IllegalTransitionError
from tests.builders import Federation
from tests.ways import Ways


@pytest.fixture
def ways(federation: Federation) -> Ways:
    """The street's people."""
    return Ways(federation)


def ordered_clock(ways: Ways, case: Case) -> CaseClock:
    """The clock of the date that was set."""
    with ways.federation.work("head@street") as work:
        found = next(clock for clock in of_case(work.session, case.id) if clock.kind == "C-AD")
        work.session.expunge_all()
        return found


def test_the_date_that_an_outside_body_wants_is_the_deadline_until_somebody_reported(ways: Ways) -> None:
    case = ways.ordered()
    assert (case.due_on, case.due_kind) == (date(2026, 3, 12), "C-AD")
    ways.federation.clock = FixedClock(ways.federation.clock.now() + timedelta(days=9))
    with ways.federation.work_as_system("street") as work:
        assert sweep(work) == 1, "warned of like any other"
    case = ways.act("clerk", case, "report_back", reported_to="测试区信访局", note="已书面反馈办理情况")
    assert ordered_clock(ways, case).stopped_on == date(2026, 3, 11)
    assert (case.due_on, case.due_kind) == (date(2026, 3, 17), "C-15")
    with pytest.raises(IllegalTransitionError, match="没有平台以外单位指定"):
        ways.act("clerk", case, "report_back", reported_to="测试区信访局", note="再反馈一次")


TICKET = {"way": "hotline_12345", "channel": "call", "arrival": {"report_due_on": "2026-03-12"}}


@pytest.mark.parametrize("given", [{}, TICKET])
def test_what_was_ordered_does_not_take_the_simple_track(ways: Ways, given: dict[str, object]) -> None:
    case = ways.ordered(**given)
    case = ways.act("clerk", case, "triage", purpose="request", category="01.01", tier="simple")
    with pytest.raises(IllegalTransitionError, match="上级交办"):
        ways.act("clerk", case, "take_simple", assignee=ways.handler, simple_ground="clear", simple_checked=True)


def test_a_date_that_has_passed_when_the_order_arrives_is_overdue_at_once_and_breaks_nothing(ways: Ways) -> None:
    case = ways.ordered(arrival={"from_body": "测试区信访局", "report_due_on": "2026-02-20"})
    assert ordered_clock(ways, case).due_on == date(2026, 3, 2)
