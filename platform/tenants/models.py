"""Tenants and their tree. Shared reference data: every tenant may read it, only the platform may write it."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy import case as sql_case
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, TenantRow
from kernel.ids import uuid7

#: The reason on an entry that a restored union's package only named: it never worked on this deployment.
NOT_MOVED_IN = "未迁入本平台"


class Kind(StrEnum):
    """Kinds of union organisation (工会法 art. 10–12)."""

    PLATFORM = "platform"
    FEDERATION = "federation"
    INDUSTRY = "industry"
    GROUP = "group"
    GRASSROOTS_FEDERATION = "grassroots_federation"
    GRASSROOTS = "grassroots"


KIND_LABELS: dict[Kind, str] = {
    Kind.PLATFORM: "平台",
    Kind.FEDERATION: "总工会",
    Kind.INDUSTRY: "产业工会",
    Kind.GROUP: "企业集团工会",
    Kind.GRASSROOTS_FEDERATION: "基层工会联合会",
    Kind.GRASSROOTS: "基层工会",
}


class Tenant(Base):
    """A union (or the platform, number 0) as everybody in the federation may know it: no figures, no people."""

    __tablename__ = "tenants"
    __table_args__ = (
        CheckConstraint("slug ~ '^[a-z0-9](-?[a-z0-9]){1,39}$'", name="slug_form"),
        CheckConstraint("status in ('active', 'suspended', 'closed')", name="known_status"),
        CheckConstraint(
            "kind in ('platform','federation','industry','group','grassroots_federation','grassroots')",
            name="known_kind",
        ),
        CheckConstraint("(id = 0) = (kind = 'platform')", name="platform_is_zero"),
        CheckConstraint(
            "second_parent_id <> id and second_parent_id <> 0 and second_parent_id <> coalesce(parent_id, -1)",
            name="second_line_elsewhere",
        ),
        CheckConstraint("portal_colour ~ '^#[0-9a-f]{6}$'", name="colour_form"),
        CheckConstraint("calendar in ('CN')", name="known_calendar"),
        Index("ix_tenants_parent", "parent_id"),
        Index("ix_tenants_second_parent", "second_parent_id"),
        UniqueConstraint("slug"),
        UniqueConstraint("credit_code"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    slug: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    short_name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    #: 机关代字 in numbers, such as ``江总工信``.
    code: Mapped[str] = mapped_column(Text)
    #: 统一社会信用代码 (GB 32100), where the union has one.
    credit_code: Mapped[str | None] = mapped_column(Text)
    region: Mapped[str] = mapped_column(Text, server_default="")
    parent_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("tenants.id"))
    #: 双重领导: the second line, for example an industry union beside the local federation. Letters go along it as
    #: along the first; figures flow along the first alone, or they would be counted twice.
    second_parent_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("tenants.id"))
    level: Mapped[int] = mapped_column(SmallInteger)
    members: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    status: Mapped[str] = mapped_column(Text, server_default="active", default="active")
    #: Why and since when the status is what it is, as the platform wrote it down; empty while nothing was changed.
    status_reason: Mapped[str | None] = mapped_column(Text)
    status_since: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: Until this day the rows of a closed union are kept (保管期限届满); destruction is possible from then on.
    retention_until: Mapped[date | None] = mapped_column(Date)
    #: Who carries the work on (承继单位, 条例 art. 24).
    successor_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("tenants.id"))
    #: When its rows were destroyed; the entry in the tree stays.
    destroyed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: 落款: the name at the foot of papers, where it is not the union's own.
    seal_text: Mapped[str] = mapped_column(Text, server_default="", default="")
    #: ``#rrggbb``; white words on it must be readable (``tenants.branding``). ``None``: the platform's own.
    portal_colour: Mapped[str | None] = mapped_column(Text)
    #: What the public page tells: where, by which telephone, at which hours.
    address: Mapped[str] = mapped_column(Text, server_default="", default="")
    phone: Mapped[str] = mapped_column(Text, server_default="", default="")
    hours: Mapped[str] = mapped_column(Text, server_default="", default="")
    #: Which holidays count (国务院放假安排); days are those of Asia/Shanghai for everybody.
    calendar: Mapped[str] = mapped_column(Text, server_default="CN", default="CN")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class TenantClosure(Base):
    """Every ancestor of every tenant, itself included at depth 0. The truth for who may write to whom."""

    __tablename__ = "tenant_closure"
    __table_args__ = (Index("ix_tenant_closure_descendant", "descendant_id", "depth"),)

    ancestor_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tenants.id"), primary_key=True)
    descendant_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tenants.id"), primary_key=True)
    depth: Mapped[int] = mapped_column(SmallInteger)


class OpenDay(TypeDecorator[date]):
    """A date that may be ``±infinity`` in SQL, where it compares like any other; Python reads that as ``None``."""

    impl = Date
    cache_ok = True

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Read infinity as NULL: no date of Python's stands for it."""
        return sql_case((func.isfinite(column), column))


