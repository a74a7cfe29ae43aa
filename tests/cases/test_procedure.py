"""The whole procedure through the services: what happens, what is refused in words, and what stays on record."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from audit.services import history
from cases.clocks import of_case
from cases.models import Case, CaseClock
from cases.workflow import OPEN, Status
from documents.services import of_subject
from kernel.clock import FixedClock
from kernel.errors import ForbiddenError, IllegalTransitionError, InvalidError
from tests.builders import Federation
from tests.stations import WAYS, at
from tests.ways import DECIDE, DIVERT, OPINIONS, Ways


@pytest.fixture
def ways(federation: Federation) -> Ways:
    """The street's people."""
    return Ways(federation)


def clocks(ways: Ways, case: Case) -> dict[str, CaseClock]:
    """The newest clock of each kind."""
    with ways.federation.work(f"head@{ways.slug}") as work:
        found = of_case(work.session, case.id)
        work.session.expunge_all()
    return {clock.kind: clock for clock in found}


def papers(ways: Ways, case: Case) -> list[str]:
    """Kinds of the case's documents in their order."""
    with ways.federation.work(f"head@{ways.slug}") as work:
        return [paper.kind for paper in of_subject(work.session, case.id)]


def actions(ways: Ways, case: Case) -> list[str]:
    """What the log says of the case."""
    with ways.federation.work(f"head@{ways.slug}") as work:
        return [event.action for event in history(work.session, case.id)]


def later(ways: Ways, days: int) -> None:
    """Let days pass."""
    ways.federation.clock = FixedClock(ways.federation.clock.now() + timedelta(days=days))


@pytest.mark.parametrize("status", Status, ids=lambda status: status.value)
def test_every_status_is_reached_by_the_services(ways: Ways, status: Status) -> None:
    case = at(ways, status)
    assert case.status == status
    assert (case.closed_at is None) is (status in OPEN)
    assert set(WAYS) == set(Status)


def test_the_simple_track_counts_working_days_and_goes_back_to_the_original_sixty(ways: Ways) -> None:
    case = ways.simple()
    found = clocks(ways, case)
    # Monday 2 March: three working days to Thursday, ten to Monday the 16th.
    assert (found["C-3W"].due_on, found["C-3W"].stopped_on) == (date(2026, 3, 5), date(2026, 3, 2))
    assert (case.due_on, case.due_kind) == (date(2026, 3, 16), "C-10W")
    later(ways, 4)
    case = ways.act("handler", case, "ordinary", reason="需要多个单位核实情况")
    assert (case.status, case.due_on, case.due_kind) == (Status.HANDLING, date(2026, 5, 6), "C-60")
    assert papers(ways, case) == ["simple_notice", "ordinary_notice"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"repeat": True}, "初次信访"),
        ({"headcount": 8}, "集体"),
        ({"tier": "hard"}, "疑难"),
    ],
)
def test_what_the_simple_track_excludes_is_refused_in_words(ways: Ways, changes: Any, words: str) -> None:
    case = ways.triaged(**{"tier": "simple", **changes})
    with pytest.raises(IllegalTransitionError, match=words):
        ways.act("clerk", case, "take_simple", assignee=ways.handler, simple_ground="clear", simple_checked=True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"headcount": 8}, "集体"), ({"category": "13.01"}, "检举控告"), ({"review_stage": "review"}, "复查")],
)
def test_what_is_not_answered_on_the_spot_is_refused_in_words(ways: Ways, changes: Any, words: str) -> None:
    case = ways.registered(**changes)
    with pytest.raises(IllegalTransitionError, match=words):
        ways.act("head", case, "answer", spot_purpose="inquiry", reply="已当场说明政策规定")


