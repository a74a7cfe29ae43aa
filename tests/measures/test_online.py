"""How far portal cases got: nested steps, what is still under way, and nothing about whoever did not send."""

from __future__ import annotations

from datetime import UTC, date, datetime

from cases import ratings
from cases.models import Case
from cases.queries import file as file_of
from cases.rules import PORTAL
from kernel.clock import FixedClock
from measures import online
from measures.online import Filed
from tests.builders import Federation
from tests.measures.test_queries import asking

MARCH = {"from": "2026-03-01", "to": "2026-04-30", "unit": "own"}


def online_case(federation: Federation, key: str, **changes: object) -> Case:
    return federation.accepted(channel="online", source=PORTAL, source_key=key, **changes)


def close(federation: Federation, case: Case) -> None:
    federation.act(
        "handler@street",
        case.number,
        "decide",
        facts="经核实，单位确实拖欠三个月工资。",
        basis="《劳动法》第五十条",
        opinions={"1": {"opinion": "support", "finding": "督促单位十日内补发。"}},
    )
    federation.act(
        "handler@street",
        case.number,
        "close",
        delivery="post",
        tracking="EMS1234",
        delivered_on="2026-03-02",
        executed_on="2026-03-02",
        result="已补发工资",
    )


def rate(federation: Federation, case: Case) -> None:
    with federation.work_as_system("street") as work:
        own = file_of(work, case.number).case
        ratings.by_petitioner(work, own, {"rated_about": "office", "rating": "satisfied", "reason": ""})


def found(federation: Federation, login: str = "head@street") -> Filed:
    with asking(federation, login, **MARCH) as (work, _here, wanted):
        months = online.filed(work, wanted)
        assert [first for first, _filed in months] == [date(2026, 3, 1), date(2026, 4, 1)][: len(months)]
        return online.together(months)


def test_every_step_says_how_many_got_there_and_how_many_may_still(federation: Federation) -> None:
    federation.register()
    federation.register(channel="online", source=PORTAL, source_key="waits")
    online_case(federation, "handled")
    closed, rated = online_case(federation, "closed"), online_case(federation, "rated")
    close(federation, closed)
    close(federation, rated)
    rate(federation, rated)
    assert found(federation) == Filed(
        registered=5, filed=4, taken=3, taken_ahead=1, answered=2, answered_ahead=2, rated=1, rated_ahead=3
    )


def test_after_thirty_days_a_case_without_a_rating_is_no_longer_waited_for(federation: Federation) -> None:
    case = online_case(federation, "closed")
    close(federation, case)
    assert (found(federation).rated, found(federation).rated_ahead) == (0, 1)
    federation.clock = FixedClock(datetime(2026, 4, 20, 4, 0, tzinfo=UTC))
    assert (found(federation).rated, found(federation).rated_ahead) == (0, 0)


def test_a_rating_that_staff_wrote_down_is_not_the_workers_own(federation: Federation) -> None:
    case = online_case(federation, "closed")
    close(federation, case)
    federation.act(
        "handler@street",
        case.number,
        "rate",
        rated_about="office",
        rating="satisfied",
        reason="电话回访时表示满意",
        told_how="call",
    )
    assert found(federation).rated == 0


def test_a_sealed_case_and_anothers_case_are_not_counted_for_whoever_may_not_see_them(federation: Federation) -> None:
    federation.register(channel="online", source=PORTAL, source_key="sealed", category="13")
    online_case(federation, "open")
    assert found(federation).filed == 2
    assert found(federation, "clerk@street").filed == 1
    assert found(federation, "handler@street").filed == 1
    assert found(federation, "head@west") == Filed()
