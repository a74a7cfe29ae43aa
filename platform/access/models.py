"""Accounts of a tenant, their roles and their sessions."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, TenantOwned, TenantRow


class User(TenantRow, Base):
    """An account. Login names are unique inside a tenant only; people log in as ``name@tenant-slug``."""

    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("tenant_id", "username"),
        CheckConstraint("username ~ '^[a-z0-9][a-z0-9._-]{1,31}$'", name="username_form"),
    )

    username: Mapped[str] = mapped_column(Text)
    display_name: Mapped[str] = mapped_column(Text)
    #: argon2id in PHC form; parameters travel with the hash.
    password_hash: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"), default=True)
    must_change_password: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    #: Sessions opened under a smaller number are dead: password change, deactivation and role changes raise it.
    epoch: Mapped[int] = mapped_column(Integer, server_default="1", default=1)
    last_login_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: Wrong passwords one after the other since the last right one, over all doors and however long apart.
    failed_logins: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    password_changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class UserRole(TenantOwned, Base):
    """A role that an account holds."""

    __tablename__ = "user_roles"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "user_id"], ["users.tenant_id", "users.id"], ondelete="CASCADE"),
        # 三员分立 in SQL too: an account has at most one of the three administrator roles.
        Index(
            "uq_user_roles_one_of_three_admins",
            "tenant_id",
            "user_id",
            unique=True,
            postgresql_where=text("role in ('tenant_admin', 'security_admin', 'auditor')"),
        ),
        CheckConstraint("(role = 'platform_admin') = (tenant_id = 0)", name="platform_roles_on_platform_only"),
        CheckConstraint(
            "role in ('clerk','handler','office_head','leader','supervisor',"
            "'tenant_admin','security_admin','auditor','platform_admin')",
            name="known_role",
        ),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    role: Mapped[str] = mapped_column(Text, primary_key=True)


class LoginSession(TenantRow, Base):
    """A browser session or an API login. It is asked at every request, so it can end before its cookie does."""

    __tablename__ = "login_sessions"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "user_id"], ["users.tenant_id", "users.id"], ondelete="CASCADE"),
        Index("ix_login_sessions_user", "tenant_id", "user_id"),
        CheckConstraint("kind in ('browser', 'api')", name="known_kind"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    epoch: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    last_seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class TenantSetting(TenantOwned, Base):
    """What a union has set differently from the defaults (``tenants.settings``), one row a union.

    It lies on this floor because the session check reads the time-outs with the session, in the same statement.
    """

    __tablename__ = "tenant_settings"

    values: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: Optimistic lock: a form carries the version that it was drawn from.
    version: Mapped[int] = mapped_column(Integer)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Delegation(TenantRow, Base):
    """An absence (外出、休假) with the person who stands in (代办). Both days are included."""

    __tablename__ = "delegations"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "user_id"], ["users.tenant_id", "users.id"]),
        ForeignKeyConstraint(["tenant_id", "deputy_id"], ["users.tenant_id", "users.id"]),
        CheckConstraint("until_on >= from_on", name="ends_after_start"),
        CheckConstraint("user_id <> deputy_id", name="two_people"),
        Index("ix_delegations_user", "tenant_id", "user_id", "until_on"),
        Index("ix_delegations_deputy", "tenant_id", "deputy_id", "until_on"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    deputy_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    from_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    #: The first day on which it no longer holds, when somebody ended it early.
    ended_on: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class LoginThrottle(Base):
    """Failed logins by account and by address, before any tenant is known.

    The key is a keyed digest: the table tells nobody which accounts exist. It is shared by all tenants on purpose.
    """

    __tablename__ = "login_throttle"

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    failures: Mapped[int] = mapped_column(Integer, server_default="0")
    window_started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    locked_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: How many locks came one after the other; each is longer than the one before.
    strikes: Mapped[int] = mapped_column(Integer, server_default="0")
