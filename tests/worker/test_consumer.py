"""One delivery: one transaction, one tenant, one effect."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Barrier, Event, Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from access.actor import Work
from access.roles import Role
from kernel import outbox
from kernel.db import Database
from kernel.errors import NoTenantError, NotFoundError
from notices.models import Notice
from notices.services import post
from tests.builders import Federation
from worker import consumer
from worker.consumer import Consumer
from worker.topics import Handler, in_turn


def make(federation: Federation, **topics: Handler) -> Consumer:
    return Consumer(federation.database, federation.cipher, federation.clock, federation.bus, topics or {})


def real(federation: Federation) -> Consumer:
    return Consumer(federation.database, federation.cipher, federation.clock, federation.bus)


def enqueue(federation: Federation, topic: str, slug: str = "east", **payload: str) -> UUID:
    with federation.database.transaction(federation.ids[slug]) as session:
        return outbox.enqueue(session, topic, payload)


def message(federation: Federation, found: UUID, slug: str = "east") -> outbox.OutboxMessage:
    with federation.database.transaction(federation.ids[slug]) as session:
        row = outbox.find(session, found)
        assert row is not None
        return row


def notices(federation: Federation, slug: str = "east") -> list[Notice]:
    with federation.database.transaction(federation.ids[slug]) as session:
        return list(session.scalars(select(Notice).order_by(Notice.id)))


def leave_notice(work: Work, payload: Mapping[str, Any]) -> None:
    post(work.session, kind="test", title="测试", link="/", role=Role.CLERK)


def newest_message(federation: Federation, slug: str) -> UUID:
    with federation.database.transaction(federation.ids[slug]) as session:
        return session.scalars(
            select(outbox.OutboxMessage.id).order_by(outbox.OutboxMessage.id.desc()).limit(1)
        ).one()


def test_a_registration_becomes_one_notice_for_the_head_of_the_office(federation: Federation) -> None:
    case = federation.register("clerk@east")
    found = newest_message(federation, "east")
    for _ in range(3):
        real(federation).deliver(federation.ids["east"], str(found))
    (notice,) = notices(federation)
    assert (notice.role, notice.link) == ("office_head", f"/cases/{case.number}")
    assert notice.title == "有新登记的信访件待甄别分流"
    assert message(federation, found).done_at is not None


def test_an_assignment_becomes_a_notice_for_the_handler(federation: Federation) -> None:
    case = federation.accepted("east")
    real(federation).deliver(federation.ids["east"], str(newest_message(federation, "east")))
    (notice,) = notices(federation)
    assert notice.user_id == federation.users["handler@east"].id
    assert notice.link == f"/cases/{case.number}"


def test_eight_deliveries_at_one_moment_have_one_effect(federation: Federation) -> None:
    found, start = enqueue(federation, "test"), Barrier(8)

    def slowly(work: Work, payload: Mapping[str, Any]) -> None:
        Event().wait(0.1)
        leave_notice(work, payload)

    one = make(federation, test=slowly)

    def deliver() -> None:
        start.wait()
        one.deliver(federation.ids["east"], str(found))

    threads = [Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(notices(federation)) == 1


def test_a_handler_that_fails_leaves_nothing_but_its_error_and_may_succeed_later(federation: Federation) -> None:
    found = enqueue(federation, "test")

    def half(work: Work, payload: Mapping[str, Any]) -> None:
        leave_notice(work, payload)
        raise ValueError("13800001111")

    make(federation, test=half).deliver(federation.ids["east"], str(found))
    assert notices(federation) == []
    row = message(federation, found)
    assert (row.done_at, row.last_error) == (None, "ValueError")
    make(federation, test=leave_notice).deliver(federation.ids["east"], str(found))
    row = message(federation, found)
    assert row.done_at is not None and row.last_error is None
    assert len(notices(federation)) == 1


def test_what_a_handler_flushes_late_is_judged_too(federation: Federation) -> None:
    found = enqueue(federation, "test")

    def wrong(work: Work, payload: Mapping[str, Any]) -> None:
        work.session.add(Notice(kind="test", title="", link="", role=None, user_id=None))

    make(federation, test=wrong).deliver(federation.ids["east"], str(found))
    assert message(federation, found).last_error == "IntegrityError"


def test_an_unknown_topic_waits_for_a_version_that_knows_it(federation: Federation) -> None:
    found = enqueue(federation, "from.tomorrow")
    real(federation).deliver(federation.ids["east"], str(found))
    row = message(federation, found)
    assert (row.done_at, row.last_error) == (None, "UnknownTopicError")


def test_a_log_line_about_a_failure_quotes_no_value(federation: Federation, caplog: pytest.LogCaptureFixture) -> None:
    found = enqueue(federation, "test")

    def tell(work: Work, payload: Mapping[str, Any]) -> None:
        raise ValueError("13800001111")

    make(federation, test=tell).deliver(federation.ids["east"], str(found))
    assert "ValueError" in caplog.text and str(found) in caplog.text
    assert "13800001111" not in caplog.text


def test_a_job_without_a_tenant_raises_and_reads_nothing(federation: Federation) -> None:
    found = enqueue(federation, "test")
    with pytest.raises(NoTenantError):
        make(federation, test=leave_notice).deliver(None, str(found))
    consumer.install(make(federation, test=leave_notice))
    with pytest.raises(NoTenantError):
        consumer.deliver(None, str(found))
    assert notices(federation) == []


@pytest.mark.parametrize("slug", ["west", "city"])
def test_a_message_delivered_under_another_tenant_raises_and_does_nothing(federation: Federation, slug: str) -> None:
    found = enqueue(federation, "test", "east")
    with pytest.raises(NotFoundError):
        make(federation, test=leave_notice).deliver(federation.ids[slug], str(found))
    assert notices(federation, slug) == notices(federation, "east") == []


def test_a_message_that_was_purged_raises_and_does_nothing(federation: Federation) -> None:
    with pytest.raises(NotFoundError):
        make(federation, test=leave_notice).deliver(federation.ids["east"], str(uuid4()))


def test_the_handler_acts_as_the_system_of_the_messages_tenant(federation: Federation) -> None:
    found, seen = enqueue(federation, "test"), []

    def look(work: Work, payload: Mapping[str, Any]) -> None:
        seen.append((work.actor.name, work.tenant_id, dict(payload)))

    make(federation, test=look).deliver(federation.ids["east"], str(found))
    assert seen == [("系统", federation.ids["east"], {})]


def test_a_delivery_waits_out_a_database_that_is_away_and_then_gives_up(federation: Federation) -> None:
    found = enqueue(federation, "test")
    away = Database("postgresql+psycopg://lianxin_app:x@127.0.0.1:1/none")
    impatient = Consumer(
        away, federation.cipher, federation.clock, federation.bus, {"test": leave_notice}, patience=0.3
    )
    with pytest.raises(Exception, match="connection"):
        impatient.deliver(federation.ids["east"], str(found))
    assert message(federation, found).last_error is None, "the message is not to blame"


def test_a_topic_with_two_handlers_runs_both_in_one_transaction(federation: Federation) -> None:
    def first(work: Work, _payload: Mapping[str, Any]) -> None:
        post(work.session, kind="note", title="第一个", link="/", role=Role.CLERK)

    def second(_work: Work, payload: Mapping[str, Any]) -> None:
        if payload["fails"]:
            raise ValueError("second")

    for fails, left in (("yes", 0), ("", 1)):
        found = enqueue(federation, "both", fails=fails)
        make(federation, both=in_turn(first, second)).deliver(federation.ids["east"], str(found))
        with federation.work_as_system("east") as work:
            assert len(work.session.scalars(select(Notice)).all()) == left
