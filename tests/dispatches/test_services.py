"""A case goes up, an order comes down, and each side reads its own copy only."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from audit.services import history, verify
from cases import clocks
from cases.models import Case
from cases.workflow import Status
from dispatches import queries
from dispatches.services import escalate, resume
from dispatches.workflow import LetterStatus
from documents.services import of_subject
from kernel.clock import FixedClock
from kernel.errors import (
    ConflictError,
    ForbiddenError,
    IllegalTransitionError,
    InvalidError,
    NotFoundError,
)
from tests.builders import Federation
from tests.dispatches.letters import REASON, REQUEST, nothing_left, on, sent, view


def test_both_sides_hold_a_copy_with_state_and_deadline(federation: Federation) -> None:
    letter = sent(federation)
    above, below = view(federation, "head@east", letter), view(federation, "head@street", letter)
    for copy in (above, below):
        assert copy.status is LetterStatus.SENT
        assert copy.due_on == date(2026, 3, 17)
        assert copy.letter.number == "东一工信报〔2026〕000001"
        assert (copy.letter.reason, copy.letter.request) == (REASON, REQUEST)
        assert copy.letter.snapshot["case_number"] == "东一工信〔2026〕000001"
    assert (above.incoming, above.case_number, above.letter.case_id) == (True, None, None)
    assert (below.incoming, below.case_number) == (False, "东一工信〔2026〕000001")
    assert [row.action for row in above.actions] == ["sign", "return"]
    assert [row.action for row in below.actions] == ["withdraw", "progress"]
    assert above.waits_for_me and not below.waits_for_me


def test_an_escalation_moves_the_case_tells_the_petitioner_and_is_written_in_the_own_log(
    federation: Federation,
) -> None:
    letter = sent(federation)
    with federation.work("head@street") as work:
        case = work.session.scalars(select(Case)).one()
        assert case.status == Status.ESCALATED
        assert [paper.title for paper in of_subject(work.session, case.id)][-1] == "信访事项上报告知书"
        assert [event.action for event in history(work.session, case.id)][-1] == "case:escalate"
        assert [event.action for event in history(work.session, letter.id)] == ["letter:send"]
        assert verify(work.session)[1] is None


def test_the_letter_and_the_petitioners_paper_never_share_a_number(federation: Federation) -> None:
    letter = sent(federation)
    with federation.work("head@street") as work:
        assert letter.case_id is not None
        assert letter.number not in {paper.number for paper in of_subject(work.session, letter.case_id)}


def test_an_order_comes_down_and_the_case_is_taken_up_again(federation: Federation) -> None:
    letter = sent(federation)
    on(federation, "clerk@east", letter, "sign")
    on(federation, "head@east", letter, "order", text="请街道联合会约谈单位", due_on="2026-03-20")
    below = view(federation, "head@street", letter)
    assert [event.action for event in below.events] == ["send", "sign", "order"]
    assert [event.signed_as for event in below.events] == ["东一街道工会联合会", "东区总工会", "东区总工会"]
    assert (below.status, below.due_on, below.latest.text) == (
        LetterStatus.ORDERED,
        date(2026, 3, 20),
        "请街道联合会约谈单位",
    )
    assert below.may_resume and below.waits_for_me
    with federation.work("head@street") as work:
        case = resume(work, letter.id)
    assert case.status == Status.HANDLING
    assert (case.due_on, case.due_kind) == (date(2026, 3, 20), "C-AD"), "the order's own date binds"
    with federation.work("head@street") as work:
        ends = {clock.kind: clock.due_on for clock in clocks.of_case(work.session, case.id)}
    assert ends["C-60"] == date(2026, 5, 6), "the way up and down gives no second sixty days"
    assert not view(federation, "head@street", letter).waits_for_me
    with federation.work("head@street") as work, pytest.raises(IllegalTransitionError):
        resume(work, letter.id)


def test_nothing_is_taken_up_before_an_answer_came_nor_by_the_wrong_hand(federation: Federation) -> None:
    letter = sent(federation)
    on(federation, "head@east", letter, "sign")
    with federation.work("head@street") as work, pytest.raises(IllegalTransitionError, match="尚未答复"):
        resume(work, letter.id)
    on(federation, "head@east", letter, "answer", text="同意街道意见，请继续调解")
    with federation.work("head@east") as work, pytest.raises(ForbiddenError):
        resume(work, letter.id)
    with federation.work("clerk@street") as work, pytest.raises(ForbiddenError):
        resume(work, letter.id)


def test_after_a_second_escalation_the_first_letter_is_history(federation: Federation) -> None:
    first = sent(federation)
    on(federation, "head@east", first, "sign")
    on(federation, "head@east", first, "answer", text="请先行调解，再报结果")
    with federation.work("head@street") as work:
        case = resume(work, first.id)
    with federation.work("leader@street") as work:
        second = escalate(work, case.number, reason="调解不成，再次上报", request=REQUEST)
    assert second.number == "东一工信报〔2026〕000002"
    with federation.work("head@street") as work:
        with pytest.raises(IllegalTransitionError, match="新的上报函"):
            resume(work, first.id)
        assert [copy.may_resume for copy in queries.of_case(work, case.id)] == [False, False]
        assert [len(copy.events) for copy in queries.of_case(work, case.id)] == [1, 3]


def test_a_letter_is_answered_once(federation: Federation) -> None:
    letter = sent(federation)
    on(federation, "head@east", letter, "sign")
    on(federation, "head@east", letter, "answer", text="同意街道意见")
    for action in ("answer", "order", "sign"):
        with pytest.raises(IllegalTransitionError):
            on(federation, "leader@east", letter, action, text="再答一次", due_on="2026-03-20")


def test_an_answer_needs_words_and_an_order_a_date_as_well(federation: Federation) -> None:
    letter = sent(federation)
    on(federation, "head@east", letter, "sign")
    with pytest.raises(InvalidError) as answer:
        on(federation, "head@east", letter, "answer", text="  ")
    assert set(answer.value.fields) == {"text"}
    with pytest.raises(InvalidError) as order:
        on(federation, "head@east", letter, "order", due_on="2026-03-01")
    assert set(order.value.fields) == {"text", "due_on"}
    with pytest.raises(InvalidError) as late:
        on(federation, "head@east", letter, "order", text="请限期办结", due_on="2062-03-01")
    assert set(late.value.fields) == {"due_on"}
    assert len(view(federation, "head@east", letter).events) == 2


def test_the_table_says_who_signs_and_who_answers(federation: Federation) -> None:
    letter = sent(federation)
    on(federation, "supervisor@east", letter, "sign")
    with pytest.raises(ForbiddenError):
        on(federation, "clerk@east", letter, "answer", text="同意街道意见")
    with pytest.raises(ForbiddenError):
        on(federation, "head@street", letter, "answer", text="同意街道意见")
    with pytest.raises(IllegalTransitionError):
        on(federation, "head@east", letter, "burn")


@pytest.mark.parametrize("login", ["clerk@street", "handler@street"])
def test_only_the_office_head_and_the_leader_send_upward(federation: Federation, login: str) -> None:
    case = federation.accepted()
    with pytest.raises(ForbiddenError), federation.work(login) as work:
        escalate(work, case.number, reason=REASON, request=REQUEST)
    assert nothing_left(federation, "street")


def test_a_root_has_nobody_above_and_is_told_so(federation: Federation) -> None:
    case = federation.accepted("city")
    # The view may show the form again and commit, so a refusal must come before the first write.
    with federation.work("head@city") as work, pytest.raises(InvalidError, match="没有上级工会"):
        escalate(work, case.number, reason=REASON, request=REQUEST)
    with federation.work("head@city") as work:
        assert work.session.scalars(select(Case.status)).one() == Status.HANDLING
    assert nothing_left(federation, "city")


def test_a_suspended_superior_gets_no_letter(federation: Federation) -> None:
    case = federation.accepted()
    with federation.work_as_system("platform") as work:
        work.session.execute(text("update tenants set status = 'suspended' where slug = 'east'"))
    with federation.work("head@street") as work, pytest.raises(InvalidError, match="已停用"):
        escalate(work, case.number, reason=REASON, request=REQUEST)
    assert nothing_left(federation, "street")


def test_a_stale_page_sends_nothing(federation: Federation) -> None:
    case = federation.accepted()
    federation.clock = FixedClock(federation.clock.now() + timedelta(minutes=1))
    federation.act("head@street", case.number, "note", note="同时有人记录了办理情况")
    with pytest.raises(ConflictError), federation.work("head@street") as work:
        escalate(work, case.number, reason=REASON, request=REQUEST, version=case.version)
    assert nothing_left(federation, "street")


def test_a_reason_and_a_request_are_required(federation: Federation) -> None:
    case = federation.accepted()
    with federation.work("head@street") as work, pytest.raises(InvalidError) as missing:
        escalate(work, case.number, reason="", request=" ")
    assert set(missing.value.fields) == {"reason", "request"}
    assert nothing_left(federation, "street")


def test_another_unions_case_cannot_be_sent(federation: Federation) -> None:
    case = federation.accepted("west")
    with federation.work("head@street") as work, pytest.raises(NotFoundError):
        escalate(work, case.number, reason=REASON, request=REQUEST)


def test_when_the_transaction_fails_neither_side_has_anything(federation: Federation) -> None:
    case = federation.accepted()
    with pytest.raises(ZeroDivisionError), federation.work("head@street") as work:
        escalate(work, case.number, reason=REASON, request=REQUEST)
        raise ZeroDivisionError
    assert nothing_left(federation, "street") and nothing_left(federation, "east")
    with federation.work("head@street") as work:
        assert work.session.scalars(select(Case.status)).one() == Status.HANDLING


def test_a_case_that_went_up_before_acceptance_comes_back_to_be_accepted(federation: Federation) -> None:
    case = federation.register()
    federation.act("clerk@street", case.number, "triage", purpose="request", category="01.01", tier="hard")
    with federation.work("head@street") as work:
        letter = escalate(work, case.number, reason="涉及多家单位，本级无权决定", request=REQUEST)
    on(federation, "head@east", letter, "sign")
    on(federation, "head@east", letter, "answer", text="请街道联合会受理并约谈单位")
    with federation.work("head@street") as work:
        assert resume(work, letter.id).status == Status.TRIAGED
    case = federation.act("head@street", case.number, "accept", assignee=str(federation.users["handler@street"].id))
    assert case.status == Status.HANDLING
    assert case.due_on == date(2026, 5, 6)
