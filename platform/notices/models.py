"""A notice to an account or to everybody who holds a role."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, Index, Text, Uuid, func
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, TenantRow


class Notice(TenantRow, Base):
    """A line on somebody's desk. It points at a thing by link and repeats nothing of its content."""

    __tablename__ = "notices"
    __table_args__ = (
        CheckConstraint("(user_id is null) <> (role is null)", name="one_addressee"),
        Index("ix_notices_recent", "tenant_id", "created_at"),
    )

    user_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    role: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    read_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
