"""A letter of every kind leaves along the tree's ways, about a case or about none, and never to whom it accuses."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text

from audit.services import history, verify
from cases.intake import NewParty
from cases.models import Case
from cases.workflow import Status
from dispatches import queries
from dispatches.kinds import PREFIXES
from dispatches.models import Letter
from dispatches.services import escalate, resume, send
from dispatches.workflow import LetterKind, LetterStatus
from kernel.errors import ConflictError, ForbiddenError, IllegalTransitionError, InvalidError, NotFoundError
from tests.builders import Federation
from tests.dispatches.letters import (
    DUE,
    PAIRS,
    REASON,
    REQUEST,
    a_letter,
    draft,
    nothing_left,
    on,
    post,
    sent,
    set_status,
    view,
)


@pytest.mark.parametrize("kind", list(LetterKind))
def test_both_sides_hold_the_same_words_and_only_their_own_copy(federation: Federation, kind: LetterKind) -> None:
    letter = a_letter(federation, kind)
    sender, recipient = PAIRS[kind]
    ours, theirs = view(federation, f"head@{sender}", letter), view(federation, f"head@{recipient}", letter)
    assert ours.status is theirs.status is LetterStatus.SENT
    assert (ours.letter.tenant_id, theirs.letter.tenant_id) == (federation.ids[sender], federation.ids[recipient])
    for name in ("number", "subject", "reason", "request", "snapshot", "sealed", "reply_due_on", "due_on", "kind"):
        assert getattr(ours.letter, name) == getattr(theirs.letter, name), name
    assert f"工信{PREFIXES[kind]}〔2026〕" in letter.number
    assert theirs.letter.case_id is None
    for slug in ("west", "city"):
        if slug != recipient:
            with federation.work_as_system(slug) as work, pytest.raises(NotFoundError):
                queries.get(work, letter.id)
    with federation.work(f"head@{sender}") as work:
        assert [event.action for event in history(work.session, letter.id)] == ["letter:send"]
        assert verify(work.session)[1] is None


def test_kinds_that_share_a_word_share_a_counter_and_the_others_have_their_own(federation: Federation) -> None:
    numbers = [
        sent(federation).number,
        post(federation, "head@street", LetterKind.SUBMISSION).number,
        post(federation, "head@street", LetterKind.REPORT).number,
        post(federation, "head@street", LetterKind.REPORT).number,
    ]
    assert numbers == [
        "东一工信报〔2026〕000001",
        "东一工信报〔2026〕000002",
        "东一工信告〔2026〕000001",
        "东一工信告〔2026〕000002",
    ]


def test_an_order_carries_its_date_and_the_rule_sets_one_where_nobody_did(federation: Federation) -> None:
    order = post(federation, "head@east", LetterKind.ORDER)
    transfer = post(federation, "head@east", LetterKind.TRANSFER)
    urge = post(federation, "supervisor@east", LetterKind.URGE, refers_to=order.id, subject="")
    due = [view(federation, "head@street", letter).due_on for letter in (order, transfer, urge)]
    assert due == [DUE, date(2026, 3, 17), date(2026, 3, 7)]
    assert urge.subject == f"催办：{order.number}"


@pytest.mark.parametrize(
    ("kind", "changes", "fields"),
    [
        (LetterKind.ORDER, {"due_on": None}, {"due_on"}),
        (LetterKind.ORDER, {"due_on": date(2026, 3, 1)}, {"due_on"}),
        (LetterKind.ORDER, {"due_on": date(2062, 3, 1)}, {"due_on"}),
        (LetterKind.REPORT, {"due_on": DUE}, {"due_on"}),
        (LetterKind.REPORT, {"subject": " ", "reason": ""}, {"subject", "reason"}),
        (LetterKind.TRANSFER, {"subject": "长" * 201, "request": "长" * 10_001}, {"subject", "request"}),
        (LetterKind.URGE, {}, {"refers_to"}),
        (LetterKind.ESCALATION, {}, {"case_number"}),
    ],
)
def test_what_is_missing_is_said_field_by_field_and_nothing_is_sent(
    federation: Federation, kind: LetterKind, changes: dict[str, Any], fields: set[str]
) -> None:
    with pytest.raises(InvalidError) as told:
        post(federation, f"head@{PAIRS[kind][0]}", kind, **changes)
    assert set(told.value.fields) == fields
    assert nothing_left(federation, "east") and nothing_left(federation, "street")


def test_a_letter_about_a_case_tells_the_matter_and_masks_its_people(federation: Federation) -> None:
    case = federation.accepted("east", title="测试甲反映工资未发")
    letter = post(
        federation, "head@east", LetterKind.ASSIST, case_number=case.number, subject="", reason="测试甲多次来访"
    )
    theirs = view(federation, "head@street", letter).letter
    assert (theirs.subject, theirs.reason) == ("测*反映工资未发", "测*多次来访")
    assert "13800001111" not in str(theirs.snapshot) and "测试甲" not in str(theirs.snapshot)
    assert view(federation, "head@east", letter).case_number == case.number


def test_a_report_upward_leaves_the_case_where_it_is(federation: Federation) -> None:
    case = federation.accepted()
    post(federation, "head@street", LetterKind.SUBMISSION, case_number=case.number)
    with federation.work("head@street") as work:
        assert work.session.scalars(select(Case.status)).one() == Status.HANDLING


def test_a_page_that_is_stale_sends_nothing(federation: Federation) -> None:
    case = federation.accepted()
    for kind in (LetterKind.SUBMISSION, LetterKind.ESCALATION):
        with federation.work("head@street") as work, pytest.raises(ConflictError):
            send(work, draft(federation, kind, case_number=case.number), version=case.version + 1)
    assert nothing_left(federation, "street")


def test_a_case_or_a_letter_of_somebody_else_is_not_there(federation: Federation) -> None:
    theirs = federation.accepted("west")
    unseen = sent(federation)
    with pytest.raises(NotFoundError):
        post(federation, "head@east", LetterKind.ORDER, case_number=theirs.number)
    with pytest.raises(NotFoundError):
        post(federation, "head@city", LetterKind.ORDER, to=federation.ids["east"], refers_to=unseen.id)


def test_a_matter_is_told_on_only_when_that_was_asked_for(federation: Federation) -> None:
    letter = sent(federation)
    quiet = post(federation, "head@east", LetterKind.ORDER, refers_to=letter.id)
    told = post(federation, "head@east", LetterKind.ORDER, refers_to=letter.id, forward=True)
    assert quiet.snapshot == {}
    assert told.snapshot["case_number"] == letter.snapshot["case_number"]


class TestAccused:
    """检举控告: neither the accused union nor anybody below it gets a letter (条例 art. 30(3))."""

    def accuse(self, federation: Federation, slug: str, union: str, purpose: str = "report") -> str:
        """A case of ``slug`` about another union; sealed when it is a report."""
        parties = (NewParty(name="测试甲"), NewParty(role="respondent", organisation=union))
        case = federation.register(f"clerk@{slug}", parties=parties)
        federation.act(f"clerk@{slug}", case.number, "triage", purpose=purpose, category="01.01", tier="hard")
        return case.number

    def test_the_accused_superior_is_passed_over_with_a_reason(self, federation: Federation) -> None:
        number = self.accuse(federation, "street", "东区总工会")
        with federation.work("head@street") as work, pytest.raises(InvalidError, match="第三十条") as told:
            escalate(work, number, reason=REASON, request=REQUEST)
        assert told.value.code == "barred"
        assert nothing_left(federation, "street") and nothing_left(federation, "east")
        with federation.work("head@street") as work:
            letter = escalate(
                work,
                number,
                reason=REASON,
                request=REQUEST,
                to=federation.ids["city"],
                skip_reason="被反映单位是直接上级",
            )
        assert (letter.skipped, letter.sealed) == (1, True)
        assert view(federation, "head@city", letter).status is LetterStatus.SENT

    def test_a_superior_that_was_told_cannot_pass_it_down_to_the_accused(self, federation: Federation) -> None:
        number = self.accuse(federation, "street", "东区总工会")
        with federation.work("head@street") as work:
            letter = escalate(
                work,
                number,
                reason=REASON,
                request=REQUEST,
                to=federation.ids["city"],
                skip_reason="被反映单位是直接上级",
            )
        for slug in ("east", "street"):
            for forward in (True, False):
                with pytest.raises(InvalidError, match="第三十条"):
                    post(
                        federation,
                        "head@city",
                        LetterKind.ORDER,
                        to=federation.ids[slug],
                        refers_to=letter.id,
                        forward=forward,
                        skip_reason="直接交办街道办理",
                    )
        passed = post(
            federation, "head@city", LetterKind.ORDER, to=federation.ids["west"], refers_to=letter.id, forward=True
        )
        assert passed.sealed
        with federation.work("clerk@west") as work, pytest.raises(NotFoundError):
            queries.get(work, passed.id)

    def test_behind_the_common_superior_as_well(self, federation: Federation) -> None:
        number = self.accuse(federation, "east", "西区总工会")
        with pytest.raises(InvalidError, match="第三十条"):
            post(
                federation,
                "head@east",
                LetterKind.TRANSFER,
                to=federation.ids["city"],
                beyond=federation.ids["west"],
                case_number=number,
            )

    def test_an_open_case_about_a_union_is_no_accusation(self, federation: Federation) -> None:
        number = self.accuse(federation, "street", "东区总工会", purpose="request")
        with federation.work("head@street") as work:
            assert escalate(work, number, reason=REASON, request=REQUEST).skipped == 0


def test_a_reminder_follows_an_open_letter_of_ours_to_whoever_holds_it(federation: Federation) -> None:
    order = post(federation, "head@east", LetterKind.ORDER)
    incoming = post(federation, "head@street", LetterKind.REPORT)
    with pytest.raises(InvalidError, match="收函单位"):
        post(federation, "head@east", LetterKind.URGE, refers_to=order.id, to=federation.ids["city"])
    with pytest.raises(InvalidError, match="本单位发出"):
        post(federation, "head@east", LetterKind.URGE, refers_to=incoming.id)
    on(federation, "head@east", order, "withdraw", text="发函有误，收回重发")
    with pytest.raises(IllegalTransitionError, match="无须催办"):
        post(federation, "head@east", LetterKind.URGE, refers_to=order.id)


def test_a_refusal_on_the_way_leaves_the_case_and_the_counters_alone(federation: Federation) -> None:
    case = federation.accepted()
    # The caller catches the refusal and commits, as a page does that shows the form again.
    with federation.work("head@street") as work:
        with pytest.raises(InvalidError):
            send(work, draft(federation, LetterKind.SUBMISSION, case_number=case.number, to=federation.ids["city"]))
        work.session.execute(text("select 1"))
    assert nothing_left(federation, "street")
    assert sent(federation).number.endswith("000001")


def test_the_case_of_an_escalation_that_was_taken_back_comes_back(federation: Federation) -> None:
    letter = sent(federation)
    with federation.work("head@street") as work:
        assert work.session.scalars(select(Case.status)).one() == Status.ESCALATED
    on(federation, "head@street", letter, "withdraw", text="当事人已与单位达成协议")
    with federation.work("head@street") as work:
        assert work.session.scalars(select(Case.status)).one() == Status.HANDLING
        assert verify(work.session)[1] is None


def test_an_escalation_that_was_sent_back_can_be_resumed_and_sent_again(federation: Federation) -> None:
    letter = sent(federation)
    on(federation, "head@east", letter, "return", text="请先行调解，再行上报")
    copy = view(federation, "head@street", letter)
    assert copy.may_resume and copy.waits_for_me
    with federation.work("head@street") as work:
        case = resume(work, letter.id)
        assert case.status == Status.HANDLING
        assert escalate(work, case.number, reason=REASON, request=REQUEST).id != letter.id


def test_a_supervisor_sends_what_the_table_gives_him_and_nothing_else(federation: Federation) -> None:
    assert post(federation, "supervisor@east", LetterKind.SUPERVISION).kind == LetterKind.SUPERVISION
    with pytest.raises(ForbiddenError):
        post(federation, "supervisor@east", LetterKind.ORDER)


def test_a_suspended_union_reads_nothing_into_silence(federation: Federation) -> None:
    set_status(federation, "street", "suspended")
    for kind in (LetterKind.ORDER, LetterKind.SUPERVISION, LetterKind.CIRCULAR):
        with pytest.raises(InvalidError, match="已停用"):
            post(federation, "head@east", kind)
    with federation.work("head@east") as work:
        assert work.session.scalars(select(Letter)).all() == []
