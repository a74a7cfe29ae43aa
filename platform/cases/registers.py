"""What is kept beside the files: words to find them by, the register of workplaces, people's views of the list."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, DateTime, ForeignKeyConstraint, Index, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, TenantOwned, TenantRow

_LIVE = text("merged_into_id is null")


class CaseToken(TenantOwned, Base):
    """A word under which a case is found.

    No foreign key: its check would need a second index as large as the table when a case goes, and a case goes only
    with its whole union, table by table.
    """

    __tablename__ = "case_tokens"

    token: Mapped[str] = mapped_column(Text, primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)


class Workplace(TenantRow, Base):
    """用人单位: an employer that cases complain about, in the union's own register."""

    __tablename__ = "workplaces"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "merged_into_id"],
            ["workplaces.tenant_id", "workplaces.id"],
            deferrable=True,
            initially="DEFERRED",
        ),
        CheckConstraint("merged_into_id <> id", name="merged_into_another"),
        Index("uq_workplaces_name", "tenant_id", "name", unique=True, postgresql_where=_LIVE),
        Index(
            "uq_workplaces_credit_code",
            "tenant_id",
            "credit_code",
            unique=True,
            postgresql_where=_LIVE,
        ),
    )

    name: Mapped[str] = mapped_column(Text)
    #: 统一社会信用代码, with a good check character (GB 32100-2015).
    credit_code: Mapped[str | None] = mapped_column(Text)
    region: Mapped[str | None] = mapped_column(Text)
    #: Context; ``None`` is not known.
    has_union: Mapped[bool | None] = mapped_column(Boolean)
    has_collective_contract: Mapped[bool | None] = mapped_column(Boolean)
    has_congress: Mapped[bool | None] = mapped_column(Boolean)
    #: Two entries for one employer: the one that stays.
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's declarative form


class SuggestionModel(TenantOwned, Base):
    """Weights of one suggestion (类别、难易、去向), learned from the union's own cases: plain numbers, never code."""

    __tablename__ = "suggestion_models"
    __table_args__ = (CheckConstraint("target in ('category', 'tier', 'body')", name="known_target"),)

    target: Mapped[str] = mapped_column(Text, primary_key=True)
    trained_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    #: How many labelled cases there were, whether or not their classes had enough.
    labelled: Mapped[int] = mapped_column(Integer)
    weights: Mapped[dict[str, Any]] = mapped_column(JSONB)


class SavedView(TenantRow, Base):
    """常用视图: a name for filters of the list, of one person or of the whole union (共用)."""

    __tablename__ = "saved_views"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "owner_id"], ["users.tenant_id", "users.id"]),
        CheckConstraint("char_length(name) between 1 and 30", name="name_length"),
        CheckConstraint("jsonb_typeof(query) = 'object' and query <> '{}'::jsonb", name="query_form"),
        Index(
            "uq_saved_views_own", "tenant_id", "owner_id", "name", unique=True, postgresql_where=text("not shared")
        ),
        Index("uq_saved_views_shared", "tenant_id", "name", unique=True, postgresql_where=text("shared")),
    )

    #: Whose it is; of a shared one, who made it.
    owner_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    shared: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    name: Mapped[str] = mapped_column(Text)
    #: Keys of ``cases.queries.Filter`` → what the address says.
    query: Mapped[dict[str, str]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = mapped_column(Integer, server_default="1", default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's declarative form
