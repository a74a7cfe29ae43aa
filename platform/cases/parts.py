"""What belongs to one case: its claims, its parties, its clocks. The case itself is in :mod:`cases.models`."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from cases import registers  # noqa: F401 - the table that workplace_id points at
from cases.checks import CLOCK_CHECKS, ONE_A_CASE, SUPERVISED, WATCHED
from kernel.db import Base, TenantRow


def _of_case() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", "case_id"], ["cases.tenant_id", "cases.id"], ondelete="CASCADE")


class Claim(TenantRow, Base):
    """One claim (诉求) of a case, with its own category and outcome."""

    __tablename__ = "claims"
    __table_args__ = (
        _of_case(),
        UniqueConstraint("tenant_id", "case_id", "position"),
        CheckConstraint("opinion in ('support', 'explain', 'reject')", name="known_opinion"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    position: Mapped[int] = mapped_column(SmallInteger)
    text: Mapped[str] = mapped_column(Text)
    category_code: Mapped[str | None] = mapped_column(Text)
    #: The tenant's second classification, where it keeps one.
    classification_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    opinion: Mapped[str | None] = mapped_column(Text)
    finding: Mapped[str | None] = mapped_column(Text)


class Party(TenantRow, Base):
    """A person or organisation in a case. Identity is ciphertext; what lists show is a mask kept beside it."""

    __tablename__ = "parties"
    __table_args__ = (
        _of_case(),
        UniqueConstraint("tenant_id", "case_id", "position"),
        ForeignKeyConstraint(["tenant_id", "workplace_id"], ["workplaces.tenant_id", "workplaces.id"]),
        CheckConstraint("authority in ('general', 'special')", name="known_authority"),
        Index("ix_parties_workplace", "tenant_id", "workplace_id", postgresql_where=text("workplace_id is not null")),
        Index("ix_parties_name_index", "tenant_id", "name_index"),
        Index("ix_parties_phone_index", "tenant_id", "phone_index"),
        Index("ix_parties_id_number_index", "tenant_id", "id_number_index"),
        CheckConstraint(
            "role in ('petitioner', 'affected', 'representative', 'agent', 'respondent')", name="known_role"
        ),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    position: Mapped[int] = mapped_column(SmallInteger)
    role: Mapped[str] = mapped_column(Text)
    subject_type: Mapped[str | None] = mapped_column(Text)
    #: Name of a respondent organisation, in clear: it is an employer, not a person.
    organisation: Mapped[str | None] = mapped_column(Text)
    #: 用人单位登记: the workplace that a respondent is.
    workplace_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    #: 代理权限 of an agent.
    authority: Mapped[str | None] = mapped_column(Text)
    name_mask: Mapped[str | None] = mapped_column(Text)
    phone_mask: Mapped[str | None] = mapped_column(Text)
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    name_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_number_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class CaseClock(TenantRow, Base):
    """One statutory clock of a case, with the reason for its length and for every change."""

    __tablename__ = "case_clocks"
    __table_args__ = (
        _of_case(),
        Index("ix_case_clocks_case", "tenant_id", "case_id"),
        CheckConstraint("due_on >= started_on", name="due_after_start"),
        CheckConstraint("stopped_on is null or stopped_on >= started_on", name="stop_after_start"),
        *(CheckConstraint(condition, name=name) for name, condition in CLOCK_CHECKS.items()),
        # 条例 art. 34: one sixty days and one extension, whoever asks twice at once.
        Index(
            "uq_case_clocks_once",
            "tenant_id",
            "case_id",
            "kind",
            unique=True,
            postgresql_where=text(ONE_A_CASE),
        ),
        Index("ix_case_clocks_supervised", "tenant_id", "case_id", postgresql_where=text(SUPERVISED)),
        Index(
            "ix_case_clocks_provisional",
            "tenant_id",
            "id",
            postgresql_where=text("provisional_days is not null and stopped_on is null"),
        ),
        Index("ix_case_clocks_watched", "tenant_id", "due_on", postgresql_where=text(WATCHED)),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    started_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    original_due_on: Mapped[date] = mapped_column(Date)
    stopped_on: Mapped[date | None] = mapped_column(Date)
    #: The article that gives the length (条例 art. …), as shown beside the date.
    basis: Mapped[str] = mapped_column(Text)
    stop_reason: Mapped[str | None] = mapped_column(Text)
    #: Why the due date is no longer the first one.
    due_reason: Mapped[str | None] = mapped_column(Text)
    #: 复核听证: days from here do not count until it is over; those of hearings before.
    paused_on: Mapped[date | None] = mapped_column(Date)
    paused_days: Mapped[int] = mapped_column(SmallInteger, server_default="0", default=0)
    #: The case ended before the clock did, without what it asked for: no rate counts it.
    uncounted: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    #: How many working days it is, while it was counted without the holidays of a year (cases/recounting.py).
    provisional_days: Mapped[int | None] = mapped_column(SmallInteger)
    #: When somebody was reminded of a clock that is not the union's own duty.
    reminded_on: Mapped[date | None] = mapped_column(Date)