@pytest.mark.parametrize("purpose", ["", "request", "appeal", "report"])
def test_a_request_for_a_decision_is_not_answered_on_the_spot(ways: Ways, purpose: str) -> None:
    with pytest.raises(InvalidError, match="甄别分流") as refused:
        ways.act("clerk", ways.registered(), "answer", spot_purpose=purpose, reply="已当场说明政策规定")
    assert list(refused.value.fields) == ["spot_purpose"]


def test_the_simple_track_refuses_nobody(ways: Ways) -> None:
    opinions = {**OPINIONS, "2": {"opinion": "reject", "finding": "没有政策依据。"}}
    case = ways.simple()
    with pytest.raises(InvalidError, match="转普通程序") as refused:
        ways.act("handler", case, "decide", **(DECIDE | {"opinions": opinions}))
    assert list(refused.value.fields) == ["opinions.2.opinion"]
    case = ways.act("handler", case, "ordinary", reason="可能不予支持，转普通程序")
    assert ways.act("handler", case, "decide", **(DECIDE | {"opinions": opinions})).status == Status.DECIDED


def test_an_extension_is_asked_for_granted_by_the_leader_once_and_told(ways: Ways) -> None:
    case = ways.asked()
    assert case.status == Status.HANDLING
    with pytest.raises(IllegalTransitionError, match="等待单位领导批复"):
        ways.act("handler", case, "ask_extension", extend_to="2026-06-01", reason="再申请一次延期")
    with pytest.raises(ForbiddenError):
        ways.act("head", case, "grant_extension")
    case = ways.act("leader", case, "grant_extension")
    found = clocks(ways, case)
    assert case.status == Status.EXTENDED
    assert (case.due_on, case.due_kind) == (date(2026, 6, 5), "C-60")
    assert (found["C-60"].original_due_on, found["C-60"].due_on) == (date(2026, 5, 6), date(2026, 6, 5))
    assert "延期" in (found["C-60"].due_reason or "")
    assert (found["C-EXT"].started_on, found["C-EXT"].due_on) == (date(2026, 5, 6), date(2026, 6, 5))
    assert papers(ways, case)[1:] == ["extension_form", "extension_notice"]
    with pytest.raises(IllegalTransitionError):
        ways.act("handler", case, "ask_extension", extend_to="2026-06-30", reason="第二次申请延期")


def test_a_second_extension_after_a_side_step_is_refused_with_the_article(ways: Ways) -> None:
    case = ways.extended()
    case = ways.as_head(case, "escalate", reason="超出本级职权", request="请市总协调")
    case = ways.as_system(case, "resume")
    assert case.status == Status.HANDLING
    with pytest.raises(IllegalTransitionError, match="第三十四条"):
        ways.act("handler", case, "ask_extension", extend_to="2026-06-30", reason="第二次申请延期")


@pytest.mark.parametrize(
    ("until", "words"),
    [("2026-06-06", "不得超过30日"), ("2026-05-06", "不能倒改"), ("2026-03-01", "不能倒改"), ("x", "请填写")],
)
def test_an_extension_is_thirty_days_at_most_and_never_backwards(ways: Ways, until: str, words: str) -> None:
    case = ways.handling()
    with pytest.raises(InvalidError, match=words):
        ways.act("handler", case, "ask_extension", extend_to=until, reason="需要调取账册核对")


def test_after_the_sixty_days_nothing_is_extended_any_more(ways: Ways) -> None:
    case = ways.asked()
    later(ways, 70)
    with pytest.raises(IllegalTransitionError, match="已经届满"):
        ways.act("leader", case, "grant_extension")
    assert ways.act("leader", case, "deny_extension", reason="期限已过").extension_to is None


