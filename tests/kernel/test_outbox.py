"""The outbox in SQL: what is due, what is locked, what is late and what is lost, what may be forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from kernel import outbox
from kernel.db import Database
from tests.builders import Federation
from tests.conftest import Stage


@pytest.fixture
def rollup(clean: Stage) -> Iterator[Engine]:
    url = clean.settings.database_rollup_url
    assert url is not None
    database = Database(url)
    yield database.engine
    database.engine.dispose()


def enqueue(federation: Federation, slug: str = "east", topic: str = "case.registered") -> UUID:
    with federation.database.transaction(federation.ids[slug]) as session:
        return outbox.enqueue(session, topic, {"case": str(uuid4())})


def row_of(federation: Federation, slug: str, message: UUID) -> outbox.OutboxMessage:
    with federation.database.transaction(federation.ids[slug]) as session:
        found = outbox.find(session, message)
        assert found is not None
        return found


def test_messages_of_every_tenant_are_claimed_oldest_first(federation: Federation, rollup: Engine) -> None:
    messages = [(federation.ids[slug], enqueue(federation, slug)) for slug in ("west", "city", "east")]
    with rollup.begin() as connection:
        assert outbox.claim(connection, limit=2) == messages[:2]
    with rollup.begin() as connection:
        assert outbox.claim(connection, limit=10) == messages[2:], "the first two are not due again yet"
    assert row_of(federation, "west", messages[0][1]).attempts == 1


def test_a_second_relay_skips_what_the_first_is_sending(federation: Federation, rollup: Engine) -> None:
    message = enqueue(federation)
    with rollup.begin() as first, rollup.begin() as second:
        assert [found for _, found in outbox.claim(first, limit=10)] == [message]
        assert outbox.claim(second, limit=10) == []


def test_a_claim_that_is_rolled_back_was_no_attempt(federation: Federation, rollup: Engine) -> None:
    message = enqueue(federation)
    with rollup.connect() as connection:
        assert outbox.claim(connection, limit=10)
        connection.rollback()
    assert row_of(federation, "east", message).attempts == 0
    with rollup.begin() as connection:
        assert outbox.claim(connection, limit=10)


def test_an_unacknowledged_message_comes_again_later_each_time_and_never_ceases(
    federation: Federation, rollup: Engine
) -> None:
    message = enqueue(federation)
    waits = []
    for _ in range(14):
        with rollup.begin() as connection:
            connection.execute(text("update outbox set next_attempt_at = now()"))
            assert outbox.claim(connection, limit=10)
            waits.append(
                connection.execute(
                    text("select extract(epoch from next_attempt_at - clock_timestamp()) from outbox")
                ).scalar_one()
            )
    assert [round(float(wait)) for wait in waits[:4]] == [10, 15, 22, 34]
    assert round(float(waits[-1])) == outbox.LONGEST_RESEND_SECONDS
    assert row_of(federation, "east", message).attempts == 14
    with rollup.begin() as connection:
        connection.execute(text("update outbox set attempts = 2000000, next_attempt_at = now()"))
        assert outbox.claim(connection, limit=10), "a great number of attempts does not overflow the back-off"


def test_a_message_that_still_waits_in_the_queue_is_late_and_not_lost(federation: Federation, rollup: Engine) -> None:
    waiting, fresh = enqueue(federation), enqueue(federation)
    with rollup.begin() as connection:
        assert [found for _, found in outbox.claim(connection, limit=10, waiting=[waiting])] == [fresh]
    assert row_of(federation, "east", waiting).attempts == 0


def test_a_message_that_waits_is_given_more_time_before_it_is_due(federation: Federation, rollup: Engine) -> None:
    waiting, other, later = (enqueue(federation) for _ in range(3))
    left = text("select extract(epoch from next_attempt_at - clock_timestamp())::float from outbox where id = :id")
    with rollup.begin() as connection:
        connection.execute(
            text("update outbox set next_attempt_at = now() + interval '9 seconds' where id = :id"), {"id": later}
        )
        outbox.postpone(connection, [waiting, later])
    with rollup.begin() as connection:
        assert connection.execute(left, {"id": waiting}).scalar_one() == pytest.approx(outbox.RESEND_SECONDS, abs=1)
        assert connection.execute(left, {"id": later}).scalar_one() == pytest.approx(9, abs=1), "it has time enough"
        assert [found for _, found in outbox.claim(connection, limit=10)] == [other]
    assert row_of(federation, "east", waiting).attempts == 0


def test_an_acknowledged_message_is_not_sent_again(federation: Federation, rollup: Engine) -> None:
    message = enqueue(federation)
    with federation.database.transaction(federation.ids["east"]) as session:
        assert outbox.take(session, message)
        outbox.acknowledge(session, message)
    with federation.database.transaction(federation.ids["east"]) as session:
        assert not outbox.take(session, message), "the key stays taken"
    with rollup.begin() as connection:
        assert outbox.claim(connection, limit=10) == []


def test_a_failure_is_kept_by_its_class_until_the_message_succeeds(federation: Federation) -> None:
    message = enqueue(federation)
    with federation.database.transaction(federation.ids["east"]) as session:
        outbox.note_failure(session, message, ValueError("13800001111"))
    assert row_of(federation, "east", message).last_error == "ValueError"
    with federation.database.transaction(federation.ids["east"]) as session:
        outbox.acknowledge(session, message)
    assert row_of(federation, "east", message).last_error is None


def test_a_message_of_another_tenant_is_not_found(federation: Federation) -> None:
    message = enqueue(federation, "east")
    with federation.database.transaction(federation.ids["west"]) as session:
        assert outbox.find(session, message) is None


def test_only_acknowledged_and_old_messages_are_forgotten_with_their_keys(
    federation: Federation, rollup: Engine
) -> None:
    old, recent, waiting = enqueue(federation), enqueue(federation), enqueue(federation)
    with federation.database.transaction(federation.ids["east"]) as session:
        for message in (old, recent):
            outbox.take(session, message)
            outbox.acknowledge(session, message)
    with rollup.begin() as connection:
        connection.execute(text("update outbox set done_at = now() - interval '31 days' where id = :id"), {"id": old})
        connection.execute(
            text("update outbox set created_at = now() - interval '90 days' where id = :id"), {"id": waiting}
        )
        assert outbox.purge(connection, older_than=timedelta(days=30)) == 1
        left = set(connection.scalars(text("select id from outbox")))
        keys = set(connection.scalars(text("select id from inbox")))
    assert left == {recent, waiting}
    assert keys == {recent}


def test_the_backlog_shows_what_waits_and_what_is_stuck(federation: Federation, rollup: Engine) -> None:
    enqueue(federation, "east")
    message = enqueue(federation, "west")
    with rollup.begin() as connection:
        connection.execute(
            text("update outbox set attempts = 10, created_at = now() - interval '1 hour' where id = :id"),
            {"id": message},
        )
        found = outbox.backlog(connection)
    assert (found.waiting, found.stuck) == (2, 1)
    assert found.oldest_seconds == pytest.approx(3600, abs=30)
    with federation.database.transaction(federation.ids["east"]) as session:
        own = outbox.backlog(session.connection())
    assert (own.waiting, own.stuck) == (1, 0), "a tenant counts its own only"


def test_the_application_role_claims_nothing_without_a_tenant_and_deletes_nothing(federation: Federation) -> None:
    enqueue(federation)
    with federation.database.engine.begin() as connection:
        assert outbox.claim(connection, limit=10) == []
    with pytest.raises(ProgrammingError), federation.database.engine.begin() as connection:
        outbox.purge(connection, older_than=timedelta(0))
