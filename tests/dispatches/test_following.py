"""The own case follows its letter: out of the hand, back again, under the date that was set, closed by the report."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from audit.services import history
from cases import clocks
from cases.models import Case, CaseClock, Claim
from cases.workflow import Status
from dispatches.kinds import LetterKind
from dispatches.models import LetterEvent
from dispatches.services import act, register_case
from documents.services import of_subject
from kernel.errors import IllegalTransitionError
from tests.builders import Federation
from tests.dispatches.carried import DUE, NAME, case_of, deliver, matter, on, sent, taken
from tests.dispatches.letters import nothing_left

OBJECTION = "经核实用人单位注册地和实际经营地均不在本街道，不属于本单位职权范围。"


def assigned(federation: Federation, case: Case) -> CaseClock:
    """The clock that another union's date runs on."""
    with federation.work_as_system("street") as work:
        return next(clock for clock in clocks.of_case(work.session, case.id) if clock.kind == "C-AD")


@pytest.mark.parametrize("kind", [LetterKind.ORDER, LetterKind.TRANSFER])
def test_a_matter_that_is_handed_over_waits_and_the_petitioner_is_told_where_it_went(
    federation: Federation, kind: LetterKind
) -> None:
    case = matter(federation)
    letter = sent(federation, case=case, kind=kind)
    assert case_of(federation, "east", case).status == Status.REFERRED
    with federation.work("head@east") as work:
        paper = of_subject(work.session, case.id)[0]
    assert "东一街道工会联合会" in str(paper.body)
    assert letter.snapshot["clocks"][0]["stopped_on"] == "2026-03-02", "the copy tells the clocks as they stand now"


@pytest.mark.parametrize("kind", [LetterKind.ASSIST, LetterKind.SUPERVISION])
def test_help_and_supervision_leave_the_case_where_it_is(federation: Federation, kind: LetterKind) -> None:
    case = matter(federation)
    details = {"trigger": "overdue", "ladder": "supervise", "count": 1} if kind is LetterKind.SUPERVISION else {}
    sent(federation, case=case, kind=kind, details=details, subject="请协助")
    assert case_of(federation, "east", case).status == Status.TRIAGED


def test_a_case_that_waits_elsewhere_is_not_handed_over_twice(federation: Federation) -> None:
    case = matter(federation)
    sent(federation, case=case)
    with pytest.raises(IllegalTransitionError):
        sent(federation, case=case)


def test_a_case_that_nobody_sorted_is_not_handed_over(federation: Federation) -> None:
    case = federation.register("clerk@east")
    with pytest.raises(IllegalTransitionError):
        sent(federation, case=case)
    assert nothing_left(federation, "street")


@pytest.mark.parametrize("accepted", [True, False])
def test_a_letter_taken_back_brings_its_case_back_to_where_it_stood(federation: Federation, accepted: bool) -> None:
    case = federation.accepted("east") if accepted else matter(federation)
    letter = sent(federation, case=case)
    on(federation, "head@east", letter, "withdraw", text="发错单位，撤回重发")
    back = case_of(federation, "east", case)
    assert back.status == (Status.HANDLING if accepted else Status.TRIAGED)
    assert back.due_kind == ("C-60" if accepted else "C-15")
    sent(federation, case=case, to="street")
    assert case_of(federation, "east", case).status == Status.REFERRED


def test_an_objection_that_is_agreed_brings_the_case_back_and_a_refused_one_does_not(federation: Federation) -> None:
    case = matter(federation)
    letter = sent(federation, case=case)
    on(federation, "head@street", letter, "object", text=OBJECTION)
    on(federation, "head@east", letter, "refuse_objection", text="用人单位实际经营地在你街道。")
    assert case_of(federation, "east", case).status == Status.REFERRED
    on(federation, "head@street", letter, "object", text=OBJECTION)
    on(federation, "head@east", letter, "agree_objection")
    back = case_of(federation, "east", case)
    assert (back.status, back.due_on, back.due_kind) == (Status.TRIAGED, date(2026, 3, 17), "C-15")


