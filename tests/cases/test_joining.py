"""After the opinion, cases that belong together, rights and reports: what happens and what is refused in words."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from audit.services import history
from cases.clocks import of_case
from cases.joining import linked
from cases.models import Case, CaseClock, Claim
from cases.queries import file
from cases.rules import ClockKind
from cases.workflow import CASE_WORKFLOW, Status
from documents.services import of_subject
from kernel.clock import FixedClock
from kernel.errors import IllegalTransitionError, InvalidError
from tenants.reviewing import reviewer_of
from tests.builders import Federation
from tests.ways import DECIDE, OPINIONS, Ways


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


def test_service_starts_the_petitioners_thirty_days_and_never_the_unions_overdue(ways: Ways) -> None:
    case = ways.served()
    found = clocks(ways, case)["C-RV30"]
    assert (found.started_on, found.due_on) == (date(2026, 3, 2), date(2026, 4, 1))
    assert (case.due_on, case.served_on) == (None, date(2026, 3, 2))
    with pytest.raises(IllegalTransitionError, match="先交付执行"):
        ways.act("handler", case, "finish", result="还没有执行")
    case = ways.act("handler", case, "execute", execution_plan="督促财务部门补发", execute_by="2026-03-20")
    assert (case.due_on, case.due_kind) == (date(2026, 3, 20), "C-EXE")
    ways.act("leader", case, "urge_execution", reason="请于三月二十日前补发到位")
    case = ways.act("handler", case, "finish", result="工资已经补发到位")
    assert (case.status, case.due_on) == (Status.CLOSED, None)
    assert clocks(ways, case)["C-RV30"].stopped_on is None, "the petitioner may still ask"


def test_a_closed_case_is_archived_after_the_time_to_ask_and_stays_closed_on_its_day(ways: Ways) -> None:
    case = ways.closed()
    with pytest.raises(IllegalTransitionError, match="期满以后归档"):
        ways.act("clerk", case, "archive", archive_no="2026-1")
    later(ways, 31)
    archived = ways.act("clerk", case, "archive", archive_no="2026-1")
    assert (archived.status, archived.closed_at) == (Status.ARCHIVED, case.closed_at)


def test_review_and_recheck_outside_the_platform_are_written_down_by_hand(ways: Ways) -> None:
    case = ways.reviewing()
    found = clocks(ways, case)
    assert found["C-RV30"].stop_reason == "登记复查申请"
    assert (found["C-R30"].due_on, case.due_on) == (date(2026, 4, 1), None), "the reviewer's days are not ours"
    case = ways.act("head", case, "review_result", **ways.answer("change"))
    assert (case.status, case.review_outcome) == (Status.REVIEWED, "change")
    assert clocks(ways, case)["C-FH30"].due_on == date(2026, 4, 1)
    case = ways.act(
        "clerk",
        case,
        "ask_recheck",
        review_asked_on="2026-03-02",
        reason="对复查意见不服",
        review_body="测试市信访局",
    )
    with pytest.raises(IllegalTransitionError, match="没有执行"):
        ways.act("head", case, "recheck_result", **ways.answer("uphold"))
    executing = ways.answer("uphold") | {"execution_plan": "督促单位按变更后的意见补发"}
    case = ways.act("head", case, "recheck_execute", **executing)
    assert case.status == Status.EXECUTING
    assert papers(ways, case)[-4:] == ["review_request", "review_result", "recheck_request", "recheck_result"]


def test_after_thirty_days_nobody_asks_for_a_review_any_more(ways: Ways) -> None:
    ways.outside()
    case = ways.served()
    later(ways, 31)
    asked = {"reason": "不服意见", "review_body": "区信访局"}
    with pytest.raises(InvalidError, match="30日") as refused:
        ways.act("clerk", case, "ask_review", review_asked_on="2026-04-02", **asked)
    assert list(refused.value.fields) == ["review_asked_on"]


def test_an_opinion_that_was_set_aside_is_not_given_a_second_time(ways: Ways) -> None:
    case = ways.reviewing(supported=True)
    case = ways.act(
        "head",
        case,
        "review_redo",
        review_number="测信复〔2026〕2号",
        review_text="事实不清，责令重作",
        redo_by="2026-03-31",
    )
    assert (case.status, case.due_on, case.due_kind) == (Status.HANDLING, date(2026, 3, 31), "C-RD")
    with pytest.raises(InvalidError, match="不得以同一事实和理由"):
        ways.act("handler", case, "decide", **DECIDE)
    again = {"1": {"opinion": "support", "finding": "责令单位五日内补发并支付赔偿。"}, "2": OPINIONS["2"]}
    case = ways.act("handler", case, "decide", **{**DECIDE, "opinions": again})
    assert (case.status, case.due_on) == (Status.DECIDED, None)
    case = ways.act(
        "handler", case, "serve", delivery="post", tracking="EMS1234", delivered_on="2026-03-02", receipt="signed"
    )
    assert len([1 for clock in all_clocks(ways, case) if clock.kind == "C-RV30"]) == 2


def all_clocks(ways: Ways, case: Case) -> list[CaseClock]:
    """Every clock of the case."""
    with ways.federation.work("head@street") as work:
        found = of_case(work.session, case.id)
        work.session.expunge_all()
    return found


def test_by_hand_nobody_answers_for_a_reviewing_body_on_the_platform(ways: Ways) -> None:
    ways.outside()
    case = ways.served()
    ways.set(review_target="first_line")
    with pytest.raises(IllegalTransitionError, match="移送复查"):
        ways.act("clerk", case, "ask_review", review_asked_on="2026-03-02", reason="不服意见", review_body="区信访局")


def test_a_merged_case_keeps_the_leads_clock_and_comes_back_with_its_own(ways: Ways) -> None:
    lead = ways.handling()
    later(ways, 10)
    case = ways.handling(received_on=date(2026, 3, 11))
    with pytest.raises(InvalidError, match="期限最早"):
        ways.act("clerk", lead, "merge", lead=case.number, reason="同一事项、同一信访人")
    due = case.due_on
    case = ways.act("clerk", case, "merge", lead=lead.number, reason="同一事项、同一信访人")
    assert (case.status, case.lead_id, case.due_on) == (Status.MERGED, lead.id, None)
    assert clocks(ways, case)["C-60"].uncounted
    assert actions(ways, lead)[-1] == "case:merged_in"
    with ways.federation.work("head@street") as work:
        assert [kind for kind, _ in linked(work, file(work, lead.number).case)] == ["merged"]
        assert [kind for kind, _ in linked(work, file(work, case.number).case)] == ["lead"]
    case = ways.act("head", case, "unmerge", reason="不是同一事项")
    assert (case.status, case.lead_id, case.due_on) == (Status.HANDLING, None, due)
    assert not clocks(ways, case)["C-60"].uncounted
    assert actions(ways, lead)[-1] == "case:merge_undone"


def test_a_lead_that_was_not_accepted_yet_takes_the_sixty_days_that_have_begun(ways: Ways) -> None:
    lead = ways.triaged(received_on=date(2026, 3, 1))
    case = ways.act("clerk", ways.handling(), "merge", lead=lead.number, reason="同一事项、同一信访人")
    assert clocks(ways, lead)["C-60"].due_on == clocks(ways, case)["C-60"].due_on
    later(ways, 5)
    lead = ways.act("head", lead, "accept", assignee=ways.handler)
    assert lead.due_on == date(2026, 5, 6), "no second sixty days"


def test_a_split_takes_claims_people_and_clocks_along_and_gives_the_claims_back(ways: Ways) -> None:
    case = ways.split_off()
    with ways.federation.work("head@street") as work:
        mine = file(work, case.number)
        origin = work.session.scalars(select(Case).where(Case.id == case.origin_id)).one()
        theirs = file(work, origin.number)
        assert [claim.text for claim in mine.claims] == ["补缴社保"]
        assert [claim.text for claim in theirs.claims] == ["补发工资"]
        assert [party.name_mask for party in mine.parties] == [party.name_mask for party in theirs.parties]
        assert {clock.due_on for clock in mine.clocks} == {clock.due_on for clock in theirs.clocks}
        assert (mine.case.due_on, mine.case.received_on) == (theirs.case.due_on, theirs.case.received_on)
    case = ways.act("clerk", case, "rejoin", reason="两项一并办理更便捷")
    assert case.status == Status.MERGED
    with ways.federation.work("head@street") as work:
        again = work.session.scalars(
            select(Claim.position).where(Claim.case_id == case.origin_id).order_by(Claim.position)
        )
        assert list(again) == [1, 2]
    with pytest.raises(IllegalTransitionError, match="退回原件"):
        ways.act("head", case, "unmerge", reason="再拆一次")


def test_a_split_leaves_something_behind(ways: Ways) -> None:
    case = ways.handling()
    with pytest.raises(InvalidError, match="至少保留一项"):
        ways.act("clerk", case, "split", claims_chosen=["1", "2"], reason="全部拆走不可以")
    one = ways.handling(claims=("补发工资",))
    with pytest.raises(IllegalTransitionError, match="只有一项诉求"):
        ways.act("clerk", one, "split", claims_chosen=["1"], reason="只有一项")


def test_a_repeat_points_at_the_first_and_both_know_it(ways: Ways) -> None:
    first, second = ways.closed(), ways.registered()
    case = ways.act("clerk", second, "link_first", first_case=first.number, reason="同一事项再次提出")
    assert (case.first_id, case.repeat, case.due_kind) == (first.id, True, "C-15")
    assert actions(ways, first)[-1] == "case:repeated"
    with pytest.raises(IllegalTransitionError, match="已经与初次件关联"):
        ways.act("clerk", case, "link_first", first_case=first.number, reason="再次关联")
    third = ways.registered()
    with pytest.raises(InvalidError, match="不能是本件自己"):
        ways.act("clerk", third, "link_first", first_case=third.number, reason="自己关联自己")


def test_rights_are_shown_interrupted_and_used_and_never_make_a_case_overdue(ways: Ways) -> None:
    case = ways.triaged()
    case = ways.act("clerk", case, "record_right", right="R-ARB", right_from="2025-04-01")
    assert case.due_kind == "C-15"
    assert clocks(ways, case)["R-ARB"].due_on == date(2026, 4, 1)
    with pytest.raises(InvalidError, match="不能重复登记"):
        ways.act("clerk", case, "record_right", right="R-ARB", right_from="2025-05-01")
    case = ways.act("clerk", case, "interrupt_right", interrupted_on="2026-02-10", reason="向单位书面主张权利")
    found = clocks(ways, case)["R-ARB"]
    assert (found.original_due_on, found.due_on) == (date(2026, 4, 1), date(2027, 2, 10))
    assert "中断" in (found.due_reason or "")
    with pytest.raises(InvalidError, match="起算之日以后"):
        ways.act("clerk", case, "interrupt_right", interrupted_on="2024-01-01", reason="太早的日期")
    ways.act("clerk", case, "exercise_right", right="R-ARB", note="已向仲裁委提交申请")
    assert clocks(ways, case)["R-ARB"].stop_reason == "已行使权利"
    ways.act("clerk", case, "record_right", right="R-INJ30", right_from="2025-01-01")
    assert case.due_on == date(2026, 3, 17), "a right that lapsed is not the union's overdue"


def test_an_urgent_matter_is_reported_and_advice_is_answered(ways: Ways) -> None:
    case = ways.registered(urgent=True)
    assert (case.due_on, case.due_kind) == (date(2026, 3, 3), "C-URG")
    case = ways.act("clerk", case, "report_urgent", reported_to="区委办公室、东区总工会", note="人数较多，已到场")
    assert case.due_kind == "C-15"
    case = ways.handling()
    advice = {"suggestion": "improve", "advised_unit": "测试厂", "suggestion_text": "建立工资支付保障制度并公开。"}
    case = ways.act("supervisor", case, "advise", **advice)
    assert (clocks(ways, case)["C-FB"].due_on, case.due_kind) == (date(2026, 4, 1), "C-60")
    with pytest.raises(IllegalTransitionError, match="还没有反馈"):
        ways.act("supervisor", case, "advise", **advice)
    ways.act("supervisor", case, "adoption", adoption="adopted", note="已书面反馈采纳")


def test_progress_is_owed_where_the_union_says_so(ways: Ways) -> None:
    assert "C-5P" not in clocks(ways, ways.registered())
    ways.set(progress_days=5)
    case = ways.registered()
    assert (case.due_on, case.due_kind) == (date(2026, 3, 9), "C-5P")
    case = ways.act("clerk", case, "tell_progress", progress="已电话告知正在核实")
    assert case.due_kind == "C-15"


def test_whoever_has_to_withdraw_does_not_decide(ways: Ways) -> None:
    case = ways.handling()
    marks: dict[str, Any] = {"retaliation": "", "conflict": "1", "accused": "", "reason": "承办人与单位有亲属关系"}
    ways.act("head", case, "flag", **marks)
    with pytest.raises(IllegalTransitionError, match="回避"):
        ways.act("handler", case, "decide", **DECIDE)
    with pytest.raises(InvalidError, match="需要回避"):
        ways.act("head", case, "assign", assignee=ways.handler, reason="仍由原承办人办理")
    assert ways.act("head", case, "decide", **DECIDE).status == Status.DECIDED


def test_no_row_is_only_a_name() -> None:
    assert len(CASE_WORKFLOW.rows) > 60
    assert {kind.value for kind in ClockKind} >= {kind for row in CASE_WORKFLOW for kind in row.starts}


def test_the_reviewing_body_is_the_next_one_up_or_outside(ways: Ways) -> None:
    ids = ways.federation.ids
    with ways.federation.work("head@street") as work:
        assert (reviewer_of(work.session), reviewer_of(work.session, "recheck")) == (ids["east"], ids["city"])
    ways.outside()
    with ways.federation.work("head@street") as work:
        assert reviewer_of(work.session) is None
