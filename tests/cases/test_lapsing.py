"""What happens by waiting: concluded once, reminded once, and never the union's overdue."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from audit.services import history
from cases.jobs import sweep
from cases.lapsing import lapse, remind
from cases.models import Case
from cases.queries import file
from cases.workflow import Status
from kernel.clock import FixedClock
from kernel.errors import IllegalTransitionError, InvalidError
from notices.models import Notice
from tests.builders import Federation
from tests.ways import DIVERT, Ways


@pytest.fixture
def ways(federation: Federation) -> Ways:
    """The street's people."""
    return Ways(federation)


def swept(ways: Ways) -> int:
    """One round of the sweep, as the scheduler does it."""
    with ways.federation.work_as_system("street") as work:
        return sweep(work)


def status(ways: Ways, case: Case) -> str:
    """Where the case stands now."""
    with ways.federation.work_as_system("street") as work:
        return work.session.scalars(select(Case.status).where(Case.id == case.id)).one()


def titles(ways: Ways) -> list[str]:
    """What notices say."""
    with ways.federation.work_as_system("street") as work:
        return list(work.session.scalars(select(Notice.title).where(Notice.kind == "case.right")))


def test_a_time_to_ask_that_has_passed_concludes_the_case_and_a_day_before_it_does_not(ways: Ways) -> None:
    explained, supported = ways.explained(), ways.served()
    ways.federation.clock = FixedClock(ways.federation.clock.now() + timedelta(days=30))
    assert swept(ways) == 0
    assert status(ways, explained) == Status.SERVED
    ways.federation.clock = FixedClock(ways.federation.clock.now() + timedelta(days=1))
    with ways.federation.work_as_system("street") as work:
        assert lapse(work, limit=10) == 1
    with ways.federation.work_as_system("street") as work:
        assert lapse(work, limit=10) == 0
    assert status(ways, explained) == Status.CONCLUDED
    assert status(ways, supported) == Status.SERVED, "what was promised has to be carried out"


def test_a_review_that_was_not_followed_by_another_concludes_too(ways: Ways) -> None:
    case = ways.reviewed()
    ways.federation.clock = FixedClock(ways.federation.clock.now() + timedelta(days=31))
    assert swept(ways) == 1
    assert status(ways, case) == Status.CONCLUDED


@pytest.mark.parametrize("outcome", ["uphold", "change"])
def test_what_a_review_left_to_be_done_is_done_before_the_case_lapses(ways: Ways, outcome: str) -> None:
    # Upheld where a claim had been supported, or changed where none was.
    waiting = ways.reviewing(supported=outcome == "uphold")
    case = ways.act("head", waiting, "review_result", **ways.answer(outcome))
    case = ways.act("handler", case, "execute", execution_plan="督促单位按复查意见补发")
    ways.federation.clock = FixedClock(ways.federation.clock.now() + timedelta(days=31))
    swept(ways)
    assert status(ways, case) == Status.EXECUTING
    assert ways.act("handler", case, "finish", result="已经补发到位").status == Status.CLOSED


def test_a_supported_claim_keeps_a_reviewed_case_open_until_it_was_carried_out(ways: Ways) -> None:
    case = ways.reviewed(supported=True)
    ways.federation.clock = FixedClock(ways.federation.clock.now() + timedelta(days=31))
    with ways.federation.work_as_system("street") as work:
        assert lapse(work, limit=10) == 0
    assert status(ways, case) == Status.REVIEWED


@pytest.mark.parametrize(("outcome", "end"), [("uphold", Status.CONCLUDED), ("change", Status.REVIEWED)])
def test_what_was_carried_out_before_the_review_is_not_asked_for_again_unless_the_review_changed_it(
    ways: Ways, outcome: str, end: Status
) -> None:
    ways.outside()
    told = {"reason": "对不予支持的部分不服", "review_body": "测试区信访局"}
    case = ways.act("clerk", ways.closed(), "ask_review", review_asked_on=ways.today.isoformat(), **told)
    case = ways.act("head", case, "review_result", **ways.answer(outcome))
    ways.federation.clock = FixedClock(ways.federation.clock.now() + timedelta(days=31))
    with ways.federation.work_as_system("street") as work:
        lapse(work, limit=10)
    assert status(ways, case) == end