class TenantParent(Base):
    """Who stood directly above whom on which days; ``since`` inclusive, ``until`` exclusive (``None``: no end).

    The column is not called ``tenant_id``: that name means a row which belongs to one tenant.
    """

    __tablename__ = "tenant_parents"
    __table_args__ = (
        CheckConstraint("since < until", name="since_before_until"),
        Index("ix_tenant_parents_parent_id", "parent_id"),
    )

    child_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tenants.id"), primary_key=True)
    since: Mapped[date | None] = mapped_column(
        OpenDay, primary_key=True, nullable=False, server_default=text("'-infinity'")
    )
    parent_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tenants.id"))
    until: Mapped[date | None] = mapped_column(OpenDay, nullable=False, server_default=text("'infinity'"))


class TenantLine(Base):
    """Which ancestor (itself included) stood above which tenant on which days: a figure of a day flows up this line.

    An ancestor that stays one through a move keeps its row unbroken.
    """

    __tablename__ = "tenant_lines"
    __table_args__ = (
        CheckConstraint("since < until", name="since_before_until"),
        Index("ix_tenant_lines_ancestor_id", "ancestor_id"),
    )

    descendant_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tenants.id"), primary_key=True)
    ancestor_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tenants.id"), primary_key=True)
    since: Mapped[date | None] = mapped_column(
        OpenDay, primary_key=True, nullable=False, server_default=text("'-infinity'")
    )
    until: Mapped[date | None] = mapped_column(OpenDay, nullable=False, server_default=text("'infinity'"))


class TreeMove(Base):
    """A union that was placed elsewhere. ``facts_at`` is empty until the fold has put its figures right."""

    __tablename__ = "tree_moves"
    __table_args__ = (Index("ix_tree_moves_waiting", "created_at", postgresql_where=text("facts_at is null")),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid7)
    moved_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tenants.id"))
    from_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("tenants.id"))
    to_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("tenants.id"))
    moved_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    facts_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Invitation(TenantRow, Base):
    """A one-time link by which the owner of a new account chooses the password. The token itself is kept nowhere."""

    __tablename__ = "invitations"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "user_id"], ["users.tenant_id", "users.id"], ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "token_digest"),
        Index("ix_invitations_user", "tenant_id", "user_id"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    token_digest: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class CalendarDay(Base):
    """A holiday (休) or make-up day (班) that the platform's administrator entered; it wins over the library."""

    __tablename__ = "calendar_days"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    works: Mapped[bool]
    name: Mapped[str] = mapped_column(Text, server_default="", default="")


class CalendarYear(Base):
    """A year whose days somebody entered; its days count once it is confirmed."""

    __tablename__ = "calendar_years"

    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    #: Raised with every change; a form carries the one that it was drawn from.
    version: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: An account of the platform's own tenant.
    confirmed_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)


class Category(Base):
    """The shared classification of workers' matters (domain.md D3d), two levels."""

    __tablename__ = "categories"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(Text, ForeignKey("categories.code"))
    name: Mapped[str] = mapped_column(Text)
    #: 检举控告: files of these categories are sealed (条例 art. 30(3), 46(五)).
    sealed: Mapped[bool] = mapped_column(server_default=text("false"))
    position: Mapped[int] = mapped_column(SmallInteger)
