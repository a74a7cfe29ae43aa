"""Hotspots (热点) as kept: what was found where, what people made of it, and every step of that."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, TenantRow
from measures.spot_rules import EVERY, SpotStatus

__all__ = ["EVERY", "Hotspot", "HotspotEvent"]

_STATUSES = ", ".join(f"'{status.value}'" for status in SpotStatus)


class Hotspot(TenantRow, Base):
    """A category at an organisation that is more than its past explains. About matters, never about a person.

    It belongs to the viewer: the unit's own office and each superior judge for themselves.
    """

    __tablename__ = "hotspots"
    __table_args__ = (
        CheckConstraint("scope in (0, 1)", name="known_scope"),
        CheckConstraint(f"status in ({_STATUSES})", name="known_status"),
        CheckConstraint("status <> 'ended' or ended_on is not null", name="end_has_a_day"),
        ForeignKeyConstraint(["tenant_id", "letter_id"], ["letters.tenant_id", "letters.id"]),
        # One that goes on is found again every night: it is the same one.
        Index(
            "uq_hotspots_live",
            "tenant_id",
            "subject_id",
            "scope",
            "category",
            unique=True,
            postgresql_where=text("ended_on is null"),
        ),
        Index("ix_hotspots_newest", "tenant_id", "found_on"),
    )

    #: Whom it is about, as in ``DailyFact``: the viewer itself or a direct child, and whether the subtree is meant.
    subject_id: Mapped[int] = mapped_column(BigInteger)
    scope: Mapped[int] = mapped_column(SmallInteger)
    #: First-level category, or ``*`` for all together.
    category: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, server_default=SpotStatus.OPEN.value, default=SpotStatus.OPEN.value)
    found_on: Mapped[date] = mapped_column(Date)
    #: The last complete day on which it was found; its figures are those of the 28 days that end then.
    last_on: Mapped[date] = mapped_column(Date)
    #: When it had been silent for long enough, whatever people made of it.
    ended_on: Mapped[date | None] = mapped_column(Date)
    counted: Mapped[int] = mapped_column(Integer)
    hoped: Mapped[float] = mapped_column(Float)
    score: Mapped[float] = mapped_column(Float)
    #: The note of evidence in words, small counts already hidden.
    evidence: Mapped[str] = mapped_column(Text)
    #: Words that more of the own cases have than before; none for units below.
    terms: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"), default=list)
    #: The 督办 letter, our copy.
    letter_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = mapped_column(Integer, server_default="1", default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's declarative form


class HotspotEvent(TenantRow, Base):
    """A step of a hotspot; rows are added and never changed."""

    __tablename__ = "hotspot_events"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "hotspot_id"], ["hotspots.tenant_id", "hotspots.id"]),
        Index("ix_hotspot_events_hotspot", "tenant_id", "hotspot_id", "at"),
    )

    hotspot_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    #: ``None`` is the system.
    user_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    user_name: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default="", default="")