def test_a_changed_opinion_takes_the_place_of_the_one_that_was_overturned(ways: Ways) -> None:
    case = ways.act("head", ways.reviewing(), "review_result", **ways.answer("change"))
    with ways.federation.work("head@street") as work:
        claims = file(work, case.number).claims
        logged = next(event for event in history(work.session, case.id) if event.action == "case:review_result")
    assert {(claim.opinion, claim.finding) for claim in claims} == {
        ("support", "复查变更：原意见事实清楚，予以维持。")
    }
    assert logged.data["before"] == {"opinions": {"1": "explain", "2": "explain"}}


def test_served_and_closed_in_one_act_says_when_what_was_supported_was_carried_out(ways: Ways) -> None:
    case, today = ways.decided(), ways.today.isoformat()
    closing = {"delivery": "in_person", "delivered_on": today, "receipt": "signed", "result": "已经书面答复"}
    with pytest.raises(InvalidError, match="交付执行") as refused:
        ways.act("handler", case, "close", **closing)
    assert list(refused.value.fields) == ["executed_on"]
    assert ways.act("handler", case, "close", **closing, executed_on=today).status == Status.CLOSED


def test_a_second_review_may_be_asked_for_while_the_first_is_carried_out(ways: Ways) -> None:
    case = ways.act("handler", ways.reviewed(supported=True), "execute", execution_plan="督促单位按意见补发")
    told = {"reason": "对不予支持的部分不服", "review_body": "测试市信访局"}
    with pytest.raises(IllegalTransitionError, match="已经提出过申请"):
        ways.act("clerk", case, "ask_review", review_asked_on=ways.today.isoformat(), **told)
    case = ways.act("clerk", case, "ask_recheck", review_asked_on=ways.today.isoformat(), **told)
    assert case.status == Status.RECHECKING


def test_a_request_that_was_posted_in_time_and_opened_late_is_registered(ways: Ways) -> None:
    ways.outside()
    case = ways.served()
    ways.federation.clock = FixedClock(ways.federation.clock.now() + timedelta(days=31))
    asked = {"reason": "不服意见", "review_body": "区信访局"}
    case = ways.act("clerk", case, "ask_review", review_asked_on="2026-04-01", **asked)
    with ways.federation.work("head@street") as work:
        asked_on = [one.started_on for one in file(work, case.number).clocks if one.kind == "C-R30"]
    assert (case.status, asked_on) == (Status.REVIEWING, [date(2026, 4, 1)])
    case = ways.act("head", case, "review_result", **(ways.answer("uphold") | {"review_served_on": "2026-04-02"}))
    ways.federation.clock = FixedClock(ways.federation.clock.now() + timedelta(days=31))
    with pytest.raises(InvalidError, match="不能早于"):
        ways.act("clerk", case, "ask_recheck", review_asked_on="2026-04-01", **asked)
    case = ways.act("clerk", case, "ask_recheck", review_asked_on="2026-05-02", **asked)
    assert case.status == Status.RECHECKING


