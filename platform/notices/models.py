"""A notice to an account or to everybody who holds a role, and a task that waits until somebody closes it."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, Index, Text, Uuid, func, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, TenantRow


class Notice(TenantRow, Base):
    """A line on somebody's desk. It points at a thing by link and repeats nothing of its content."""

    __tablename__ = "notices"
    __table_args__ = (
        CheckConstraint("(user_id is null) <> (role is null)", name="one_addressee"),
        Index("ix_notices_recent", "tenant_id", "created_at"),
        Index("ix_notices_unread", "tenant_id", "created_at", postgresql_where=text("read_at is null")),
    )

    user_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    role: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    read_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Task(TenantRow, Base):
    """Something that the platform could not or may not do by itself and that a named role has to (待办任务).

    It stays open until somebody closes it with a word. Only the closing is ever written: what was asked of whom
    cannot be changed afterwards.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        CheckConstraint(
            "(done_at is null) = (resolution is null) and (done_by is null or done_at is not null)",
            name="done_with_a_word",
        ),
        # The same cause leaves one open task, however often and by however many it is found.
        Index("uq_tasks_open_key", "tenant_id", "key", unique=True, postgresql_where=text("done_at is null")),
        Index("ix_tasks_open", "tenant_id", "role", "created_at", postgresql_where=text("done_at is null")),
    )

    kind: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    #: The person whom it concerns first; the role sees it as well, because accounts are deactivated.
    user_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    key: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    done_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: ``None`` while it is open, and when the system saw that the cause was gone.
    done_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    resolution: Mapped[str | None] = mapped_column(Text)
