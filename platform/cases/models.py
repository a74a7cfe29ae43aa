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
from sqlalchemy.orm import Mapped, mapped_column

from cases.checks import CASE_CHECKS, CLOCK_CHECKS, IS_OPEN, LINKS, ONE_A_CASE, STATUSES, WATCHED
from cases.workflow import Status
from kernel.db import Base, TenantRow
from tenants import house  # noqa: F401 - the table that department_id points at


class Case(TenantRow, Base):
    """A petition case (信访事项)."""

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        ForeignKeyConstraint(["tenant_id", "assignee_id"], ["users.tenant_id", "users.id"]),
        ForeignKeyConstraint(["tenant_id", "first_handler_id"], ["users.tenant_id", "users.id"]),
        ForeignKeyConstraint(["tenant_id", "department_id"], ["departments.tenant_id", "departments.id"]),
        ForeignKeyConstraint(["category_code"], ["categories.code"]),
        CheckConstraint(f"status in ({STATUSES})", name="known_status"),
        CheckConstraint("channel in ('visit', 'letter', 'call', 'online')", name="known_channel"),
        CheckConstraint(f"({IS_OPEN}) = (closed_at is null)", name="closed_when_final"),
        CheckConstraint("headcount between 1 and 9999", name="headcount_range"),
        CheckConstraint("rating in ('satisfied', 'mostly_satisfied', 'dissatisfied')", name="known_rating"),
        CheckConstraint(
            "(rating is null) = (rated_at is null) and (rating is null) = (rated_by_staff is null)",
            name="rated_at_once",
        ),
        *(CheckConstraint(condition, name=name) for name, condition in CASE_CHECKS.items()),
        *(
            ForeignKeyConstraint(
                ["tenant_id", column], ["cases.tenant_id", "cases.id"], deferrable=True, initially="DEFERRED"
            )
            for column in LINKS
        ),
        ForeignKeyConstraint(["tenant_id", "avoid_id"], ["users.tenant_id", "users.id"]),
        Index("ix_cases_lead_id", "tenant_id", "lead_id", postgresql_where=text("lead_id is not null")),
        Index("ix_cases_first_id", "tenant_id", "first_id", postgresql_where=text("first_id is not null")),
        Index("ix_cases_origin_id", "tenant_id", "origin_id", postgresql_where=text("origin_id is not null")),
        # Open work first by deadline: (tenant, status, due) does not serve "all open" (limits.md §2.1).
        Index("ix_cases_open_due", "tenant_id", "due_on", "id", postgresql_where=text(IS_OPEN)),
        Index("ix_cases_newest", "tenant_id", text("registered_at desc"), text("id desc")),
        Index("ix_cases_assignee_open", "tenant_id", "assignee_id", "due_on", postgresql_where=text(IS_OPEN)),
        Index("ix_cases_category", "tenant_id", "category_code", "registered_at"),
        Index("ix_cases_dissatisfied", "tenant_id", "id", postgresql_where=text("dissatisfied > 0")),
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
    #: When the clock began whose deadline that is.
    due_begun_on: Mapped[date | None] = mapped_column(Date)
    #: 不予受理 N1–N7, 不再受理 X1–X2.
    refusal_code: Mapped[str | None] = mapped_column(Text)
    #: 不再受理: the earlier case, or the number of the 复核 opinion.
    earlier_reference: Mapped[str | None] = mapped_column(Text)
    #: Where a side step (mediation, hearing, review, merging) left, for the row that leads back.
    came_from: Mapped[str | None] = mapped_column(Text)
    #: 并案: the case that carries this one's matter on.
    lead_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    #: 重复信访: the first case of the same matter.
    first_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    #: 拆分: the case whose claims these were.
    origin_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    #: The legal basis of the opinion (条例 art. 32); no opinion without one.
    basis: Mapped[str | None] = mapped_column(Text)
    #: When the petitioner got an answer on record, whatever its form (件件有着落,事事有回音).
    replied_on: Mapped[date | None] = mapped_column(Date)
    #: When the newest opinion was served (送达); the time to ask 复查 runs from it.
    served_on: Mapped[date | None] = mapped_column(Date)
    #: 延期: asked for until this day, for this reason, and not yet answered.
    extension_to: Mapped[date | None] = mapped_column(Date)
    extension_reason: Mapped[str | None] = mapped_column(Text)
    #: 调解协议.
    agreed_on: Mapped[date | None] = mapped_column(Date)
    #: Set in the reviewing body's own file: ``review`` (复查) or ``recheck`` (复核).
    review_stage: Mapped[str | None] = mapped_column(Text)
    #: What the reviewing body said: in its own file, and in the file of the union whose opinion it was.
    review_outcome: Mapped[str | None] = mapped_column(Text)
    #: The date that it sets with 撤销并责令重作.
    redo_by: Mapped[date | None] = mapped_column(Date)
    #: 复查 or 复核 by a body outside the platform: the office writes down request and outcome.
    review_by_hand: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    #: 导入法定程序: the route, the body, and the last day of the right where there is one.
    diverted_to: Mapped[str | None] = mapped_column(Text)
    target_body: Mapped[str | None] = mapped_column(Text)
    limitation_on: Mapped[date | None] = mapped_column(Date)
    #: 撤回: how the petitioner's own statement was verified.
    withdrawal_way: Mapped[str | None] = mapped_column(Text)
    termination: Mapped[str | None] = mapped_column(Text)
    archived_on: Mapped[date | None] = mapped_column(Date)
    #: 回避: whoever held the case when it was marked, and may not decide it.
    avoid_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
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
        Index("ix_parties_name_index", "tenant_id", "name_index"),
        Index("ix_parties_phone_index", "tenant_id", "phone_index"),
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
    #: When somebody was reminded of a clock that is not the union's own duty.
    reminded_on: Mapped[date | None] = mapped_column(Date)


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
