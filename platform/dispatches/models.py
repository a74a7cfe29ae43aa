"""A letter's two copies and their events. No row is ever read across the border; the other side's is only written."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, TenantOwned, TenantRow


class Letter(TenantRow, Base):
    """One side's copy. Both copies share ``id``; what each was told is a snapshot that never changes."""

    __tablename__ = "letters"
    __table_args__ = (
        CheckConstraint("side in ('sender', 'recipient')", name="known_side"),
        CheckConstraint("(side = 'sender') = (tenant_id = sender_id)", name="side_is_true"),
        CheckConstraint("tenant_id in (sender_id, recipient_id) and sender_id <> recipient_id", name="two_sides"),
        # The key makes it this side's own case: a copy cannot point across the border.
        ForeignKeyConstraint(["tenant_id", "case_id"], ["cases.tenant_id", "cases.id"]),
        Index("ix_letters_newest", "tenant_id", "side", "sent_at"),
        Index("ix_letters_case", "tenant_id", "case_id"),
    )

    kind: Mapped[str] = mapped_column(Text)
    side: Mapped[str] = mapped_column(Text)
    sender_id: Mapped[int] = mapped_column(BigInteger)
    recipient_id: Mapped[int] = mapped_column(BigInteger)
    sender_name: Mapped[str] = mapped_column(Text)
    recipient_name: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    request: Mapped[str] = mapped_column(Text)
    #: What the sender chose to tell: case number, category, claims, dates. No identity.
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: 检举控告: on either side only the head of the petition office and the leader see it (条例 art. 30(3)).
    sealed: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    #: This side's own case, never the other's.
    case_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    sent_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    reply_due_on: Mapped[date] = mapped_column(Date)


class LetterEvent(TenantOwned, Base):
    """An act on a letter, written once for each side in one transaction.

    The key is the order: two people who act at once collide on ``seq`` and the second one is told.
    """

    __tablename__ = "letter_events"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "letter_id"], ["letters.tenant_id", "letters.id"], ondelete="CASCADE"),
        CheckConstraint("status in ('sent', 'signed', 'answered', 'ordered')", name="known_status"),
    )

    letter_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    seq: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    author_id: Mapped[int] = mapped_column(BigInteger)
    action: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    #: Who acted, as the acting union chooses to be known: an office, not a person.
    signed_as: Mapped[str] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(Text)
    due_on: Mapped[date | None] = mapped_column(Date)
