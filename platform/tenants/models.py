"""Tenants and their tree. Shared reference data: every tenant may read it, only the platform may write it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base


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
        Index("ix_tenants_parent", "parent_id"),
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
    level: Mapped[int] = mapped_column(SmallInteger)
    members: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    status: Mapped[str] = mapped_column(Text, server_default="active", default="active")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class TenantClosure(Base):
    """Every ancestor of every tenant, itself included at depth 0. The truth for who may write to whom."""

    __tablename__ = "tenant_closure"
    __table_args__ = (Index("ix_tenant_closure_descendant", "descendant_id", "depth"),)

    ancestor_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tenants.id"), primary_key=True)
    descendant_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("tenants.id"), primary_key=True)
    depth: Mapped[int] = mapped_column(SmallInteger)


class Category(Base):
    """The shared classification of workers' matters (domain.md D3d), two levels."""

    __tablename__ = "categories"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(Text, ForeignKey("categories.code"))
    name: Mapped[str] = mapped_column(Text)
    #: 检举控告: files of these categories are sealed (条例 art. 30(3), 46(五)).
    sealed: Mapped[bool] = mapped_column(server_default=text("false"))
    position: Mapped[int] = mapped_column(SmallInteger)
