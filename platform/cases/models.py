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
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cases.arrivals import Way
from cases.checks import CASE_CHECKS, IS_OPEN, LINKS, STATUSES
from cases.parts import CaseClock, Claim, Party
from cases.traces import Traces
from cases.workflow import Status
from kernel.db import Base, TenantRow
from tenants import house  # noqa: F401 - the table that department_id points at

__all__ = ["Case", "CaseClock", "Claim", "Classification", "Party"]

_WAYS = ", ".join(f"'{way.value}'" for way in Way)


class Case(Traces, TenantRow, Base):
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
        CheckConstraint(f"way in ({_WAYS})", name="known_way"),
        CheckConstraint("headcount between 1 and 9999", name="headcount_range"),
        CheckConstraint("not joint or (channel in ('letter', 'online') and headcount > 1)", name="joint_in_writing"),
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
    #: 联名: a letter or an online petition that several people signed; ``headcount`` is how many (domain.md C).
    joint: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
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
    #: The union's own channel (cases/arrivals.py) and what was noted of the arrival, by the names of its table.
    way: Mapped[str | None] = mapped_column(Text)
    arrival: Mapped[dict[str, str] | None] = mapped_column(JSONB)
    #: 初信初访, kept apart: first at any union as the petitioner says (nobody else's files are read), first here.
    first_in_system: Mapped[bool | None] = mapped_column(Boolean)
    first_at_this_org: Mapped[bool | None] = mapped_column(Boolean)
    #: 目的: what the petitioner wants to come of it; 背景: what went before. The claims (诉求) are rows of their own.
    aim: Mapped[str | None] = mapped_column(Text)
    background: Mapped[str | None] = mapped_column(Text)
    #: Whether the words under which the case is found are written (cases/search.py).
    tokenised: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    #: 不再受理: the earlier case, or the number of the 复核 opinion.
    earlier_reference: Mapped[str | None] = mapped_column(Text)
    #: Where a side step (mediation, hearing, review, merging) left, for the row that leads back.
    came_from: Mapped[str | None] = mapped_column(Text)
    #: 并案: the case that carries this one's matter on.
    lead_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    #: 重复信访: the first case of the same matter, as a person decided.
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
    #: 复查（复核）: the petitioner asked for it on this day, online or in a request that the office wrote down after
    #: the case had lapsed, and the reviewing body has not answered yet.
    asked_online_on: Mapped[date | None] = mapped_column(Date)
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
