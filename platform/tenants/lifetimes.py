"""Records about the life of a union: who carries its work on, and who signed for the end of its rows."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, TenantRow
from kernel.ids import uuid7


class Succession(Base):
    """A merge (合并) or a split (分立): what one union leaves, another carries on (条例 art. 24).

    Shared like the tree: both sides and their superiors must be able to tell a petitioner where the matter went.
    """

    __tablename__ = "tenant_successions"
    __table_args__ = (
        CheckConstraint("kind in ('merge', 'split')", name="known_kind"),
        CheckConstraint("predecessor_id <> successor_id", name="two_unions"),
        Index("ix_tenant_successions_predecessor", "predecessor_id"),
        Index("ix_tenant_successions_successor", "successor_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid7)
    predecessor_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tenants.id"))
    successor_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tenants.id"))
    kind: Mapped[str] = mapped_column(Text)
    #: First-level category codes whose cases move with a split; ``None``: all of them, which is what a merge means.
    categories: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    decided_on: Mapped[date] = mapped_column(Date)
    #: The decision that the merge or split rests on (文号).
    basis: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Destruction(TenantRow, Base):
    """The record of a destruction (销毁清册), a row of the platform's own: two people sign, a command executes.

    ``counts`` are rows by table as they were when the execution began; no content, no name of a petitioner.
    """

    __tablename__ = "destructions"
    __table_args__ = (
        CheckConstraint("confirmed_by is null or confirmed_by <> asked_by", name="two_people"),
        CheckConstraint("(confirmed_by is null) = (confirmed_at is null)", name="signed_with_date"),
        CheckConstraint("executed_at is null or confirmed_at is not null", name="signed_before_executed"),
        Index(
            "uq_destructions_one_waiting",
            "tenant_id",
            "union_id",
            unique=True,
            postgresql_where=text("executed_at is null and withdrawn_at is null"),
        ),
    )

    union_id: Mapped[int] = mapped_column(BigInteger)
    slug: Mapped[str] = mapped_column(Text)
    union_name: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    #: SHA-256 of the manifest of the export that remains.
    manifest_hash: Mapped[bytes] = mapped_column(LargeBinary)
    asked_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    asked_name: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    confirmed_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    confirmed_name: Mapped[str | None] = mapped_column(Text)
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    counts: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    executed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
