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
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from dispatches.workflow import LetterKind, LetterStatus
from kernel.db import Base, TenantOwned, TenantRow

_KINDS = ", ".join(f"'{kind.value}'" for kind in LetterKind)
_STATUSES = ", ".join(f"'{status.value}'" for status in LetterStatus)


class Letter(TenantRow, Base):
    """One side's copy. Both copies share ``id``; what each was told is a snapshot that never changes."""

    __tablename__ = "letters"
    __table_args__ = (
        CheckConstraint("side in ('sender', 'recipient')", name="known_side"),
        CheckConstraint(f"kind in ({_KINDS})", name="known_kind"),
        CheckConstraint("skipped >= 0 and (skipped = 0 or skip_reason is not null)", name="skip_has_reason"),
        CheckConstraint("(side = 'sender') = (tenant_id = sender_id)", name="side_is_true"),
        CheckConstraint("tenant_id in (sender_id, recipient_id) and sender_id <> recipient_id", name="two_sides"),
        # The key makes it this side's own case: a copy cannot point across the border.
        ForeignKeyConstraint(["tenant_id", "case_id"], ["cases.tenant_id", "cases.id"]),
        Index("ix_letters_newest", "tenant_id", "side", "sent_at"),
        Index("ix_letters_case", "tenant_id", "case_id"),
        Index("ix_letters_refers_to", "tenant_id", "refers_to", postgresql_where=text("refers_to is not null")),
        Index("ix_letters_batch", "tenant_id", "batch_id", postgresql_where=text("batch_id is not null")),
        # Few among many: a superior looks for the reports of one period.
        Index("ix_letters_reports", "tenant_id", "side", "sent_at", postgresql_where=text("kind = 'report'")),
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
    #: An earlier letter that this one follows; the other side need not hold a copy of it.
    refers_to: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    #: One circular is many letters.
    batch_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    #: The unit meant, behind the common superior to whom a SIDEWAYS letter is handed.
    beyond_id: Mapped[int | None] = mapped_column(BigInteger)
    #: Levels that were passed over (越级), and why.
    skipped: Mapped[int] = mapped_column(SmallInteger, server_default="0", default=0)
    skip_reason: Mapped[str | None] = mapped_column(Text)
    #: 指定办理期限, where the sender set one.
    due_on: Mapped[date | None] = mapped_column(Date)
    #: What is for this copy's union only (identities), encrypted under that union's key.
    enclosure: Mapped[bytes | None] = mapped_column(LargeBinary)


class LetterEvent(TenantOwned, Base):
    """An act on a letter, written once for each side in one transaction.

    The key is the order: two people who act at once collide on ``seq`` and the second one is told.
    """

    __tablename__ = "letter_events"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "letter_id"], ["letters.tenant_id", "letters.id"], ondelete="CASCADE"),
        CheckConstraint(f"status in ({_STATUSES})", name="known_status"),
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
    #: What else the act says, as plain JSON: adoption of a suggestion, the unit designated.
    told: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


def _on_letter() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", "letter_id"], ["letters.tenant_id", "letters.id"], ondelete="CASCADE")


class LetterCase(TenantOwned, Base):
    """The recipient's own case that was made of a letter; the sender's is on its copy of the letter."""

    __tablename__ = "letter_cases"
    __table_args__ = (
        _on_letter(),
        ForeignKeyConstraint(["tenant_id", "case_id"], ["cases.tenant_id", "cases.id"]),
        Index("ix_letter_cases_case", "tenant_id", "case_id"),
    )

    letter_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(Uuid)


class LetterFile(TenantRow, Base):
    """A file that travelled with an act on a letter: this side's copy, encrypted under this side's key."""

    __tablename__ = "letter_files"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "letter_id", "seq"],
            ["letter_events.tenant_id", "letter_events.letter_id", "letter_events.seq"],
            ondelete="CASCADE",
        ),
        CheckConstraint("size >= 0", name="size_is_true"),
        Index("ix_letter_files_letter", "tenant_id", "letter_id", "seq"),
    )

    letter_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: The event with which it came.
    seq: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    #: Bytes in clear, and their digest.
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    #: The union that attached it.
    author_id: Mapped[int] = mapped_column(BigInteger)
    #: The last day on which the copy may be opened; ``None`` for as long as the letter is kept.
    open_until: Mapped[date | None] = mapped_column(Date)


class RuleFiring(TenantOwned, Base):
    """A rule that came true for a case or a letter, and what became of it; written once for each episode.

    The key is what makes two evaluations at once leave one letter: the second insert is refused.
    """

    __tablename__ = "rule_firings"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "letter_id"], ["letters.tenant_id", "letters.id"]),
        CheckConstraint("outcome in ('sent', 'reminded', 'stuck')", name="known_outcome"),
        CheckConstraint("(outcome = 'sent') = (letter_id is not null)", name="sent_means_a_letter"),
    )

    rule: Mapped[str] = mapped_column(Text, primary_key=True)
    #: The case, or for rules about letters the letter.
    subject_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    #: What makes it a new occasion: a deadline's date, a number of times.
    episode: Mapped[str] = mapped_column(Text, primary_key=True)
    fired_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    outcome: Mapped[str] = mapped_column(Text)
    #: The letter that was sent upward.
    letter_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
