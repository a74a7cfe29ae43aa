"""Work for the queue, written in the transaction that causes it.

``enqueue`` adds a row; the relay (``worker/relay.py``) sends unacknowledged rows after commit, again and again; the
consumer writes an inbox row, the effect and the acknowledgement in one transaction. Redis may lose everything at any
moment: the row is still here. Committing first and enqueueing afterwards loses work when the process dies in between.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, DateTime, Index, Integer, Text, Uuid, bindparam, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, TenantRow, TenantSession
from kernel.ids import uuid7

#: A delivery that nobody acknowledged is taken for lost after this many seconds, and each time half as late again.
RESEND_SECONDS = 10.0
RESEND_GROWTH = 1.5
LONGEST_RESEND_SECONDS = 600.0
#: Nobody reads the row again in the transaction that changes it; looking for it in the session costs a millisecond.
_UNSYNCHRONIZED = {"synchronize_session": False}
#: So many deliveries without an acknowledgement (about twenty minutes) are for a person to look at.
STUCK_AFTER = 10


class OutboxMessage(TenantRow, Base):
    """One piece of work for the queue. Payloads hold identifiers only: no name, no text of a case."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_waiting", "next_attempt_at", postgresql_where=text("done_at is null")),)

    topic: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    attempts: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    done_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: The last failure's class name, for operators; never its message, which may quote a value.
    last_error: Mapped[str | None] = mapped_column(Text)


class InboxMessage(TenantRow, Base):
    """A message that was taken: the key that makes a second delivery harmless."""

    __tablename__ = "inbox"

    taken_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


def enqueue(session: TenantSession, topic: str, payload: dict[str, Any]) -> uuid.UUID:
    """Write a message in the caller's transaction; it is sent after commit, at least once, with one effect."""
    message_id = uuid7()
    session.execute(
        insert(OutboxMessage.__table__),  # type: ignore[arg-type]
        {"tenant_id": session.tenant_id, "id": message_id, "topic": topic, "payload": payload, "attempts": 0},
    )
    return message_id


def take(session: TenantSession, message_id: uuid.UUID) -> bool:
    """Claim a delivery. ``False`` means that the effect is already there and the caller must do nothing."""
    statement = (
        pg_insert(InboxMessage)
        .values(tenant_id=session.tenant_id, id=message_id)
        .on_conflict_do_nothing()
        .returning(InboxMessage.id)
    )
    return session.execute(statement).first() is not None


def acknowledge(session: TenantSession, message_id: uuid.UUID) -> None:
    """Mark a message as done, in the same transaction as its effect."""
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.tenant_id == session.tenant_id, OutboxMessage.id == message_id)
        .values(done_at=func.now(), last_error=None),
        execution_options=_UNSYNCHRONIZED,
    )


def find(session: TenantSession, message_id: uuid.UUID) -> OutboxMessage | None:
    """A message of the session's tenant; ``None`` for a purged one and for every other tenant's."""
    return session.scalars(select(OutboxMessage).where(OutboxMessage.id == message_id)).first()


def working(session: TenantSession, topic: str, payload: dict[str, Any]) -> None:
    """Say that a long delivery is alive, in a transaction beside its own: its message is not late for a while.

    Without it the message would be sent again meanwhile, and a second worker would wait for the first one's end.
    """
    later = func.clock_timestamp() + timedelta(seconds=RESEND_SECONDS)
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.tenant_id == session.tenant_id, OutboxMessage.topic == topic)
        .where(OutboxMessage.payload == payload, OutboxMessage.done_at.is_(None))
        .values(next_attempt_at=func.greatest(OutboxMessage.next_attempt_at, later)),
        execution_options=_UNSYNCHRONIZED,
    )


def note_failure(session: TenantSession, message_id: uuid.UUID, error: BaseException) -> None:
    """Keep the class of what stopped a delivery. The message stays unacknowledged and is sent again, ever later."""
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.tenant_id == session.tenant_id, OutboxMessage.id == message_id)
        .where(OutboxMessage.done_at.is_(None))
        .values(last_error=type(error).__name__),
        execution_options=_UNSYNCHRONIZED,
    )