def test_a_case_that_lapsed_alone_opens_again_for_a_request_that_was_made_in_time(ways: Ways) -> None:
    ways.outside()
    case = ways.explained()
    ways.federation.clock = FixedClock(ways.federation.clock.now() + timedelta(days=31))
    assert swept(ways) == 1
    with pytest.raises(InvalidError, match="邮戳"):
        ways.act("clerk", case, "late_review", review_asked_on="2026-04-02", reason="来信于期满后收到")
    with pytest.raises(IllegalTransitionError, match="复核"):
        ways.act("clerk", case, "late_recheck", review_asked_on="2026-04-01", reason="来信于期满后收到")
    case = ways.act("clerk", case, "late_review", review_asked_on="2026-04-01", reason="邮戳为四月一日，二日收到")
    assert (case.status, case.closed_at, case.asked_online_on) == (Status.SERVED, None, date(2026, 4, 1))
    assert swept(ways) == 0, "asked in time is not lapsed a second time"
    with ways.federation.work("head@street") as work:
        logged = next(event for event in history(work.session, case.id) if event.action == "case:late_review")
    assert logged.data["reason"] == "邮戳为四月一日，二日收到"
    told = {"reason": "对意见不服", "review_body": "区信访局"}
    case = ways.act("clerk", case, "ask_review", review_asked_on="2026-04-01", **told)
    assert case.status == Status.REVIEWING


def test_what_ended_by_the_last_word_or_an_agreement_does_not_open_again(ways: Ways) -> None:
    case = ways.concluded()
    for action in ("late_review", "late_recheck"):
        with pytest.raises(IllegalTransitionError, match="不是因逾期"):
            ways.act("clerk", case, action, review_asked_on="2026-03-02", reason="对协议不服")


def test_a_right_is_reminded_of_once_in_its_last_month_and_anew_after_an_interruption(ways: Ways) -> None:
    case = ways.handling()
    ways.act("handler", case, "record_right", right="R-ARB", right_from="2025-03-20")
    ways.act("handler", case, "record_right", right="R-INSP", right_from="2025-03-20")
    with ways.federation.work_as_system("street") as work:
        assert remind(work, limit=10) == 1
    with ways.federation.work_as_system("street") as work:
        assert remind(work, limit=10) == 0
    assert titles(ways) == ["信访人的劳动仲裁时效将于2026-03-20届满，请提醒其及时行使权利"]
    ways.act("handler", case, "interrupt_right", interrupted_on="2026-03-02", reason="向单位书面主张权利")
    ways.federation.clock = FixedClock(ways.federation.clock.now() + timedelta(days=340))
    with ways.federation.work_as_system("street") as work:
        assert remind(work, limit=10) == 1


def test_a_silent_employer_is_told_of_the_day_after(ways: Ways) -> None:
    ways.awaiting()
    ways.federation.clock = FixedClock(ways.federation.clock.now() + timedelta(days=21))
    with ways.federation.work_as_system("street") as work:
        assert remind(work, limit=10) == 0
    ways.federation.clock = FixedClock(ways.federation.clock.now() + timedelta(days=1))
    with ways.federation.work_as_system("street") as work:
        assert remind(work, limit=10) == 1
    assert "对方没有答复" in titles(ways)[0]


def test_a_right_is_reminded_of_after_the_way_to_arbitration_was_shown_until_it_was_used(ways: Ways) -> None:
    shown = ways.act("clerk", ways.triaged(), "divert", **(DIVERT | {"limitation_on": "2026-03-20"}))
    used = ways.act("clerk", ways.triaged(), "divert", **(DIVERT | {"limitation_on": "2026-03-20"}))
    ways.act("clerk", used, "exercise_right", right="R-ARB", note="已向仲裁委员会提交申请")
    with ways.federation.work_as_system("street") as work:
        assert remind(work, limit=10) == 1
        told = work.session.scalars(select(Notice).where(Notice.kind == "case.right")).one()
    assert (told.link, told.role) == (f"/cases/{shown.number}", "office_head"), "nobody held it"


def test_whoever_took_the_matter_back_is_not_written_to(ways: Ways) -> None:
    case = ways.handling()
    ways.act("handler", case, "record_right", right="R-ARB", right_from="2025-03-20")
    ways.act(
        "clerk",
        case,
        "withdraw",
        withdrawal="written",
        withdrawn_on=ways.today.isoformat(),
        statement="问题已经解决，本人自愿撤回。",
    )
    with ways.federation.work_as_system("street") as work:
        assert remind(work, limit=10) == 0
