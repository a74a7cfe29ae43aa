"""What the other side's message does here."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from access.roles import Role
from audit.models import AuditEvent
from audit.services import history
from dispatches.jobs import _ASKS, _EVENTS, arrived, sentence
from dispatches.models import Letter, LetterEvent
from dispatches.table import LETTER_TABLE
from dispatches.workflow import LetterKind
from kernel.errors import NotFoundError
from kernel.outbox import OutboxMessage
from notices.models import Notice
from notices.services import for_actor
from tests.builders import Federation
from tests.dispatches.letters import PAIRS, REASON, a_letter, on, post, sent


def test_an_arrival_is_told_to_the_office_and_logged_by_the_one_who_received_it(federation: Federation) -> None:
    letter = sent(federation)
    with federation.work_as_system("east") as work:
        payload = work.session.scalars(select(OutboxMessage.payload)).one()
        arrived(work, payload)
    with federation.work("head@east") as work:
        notice = for_actor(work.session, work.actor)[0]
        assert notice.link == f"/dispatches/{letter.id}"
        assert (
            notice.title == "收到东一街道工会联合会上报的函件（东一工信报〔2026〕000001），请于2026年3月17日前答复。"
        )
        assert [event.action for event in history(work.session, letter.id)] == ["letter:arrived"]
    with federation.work("clerk@east") as work:
        assert for_actor(work.session, work.actor) == []
    on(federation, "head@east", letter, "sign")
    on(federation, "head@east", letter, "order", text="请限期办结", due_on="2026-03-20")
    with federation.work_as_system("street") as work:
        topics = select(OutboxMessage.payload).where(OutboxMessage.topic == "letter.event")
        for payload in work.session.scalars(topics.order_by(OutboxMessage.id)).all():
            arrived(work, payload)
    with federation.work("head@street") as work:
        titles = [notice.title for notice in for_actor(work.session, work.actor)]
        assert "东区总工会：东一工信报〔2026〕000001 上级已交办，办结期限2026年3月20日。" in titles
        actions = [event.action for event in history(work.session, letter.id)]
        assert actions == ["letter:send", "letter:arrived", "letter:arrived"]


def test_a_message_about_an_unknown_letter_is_an_error(federation: Federation) -> None:
    with federation.work_as_system("east") as work, pytest.raises(NotFoundError):
        arrived(work, {"letter": str(uuid.uuid4()), "seq": 1})


def test_the_sender_leaves_no_trace_in_the_recipients_log(federation: Federation) -> None:
    sent(federation)
    with federation.work_as_system("east") as work:
        actions = work.session.scalars(select(AuditEvent.action)).all()
    assert not [action for action in actions if action.startswith("letter")]


def deliver(federation: Federation, slug: str) -> list[Notice]:
    """Every message that waits for a union, worked; what its people were told, oldest first."""
    with federation.work_as_system(slug) as work:
        waiting = select(OutboxMessage.payload).where(OutboxMessage.topic == "letter.event")
        for payload in work.session.scalars(waiting.order_by(OutboxMessage.id)).all():
            arrived(work, payload)
        return list(work.session.scalars(select(Notice).order_by(Notice.created_at, Notice.id)))


@pytest.mark.parametrize("kind", list(LetterKind))
def test_each_kind_says_what_it_is_and_what_it_asks_and_nothing_of_the_matter(
    federation: Federation, kind: LetterKind
) -> None:
    letter = a_letter(federation, kind)
    told = [notice for notice in deliver(federation, PAIRS[kind][1]) if letter.number in notice.title]
    also = {LetterKind.SUPERVISION: {Role.SUPERVISOR, Role.LEADER}, LetterKind.URGE: {Role.SUPERVISOR}}
    assert {notice.role for notice in told} == {Role.OFFICE_HEAD} | also.get(kind, set())
    for notice in told:
        assert notice.title.startswith(f"收到{letter.sender_name}")
        for words in (letter.subject, letter.reason, REASON, "工资", "测试甲"):
            assert words not in notice.title
        assert notice.link == f"/dispatches/{letter.id}"


def test_every_kind_and_every_act_of_the_table_has_a_sentence() -> None:
    assert set(_ASKS) == set(LetterKind)
    # These three say where the letter stands, in the words of its status.
    named = {row.action for row in LETTER_TABLE if row.sources}
    assert named - set(_EVENTS) == {"sign", "answer", "order"}
    assert set(_EVENTS) <= named


def test_each_side_reads_of_the_other_sides_act(federation: Federation) -> None:
    letter = post(federation, "head@east", LetterKind.ORDER)
    on(federation, "head@street", letter, "sign")
    on(federation, "head@street", letter, "ask_extension", text="当事人外出，无法联系", due_on="2026-04-01")
    on(federation, "head@east", letter, "grant_extension")
    ours, theirs = deliver(federation, "east"), deliver(federation, "street")
    assert [notice.title for notice in ours] == [
        f"东一街道工会联合会：{letter.number} 签收。",
        f"东一街道工会联合会：{letter.number} 对方申请延期，请审批，申请延至2026年4月1日。",
    ]
    assert theirs[-1].title == f"东区总工会：{letter.number} 已同意延期，办结期限2026年4月1日。"


def test_a_sealed_letter_calls_nobody_to_a_closed_door(federation: Federation) -> None:
    case = federation.register("clerk@east")
    federation.act("clerk@east", case.number, "triage", purpose="report", category="01.01", tier="hard")
    post(federation, "head@east", LetterKind.SUPERVISION, case_number=case.number)
    assert {notice.role for notice in deliver(federation, "street")} == {Role.OFFICE_HEAD, Role.LEADER}


def test_an_act_that_the_table_does_not_know_is_named_as_it_is() -> None:
    letter = Letter(
        kind="order", side="sender", recipient_name="乙工会", sender_name="甲工会", number="甲交〔2026〕1"
    )
    assert sentence(letter, LetterEvent(action="sign", status="signed")) == "乙工会：甲交〔2026〕1 签收。"