# Materialised: in a nested loop the limited read would be made again for every row, and take more than its limit.
_CLAIM = text(
    """
    with due as materialized (
        select tenant_id, id from outbox
        where done_at is null and next_attempt_at <= now() and id <> all(:waiting)
        order by next_attempt_at
        limit :limit
        for update skip locked
    )
    update outbox
    set attempts = outbox.attempts + 1,
        next_attempt_at = clock_timestamp()
            + make_interval(secs => least(:longest, :first * power(:growth, least(outbox.attempts, 30))))
    from due
    where outbox.tenant_id = due.tenant_id and outbox.id = due.id
    returning outbox.tenant_id, outbox.id
    """
).bindparams(bindparam("waiting", type_=ARRAY(Uuid())))


def claim(connection: Connection, *, limit: int, waiting: Collection[uuid.UUID] = ()) -> list[tuple[int, uuid.UUID]]:
    """Take up to ``limit`` due messages of all tenants for sending, oldest first, as ``(tenant_id, id)``.

    For the rollup role. ``waiting`` are messages that still stand in the queue: they are late, not lost, and sending
    them again would only make the queue longer. The rows stay locked until the caller's transaction ends, and a
    second relay skips them; when sending fails the caller rolls back and nothing was counted.
    """
    parameters = {
        "limit": limit,
        "waiting": list(waiting),
        "first": RESEND_SECONDS,
        "growth": RESEND_GROWTH,
        "longest": LONGEST_RESEND_SECONDS,
    }
    rows = connection.execute(_CLAIM, parameters)
    # The returned order is the join's; identifiers of version 7 sort by the time of writing.
    return sorted(((row.tenant_id, row.id) for row in rows), key=lambda message: message[1])


_POSTPONE = text(
    """
    update outbox set next_attempt_at = clock_timestamp() + make_interval(secs => :first)
    from (
        select tenant_id, id from outbox
        where done_at is null and next_attempt_at <= now() + make_interval(secs => :margin) and id = any(:waiting)
        for update skip locked
    ) late
    where outbox.tenant_id = late.tenant_id and outbox.id = late.id
    """
).bindparams(bindparam("waiting", type_=ARRAY(Uuid())))


def postpone(connection: Connection, waiting: Collection[uuid.UUID]) -> None:
    """Give messages that still wait in the queue more time before they count as lost.

    Early, and not when they are due: one that is taken out of the queue at this moment must have the time to be done.
    """
    parameters = {"waiting": list(waiting), "first": RESEND_SECONDS, "margin": RESEND_SECONDS / 2}
    connection.execute(_POSTPONE, parameters)


def purge(connection: Connection, *, older_than: timedelta, limit: int = 10_000) -> int:
    """Forget up to ``limit`` acknowledged messages and the keys of their deliveries; returns how many messages.

    For the rollup role. A key may go with its message: a delivery that still turns up finds no message and does
    nothing. Costs one pass over the table; unacknowledged messages are never touched.
    """
    done = text(
        """
        with gone as (
            delete from outbox where ctid = any(array(
                select ctid from outbox where done_at < clock_timestamp() - :age limit :limit
            ))
            returning tenant_id, id
        ), keys as (
            delete from inbox using gone where inbox.tenant_id = gone.tenant_id and inbox.id = gone.id
        )
        select count(*) from gone
        """
    )
    return int(connection.execute(done, {"age": older_than, "limit": limit}).scalar_one())


@dataclass(frozen=True, slots=True)
class Backlog:
    """Messages that wait: how many, the age of the oldest in seconds, and how many were sent again and again."""

    waiting: int
    oldest_seconds: float
    stuck: int


def backlog(connection: Connection) -> Backlog:
    """What has not been acknowledged, of all tenants (rollup role) or of the session's own (application role)."""
    row = connection.execute(
        select(
            func.count().label("waiting"),
            func.coalesce(
                func.extract("epoch", func.clock_timestamp() - func.min(OutboxMessage.created_at)), 0
            ).label("oldest"),
            func.count().filter(OutboxMessage.attempts >= STUCK_AFTER).label("stuck"),
        ).where(OutboxMessage.done_at.is_(None))
    ).one()
    return Backlog(row.waiting, float(row.oldest), row.stuck)