def test_the_report_stops_the_date_tells_the_outcomes_and_its_approval_closes_the_senders_case(
    federation: Federation,
) -> None:
    case = matter(federation)
    letter = sent(federation, case=case, share_identity=True)
    own = taken(federation, "head@street", letter)
    handler = str(federation.users["handler@street"].id)
    federation.act("clerk@street", own.number, "triage", purpose="request", category="01.01", tier="ordinary")
    federation.act("head@street", own.number, "accept", assignee=handler)
    opinions = {
        "1": {"opinion": "support", "finding": f"单位已向{NAME}补发"},
        "2": {"opinion": "reject", "finding": "已足额缴纳"},
    }
    federation.act(
        "handler@street",
        own.number,
        "decide",
        facts="经核实，单位确有拖欠工资的情形。",
        basis="《劳动法》第五十条",
        opinions=opinions,
    )
    on(federation, "head@street", letter, "reply", text=f"已督促单位向{NAME}补发工资。")
    assert assigned(federation, own).stop_reason == "已反馈办理结果"
    with federation.work("head@east") as work:
        reply = work.session.scalars(select(LetterEvent).where(LetterEvent.action == "reply")).one()
    assert reply.text == "已督促单位向赵*补发工资。"
    assert reply.told == {
        "outcomes": [
            {"position": 1, "opinion": "support", "finding": "单位已向赵*补发"},
            {"position": 2, "opinion": "reject", "finding": "已足额缴纳"},
        ]
    }
    on(federation, "head@east", letter, "approve")
    assert case_of(federation, "east", case).status == Status.CLOSED
    with federation.work("head@east") as work:
        claims = work.session.scalars(select(Claim).where(Claim.case_id == case.id).order_by(Claim.position)).all()
        told = [event.action for event in history(work.session, case.id)]
    assert [(claim.opinion, claim.finding) for claim in claims] == [
        ("support", "单位已向赵*补发"),
        ("reject", "已足额缴纳"),
    ]
    assert told[-2:] == ["case:refer", "case:settle"]


def test_a_claim_without_an_outcome_takes_the_report(federation: Federation) -> None:
    case = matter(federation)
    letter = sent(federation, case=case)
    taken(federation, "head@street", letter)
    on(federation, "head@street", letter, "reply", text="经调解，单位已补发工资。")
    on(federation, "head@east", letter, "approve", note="同意办结")
    with federation.work("head@east") as work:
        findings = work.session.scalars(select(Claim.finding).where(Claim.case_id == case.id)).all()
    assert findings == ["经调解，单位已补发工资。"] * 2


def test_work_that_is_sent_back_leaves_the_case_waiting_and_the_date_running(federation: Federation) -> None:
    case = matter(federation)
    letter = sent(federation, case=case)
    own = taken(federation, "head@street", letter)
    on(federation, "head@street", letter, "reply", text="已经处理完毕。")
    on(federation, "head@east", letter, "redo", text="请补充补发凭证", due_on="2026-04-10")
    assert assigned(federation, own).stopped_on is not None, "not before the message comes"
    deliver(federation, "street")
    clock = assigned(federation, own)
    assert (clock.due_on, clock.original_due_on, clock.stopped_on) == (date(2026, 4, 10), DUE, None)
    assert case_of(federation, "street", own).version > own.version
    assert case_of(federation, "east", case).status == Status.REFERRED


def test_a_granted_extension_moves_the_date_of_the_recipients_case(federation: Federation) -> None:
    letter = sent(federation)
    own = taken(federation, "head@street", letter)
    on(federation, "head@street", letter, "ask_extension", text="取证需要时间", due_on="2026-04-20")
    on(federation, "head@east", letter, "grant_extension")
    deliver(federation, "street")
    clock = assigned(federation, own)
    assert (clock.due_on, clock.original_due_on) == (date(2026, 4, 20), DUE)


def test_an_extension_granted_before_the_case_counts_from_its_first_moment(federation: Federation) -> None:
    letter = sent(federation)
    on(federation, "head@street", letter, "sign")
    on(federation, "head@street", letter, "ask_extension", text="取证需要时间", due_on="2026-04-20")
    on(federation, "head@east", letter, "grant_extension")
    deliver(federation, "street")
    with federation.work("head@street") as work:
        own = register_case(work, letter.id)
    assert assigned(federation, own).due_on == date(2026, 4, 20)


def test_a_case_that_no_longer_waits_for_the_letter_is_left_alone(federation: Federation) -> None:
    case = matter(federation)
    letter = sent(federation, case=case)
    taken(federation, "head@street", letter)
    on(federation, "head@street", letter, "reply", text="经调解，单位已补发工资。")
    with federation.work("head@east") as work:
        work.session.get_one(Case, (work.tenant_id, case.id)).status = Status.HANDLING.value
    with federation.work("head@east") as work:
        act(work, letter.id, "approve")
    assert case_of(federation, "east", case).status == Status.HANDLING
