"""The case file: case, claims, parties, clocks."""

from __future__ import annotations

import uuid
from datetime import date, datetime

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
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cases import registers  # noqa: F401 - the table that workplace_id points at
from cases.arrivals import Way
from cases.workflow import OPEN, Status
from kernel.db import Base, TenantRow
from tenants import house  # noqa: F401 - the table that department_id points at

_STATUSES = ", ".join(f"'{status.value}'" for status in Status)
_WAYS = ", ".join(f"'{way.value}'" for way in Way)
_OPEN = ", ".join(f"'{status.value}'" for status in OPEN)
IS_OPEN = f"status in ({_OPEN})"


class Case(TenantRow, Base):
    """A petition case (信访事项)."""

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        ForeignKeyConstraint(["tenant_id", "assignee_id"], ["users.tenant_id", "users.id"]),
        ForeignKeyConstraint(["tenant_id", "first_handler_id"], ["users.tenant_id", "users.id"]),
        ForeignKeyConstraint(["tenant_id", "department_id"], ["departments.tenant_id", "departments.id"]),
        ForeignKeyConstraint(["category_code"], ["categories.code"]),
        CheckConstraint(f"status in ({_STATUSES})", name="known_status"),
        CheckConstraint("channel in ('visit', 'letter', 'call', 'online')", name="known_channel"),
        CheckConstraint(f"({IS_OPEN}) = (closed_at is null)", name="closed_when_final"),
        # Deferred: a restored union's rows come in batches, perhaps the first case after the one that repeats it.
        ForeignKeyConstraint(
            ["tenant_id", "repeat_of_id"],
            ["cases.tenant_id", "cases.id"],
            deferrable=True,
            initially="DEFERRED",
        ),
        CheckConstraint(f"way in ({_WAYS})", name="known_way"),
        CheckConstraint("repeat_of_id <> id", name="repeats_another"),
        CheckConstraint("headcount between 1 and 9999", name="headcount_range"),
        CheckConstraint("rating in ('satisfied', 'mostly_satisfied', 'dissatisfied')", name="known_rating"),
        CheckConstraint(
            "(rating is null) = (rated_at is null) and (rating is null) = (rated_by_staff is null)",
            name="rated_at_once",
        ),
        # Open work first by deadline: (tenant, status, due) does not serve "all open" (limits.md §2.1).
        Index("ix_cases_open_due", "tenant_id", "due_on", "id", postgresql_where=text(IS_OPEN)),
        Index("ix_cases_newest", "tenant_id", text("registered_at desc"), text("id desc")),
        Index("ix_cases_assignee_open", "tenant_id", "assignee_id", "due_on", postgresql_where=text(IS_OPEN)),
        Index("ix_cases_category", "tenant_id", "category_code", "registered_at"),
        Index("ix_cases_dissatisfied", "tenant_id", "id", postgresql_where=text("dissatisfied > 0")),
        Index("ix_cases_repeat_of", "tenant_id", "repeat_of_id", postgresql_where=text("repeat_of_id is not null")),
        # What the backfill of the search has still to do; empty in life.
        Index("ix_cases_untokenised", "tenant_id", "id", postgresql_where=text("not tokenised")),
        # An import run twice adds nothing.
        Index(
            "uq_cases_source",
            "tenant_id",
            "source",
            "source_key",
            unique=True,
            postgresql_where=text("source_key is not null"),
        ),
    )

    number: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str | None] = mapped_column(Text)
    category_code: Mapped[str | None] = mapped_column(Text)
    tier: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, default=Status.REGISTERED.value)
    received_on: Mapped[date] = mapped_column(Date)
    registered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    accepted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    escalated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: 机构承继: the day on which the file came here from a predecessor …
    arrived_on: Mapped[date | None] = mapped_column(Date)
    #: … or went from here to a successor, which has counted it since.
    handed_on: Mapped[date | None] = mapped_column(Date)
    #: 首办责任人: whoever received it first owns the follow-up to the end.
    first_handler_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    assignee_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    #: The department (部门) that works on it, by the union's own routing or by hand.
    department_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    headcount: Mapped[int] = mapped_column(Integer, server_default="1", default=1)
    anonymous: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    #: The petitioner asks for secrecy (要求保密).
    confidential: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    collective: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    urgent: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    repeat: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    #: 检举控告: only the head of the petition office and the leader see it.
    sealed: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    #: 打击报复: the petitioner says that somebody takes revenge for the petition (条例 art. 18, 46(六)).
    retaliation: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    #: 利益冲突: who would handle it has a direct interest in it (回避, 条例 art. 28(3)).
    conflict: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    #: 被反映单位, where it is itself a union of the platform. A number and no key: the union tree is not this file's.
    #: Whoever may not see a sealed case is never shown it.
    accused_tenant_id: Mapped[int | None] = mapped_column(BigInteger)
    #: How often the petitioner was 不满意 with this case.
    dissatisfied: Mapped[int] = mapped_column(SmallInteger, server_default="0", default=0)
    #: 满意度评价: the latest word of the petitioner.
    rating: Mapped[str | None] = mapped_column(Text)
    rated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: 工作人员代录: staff wrote down what the petitioner said; ``False`` when the petitioner rated in person.
    rated_by_staff: Mapped[bool | None] = mapped_column(Boolean)
    #: The running clock's due date, copied here so that the queue is one index scan.
    due_on: Mapped[date | None] = mapped_column(Date)
    due_kind: Mapped[str | None] = mapped_column(Text)
    #: When the running clock was noticed as overdue, so that it is told once.
    overdue_noted_on: Mapped[date | None] = mapped_column(Date)
    #: When somebody was warned that the running clock is about to end, so that it is told once.
    due_warned_on: Mapped[date | None] = mapped_column(Date)
    refusal_code: Mapped[str | None] = mapped_column(Text)
    #: The union's own channel (cases/arrivals.py) and what was noted of the arrival, by the names of its table.
    way: Mapped[str | None] = mapped_column(Text)
    arrival: Mapped[dict[str, str] | None] = mapped_column(JSONB)
    #: 初信初访, kept apart: first at any union as the petitioner says (nobody else's files are read), first here.
    first_in_system: Mapped[bool | None] = mapped_column(Boolean)
    first_at_this_org: Mapped[bool | None] = mapped_column(Boolean)
    #: 重复件: the first case of the same matter, as a person decided.
    repeat_of_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    #: 目的: what the petitioner wants to come of it; 背景: what went before. The claims (诉求) are rows of their own.
    aim: Mapped[str | None] = mapped_column(Text)
    background: Mapped[str | None] = mapped_column(Text)
    #: Whether the words under which the case is found are written (cases/search.py).
    tokenised: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    source: Mapped[str | None] = mapped_column(Text)
    source_key: Mapped[str | None] = mapped_column(Text)
    #: Optimistic lock: a form carries the version that it was drawn from.
    version: Mapped[int] = mapped_column(Integer, default=1)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's declarative form


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


class Classification(TenantRow, Base):
    """A leaf or branch of a tenant's own second classification (up to three levels)."""

    __tablename__ = "classifications"
    __table_args__ = (
        # Levels are not null so that the unique constraint sees two equal branches as equal.
        UniqueConstraint("tenant_id", "scheme", "level1", "level2", "level3"),
    )

    scheme: Mapped[str] = mapped_column(Text)
    level1: Mapped[str] = mapped_column(Text)
    level2: Mapped[str] = mapped_column(Text, server_default="")
    level3: Mapped[str] = mapped_column(Text, server_default="")
