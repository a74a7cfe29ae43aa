"""The handling of a case as tables: results, assignments, tasks to departments, follow-up, ratings, registries."""

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
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cases import models  # noqa: F401 - the tables that these point at
from kernel.db import Base, TenantOwned, TenantRow


def _case() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", "case_id"], ["cases.tenant_id", "cases.id"], ondelete="CASCADE")


def _user(column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", column], ["users.tenant_id", "users.id"])


class ClaimResult(TenantOwned, Base):
    """三到位一处理 of one claim. It follows the claim when a case is split."""

    __tablename__ = "claim_results"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "claim_id"], ["claims.tenant_id", "claims.id"], ondelete="CASCADE"),
        CheckConstraint("disposition in ('solved', 'educated', 'aided', 'lawful')", name="known_disposition"),
        CheckConstraint("not aided or disposition in ('solved', 'educated')", name="aid_beside"),
    )

    claim_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    disposition: Mapped[str] = mapped_column(Text)
    #: 帮扶救助到位 beside ① or ②.
    aided: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)


class CaseResult(TenantOwned, Base):
    """What came of a case: measures used, money recovered (追回金额, in 分), people helped."""

    __tablename__ = "case_results"
    __table_args__ = (
        _case(),
        CheckConstraint("recovered_fen between 0 and 10000000000000", name="recovered_range"),
        CheckConstraint("helped between 0 and 9999999", name="helped_range"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    measures: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    recovered_fen: Mapped[int | None] = mapped_column(BigInteger)
    helped: Mapped[int | None] = mapped_column(Integer)


class CaseAssignment(TenantRow, Base):
    """Who was given a case, what they declared, what the check found, and who let them go on. Never changed."""

    __tablename__ = "case_assignments"
    __table_args__ = (
        _case(),
        _user("user_id"),
        _user("by_id"),
        CheckConstraint("kind in ('assign', 'permit', 'declare')", name="known_kind"),
        # 回避: the one who lets somebody go on is never that somebody, and says why.
        CheckConstraint("kind <> 'permit' or (by_id <> user_id and reason is not null)", name="permitted_by_another"),
        CheckConstraint("kind <> 'declare' or declared is not null", name="declared_in_words"),
        Index("ix_case_assignments_case", "tenant_id", "case_id", "at"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    user_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    #: The interest in the handler's own words; empty: none declared.
    declared: Mapped[str | None] = mapped_column(Text)
    #: Codes of what the check found (``handling_rules.GROUNDS``).
    grounds: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    reason: Mapped[str | None] = mapped_column(Text)
    by_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class CaseTask(TenantRow, Base):
    """What a department (or one person) is asked to do inside a case, by its own day (交部门办理)."""

    __tablename__ = "case_tasks"
    __table_args__ = (
        _case(),
        ForeignKeyConstraint(["tenant_id", "department_id"], ["departments.tenant_id", "departments.id"]),
        _user("handler_id"),
        _user("asked_by"),
        _user("ended_by"),
        CheckConstraint("department_id is not null or handler_id is not null", name="for_somebody"),
        CheckConstraint("status in ('open', 'answered', 'withdrawn')", name="known_status"),
        CheckConstraint("(status = 'open') = (ended_at is null)", name="ended_once"),
        CheckConstraint("(status = 'open') = (answer is null)", name="ended_with_a_word"),
        CheckConstraint("due_on >= original_due_on", name="never_backwards"),
        Index("ix_case_tasks_case", "tenant_id", "case_id"),
        Index("ix_case_tasks_open", "tenant_id", "due_on", "id", postgresql_where=text("status = 'open'")),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    department_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    handler_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    asked: Mapped[str] = mapped_column(Text)
    asked_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    original_due_on: Mapped[date] = mapped_column(Date)
    status: Mapped[str] = mapped_column(Text, server_default="open", default="open")
    asked_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    #: The answer, or why it was withdrawn.
    answer: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    overdue_noted_on: Mapped[date | None] = mapped_column(Date)


class FollowUp(TenantRow, Base):
    """回访 after closing (domain.md E3): planned when the case closes, asked once. Nothing in it is about conduct."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        _case(),
        _user("contacted_by"),
        UniqueConstraint("tenant_id", "case_id", "place"),
        CheckConstraint("content in ('yes', 'partly', 'no', 'unsaid')", name="known_content"),
        CheckConstraint("(contacted_at is null) = (reached is null)", name="reached_or_not"),
        CheckConstraint("reached is true or (content is null and retaliation is null)", name="asked_when_reached"),
        Index("ix_follow_ups_waiting", "tenant_id", "due_on", postgresql_where=text("contacted_at is null")),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: First or second follow-up of the case.
    place: Mapped[int] = mapped_column(SmallInteger)
    due_on: Mapped[date] = mapped_column(Date)
    opened_on: Mapped[date | None] = mapped_column(Date)
    contacted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    contacted_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    reached: Mapped[bool | None] = mapped_column(Boolean)
    content: Mapped[str | None] = mapped_column(Text)
    retaliation: Mapped[bool | None] = mapped_column(Boolean)
    note: Mapped[str | None] = mapped_column(Text)


class CaseRating(TenantRow, Base):
    """满意度评价, of the petition office and the responsible unit apart ([C1]). Never changed; the last counts."""

    __tablename__ = "case_ratings"
    __table_args__ = (
        _case(),
        _user("recorded_by"),
        CheckConstraint("about in ('office', 'unit')", name="known_subject"),
        CheckConstraint("rating in ('satisfied', 'mostly_satisfied', 'dissatisfied')", name="known_rating"),
        CheckConstraint("entered_by in ('petitioner', 'staff')", name="known_hand"),
        # A rating in the petitioner's own hand names nobody of the staff; one by staff says how it was told.
        CheckConstraint(
            "case entered_by when 'staff' then told_how is not null "
            "else told_how is null and recorded_by is null end",
            name="staff_is_shown",
        ),
        Index("ix_case_ratings_case", "tenant_id", "case_id", "recorded_at"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    about: Mapped[str] = mapped_column(Text)
    rating: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    entered_by: Mapped[str] = mapped_column(Text)
    told_how: Mapped[str | None] = mapped_column(Text)
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class CaseAccused(TenantOwned, Base):
    """被反映人: one of the union's own staff whom a case accuses, and who therefore never sees it (art. 30(3))."""

    __tablename__ = "case_accused"
    __table_args__ = (
        _case(),
        _user("user_id"),
        _user("by_id"),
        _user("ended_by"),
        CheckConstraint("(ended_at is null) = (reason is null)", name="ended_with_a_word"),
        CheckConstraint(
            "ended_by is null or (ended_at is not null and ended_by <> user_id)", name="ended_by_another"
        ),
        Index("ix_case_accused_user", "tenant_id", "user_id", "case_id", postgresql_where=text("ended_at is null")),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    #: ``None``: the petitioner named them through the worker's door.
    by_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    #: Why the naming was found to be mistaken.
    reason: Mapped[str | None] = mapped_column(Text)


class Mediator(TenantRow, Base):
    """A mediator from outside (第三方调解员); works on no case without an agreement of confidentiality (E23)."""

    __tablename__ = "mediators"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    expertise: Mapped[str] = mapped_column(Text, server_default="", default="")
    availability: Mapped[str] = mapped_column(Text, server_default="", default="")
    #: 保密协议: signed on, and valid until where it says so.
    agreed_on: Mapped[date | None] = mapped_column(Date)
    agreed_until: Mapped[date | None] = mapped_column(Date)
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"), default=True)


class ExternalBody(TenantRow, Base):
    """A body outside the unions (人社、司法、法院 …) to which matters are led or which sits at a conference."""

    __tablename__ = "external_bodies"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text, server_default="", default="")
    phone: Mapped[str] = mapped_column(Text, server_default="", default="")
    purpose: Mapped[str] = mapped_column(Text, server_default="", default="")
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"), default=True)
