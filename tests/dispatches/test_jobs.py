"""What the other side's message does here."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from audit.models import AuditEvent
from audit.services import history
from dispatches.jobs import arrived
from kernel.errors import NotFoundError
from kernel.outbox import OutboxMessage
from notices.services import for_actor
from tests.builders import Federation
from tests.dispatches.letters import on, sent


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
