"""A union's own house as tables: departments and their people, routing, code tables, requests."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, TenantOwned, TenantRow


def _user(column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", column], ["users.tenant_id", "users.id"])


def _department(ondelete: str | None = None) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["tenant_id", "department_id"], ["departments.tenant_id", "departments.id"], ondelete=ondelete
    )


class Department(TenantRow, Base):
    """A department (部门) of a union's own office."""

    __tablename__ = "departments"
    __table_args__ = (UniqueConstraint("tenant_id", "name"), _user("head_id"))

    name: Mapped[str] = mapped_column(Text)
    short_name: Mapped[str] = mapped_column(Text, server_default="", default="")
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"), default=True)
    position: Mapped[int] = mapped_column(SmallInteger, server_default="0", default=0)
    head_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)


class DepartmentMember(TenantOwned, Base):
    """Who belongs to a department. One department a person, so that “moved” has one meaning."""

    __tablename__ = "department_members"
    __table_args__ = (
        _user("user_id"),
        _department("CASCADE"),
        Index("ix_department_members_department", "tenant_id", "department_id"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    department_id: Mapped[uuid.UUID] = mapped_column(Uuid)


class CategoryRoute(TenantRow, Base):
    """Where matters of a category go (分流去向): a department, and in it perhaps a handler."""

    __tablename__ = "category_routes"
    __table_args__ = (
        UniqueConstraint("tenant_id", "category_code"),
        ForeignKeyConstraint(["category_code"], ["categories.code"]),
        _department(),
        _user("handler_id"),
    )

    category_code: Mapped[str] = mapped_column(Text)
    department_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    handler_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)


class CodeTable(StrEnum):
    """The code tables that a union may extend or rename: those that forms and pages really read."""

    SUBJECT_TYPE = "subject_type"
    DELIVERY = "delivery"


class CodeLabel(TenantRow, Base):
    """A union's own entry in a code table, or its own word for a shared one."""

    __tablename__ = "code_labels"
    __table_args__ = (
        UniqueConstraint("tenant_id", "table_name", "code"),
        CheckConstraint("table_name in ('subject_type', 'delivery')", name="known_table"),
        CheckConstraint("code ~ '^[a-z][a-z0-9_]{0,39}$'", name="code_form"),
    )

    table_name: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"), default=True)
    position: Mapped[int] = mapped_column(SmallInteger, server_default="0", default=0)


class AccountRequest(TenantRow, Base):
    """What one administrator asks and another has to confirm (双人操作): nobody reaches a leader's account alone."""

    __tablename__ = "account_requests"
    __table_args__ = (
        _user("user_id"),
        _user("asked_by"),
        _user("decided_by"),
        CheckConstraint("kind in ('roles', 'password', 'deactivate', 'activate')", name="known_kind"),
        CheckConstraint("status in ('waiting', 'approved', 'refused', 'withdrawn')", name="known_status"),
        CheckConstraint("(status = 'waiting') = (decided_at is null)", name="decided_once"),
        CheckConstraint("decided_by <> asked_by or status = 'withdrawn'", name="two_people"),
        Index(
            "uq_account_requests_waiting",
            "tenant_id",
            "user_id",
            "kind",
            unique=True,
            postgresql_where=text("status = 'waiting'"),
        ),
        Index("ix_account_requests_newest", "tenant_id", "asked_at"),
    )

    kind: Mapped[str] = mapped_column(Text)
    user_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    roles: Mapped[list[Any] | None] = mapped_column(JSONB)
    #: The asker's half of a new password, encrypted until the other person decides.
    half_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    reason: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, server_default="waiting", default="waiting")
    asked_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    decided_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
