"""Work for the queue, written in the transaction that causes it.

``enqueue`` adds a row; the relay (``worker/relay.py``) sends unacknowledged rows after commit, again and again; the
consumer writes an inbox row, the effect and the acknowledgement in one transaction. Redis may lose everything at any
moment: the row is still here. Committing first and enqueueing afterwards loses work when the process dies in between.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Index, Integer, Text, func, insert, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, TenantRow, TenantSession
from kernel.ids import uuid7


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
        .values(done_at=func.now(), last_error=None)
    )