def test_a_mediation_ends_the_case_when_agreed_or_when_performed_as_the_union_sets_it(ways: Ways) -> None:
    agreed = ways.agreed()
    ended = ways.act("handler", agreed, "conclude_agreement", opinions=OPINIONS, result="单位已经补发")
    assert (ended.status, ended.due_on, ended.replied_on) == (Status.CONCLUDED, None, date(2026, 3, 2))
    assert clocks(ways, ended)["C-60"].uncounted is False
    ways.set(mediation_ends="performed")
    case = ways.agreed()
    with pytest.raises(InvalidError) as refused:
        ways.act("handler", case, "conclude_agreement", opinions=OPINIONS, result="单位答应补发")
    assert list(refused.value.fields) == ["performed_on"]
    ways.act(
        "handler", case, "conclude_agreement", opinions=OPINIONS, result="已经补发到位", performed_on="2026-03-02"
    )


def test_a_failed_mediation_leads_back_to_where_it_left_and_the_clock_ran_on(ways: Ways) -> None:
    case = ways.act("handler", ways.extended(), "mediate", mediator="测试调解员", both_agree=True)
    with pytest.raises(IllegalTransitionError, match="还没有调解协议"):
        ways.act("handler", case, "conclude_agreement", opinions=OPINIONS, result="没有协议")
    case = ways.act("handler", case, "end_mediation", reason="双方分歧过大")
    assert (case.status, case.due_on) == (Status.EXTENDED, date(2026, 6, 5))


def test_mediation_is_voluntary(ways: Ways) -> None:
    with pytest.raises(InvalidError, match="自愿"):
        ways.act("handler", ways.handling(), "mediate", mediator="测试调解员", both_agree="")


def test_an_employer_has_fifteen_working_days_and_its_silence_is_not_the_unions(ways: Ways) -> None:
    case = ways.negotiating()
    assert "C-15W" not in clocks(ways, case), "a paper is issued first and received later"
    later(ways, 3)
    received = {"delivery": "post", "tracking": "EMS1234", "receipt": "signed"}
    with pytest.raises(InvalidError, match="不能早于文书出具之日"):
        ways.act("handler", case, "employer_received", delivered_on="2026-03-01", **received)
    ways.act("handler", case, "employer_received", delivered_on="2026-03-03", **received)
    with pytest.raises(IllegalTransitionError, match="已经登记"):
        ways.act("handler", case, "employer_received", delivered_on="2026-03-03", **received)
    assert (case.due_on, case.due_kind) == (date(2026, 5, 6), "C-60")
    found = clocks(ways, case)["C-15W"]
    assert (found.started_on, found.due_on) == (date(2026, 3, 3), date(2026, 3, 24))
    case = ways.act("head", case, "propose", proposal_to="区人社局", reason="用人单位拒不答复")
    assert case.status == Status.HANDLING
    assert papers(ways, case)[-2:] == ["supervision_opinion", "supervision_proposal"]


def test_importing_into_arbitration_shows_the_limitation_date_and_counts_no_deadline(ways: Ways) -> None:
    case = ways.handling()
    with pytest.raises(InvalidError, match="有时效"):
        ways.act("handler", case, "divert", **{**DIVERT, "limitation_on": ""})
    case = ways.act("handler", case, "divert", **DIVERT)
    found = clocks(ways, case)
    assert (case.status, case.due_on, case.limitation_on) == (Status.DIVERTED, None, date(2026, 12, 31))
    assert (found["R-ARB"].due_on, found["R-ARB"].stopped_on) == (date(2026, 12, 31), None)
    assert found["C-60"].uncounted
    with ways.federation.work("head@street") as work:
        assert "2026年12月31日" in str(of_subject(work.session, case.id)[-1].body)


def test_a_withdrawal_needs_the_petitioners_own_verified_statement(ways: Ways) -> None:
    case = ways.handling()
    with pytest.raises(InvalidError) as refused:
        ways.act("clerk", case, "withdraw", withdrawal="staff_says_so", withdrawn_on="2026-03-02", statement="")
    assert set(refused.value.fields) == {"withdrawal", "statement"}
    with pytest.raises(ForbiddenError):
        ways.act("handler", case, "withdraw")
    assert ways.withdrawn().withdrawal_way == "written"
