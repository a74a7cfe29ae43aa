"""Number counters and issued documents."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, DateTime, Index, Integer, Text, UniqueConstraint, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, TenantOwned, TenantRow


class NumberCounter(TenantOwned, Base):
    """The last number given in a series of one year (编号); the row lock keeps numbers without gaps or doubles."""

    __tablename__ = "number_counters"

    series: Mapped[str] = mapped_column(Text, primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    last: Mapped[int] = mapped_column(Integer, default=0)


class Document(TenantRow, Base):
    """A document as issued: the filled-in text is kept, so that a later template cannot change it."""

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_documents_subject", "tenant_id", "subject_id"),
    )

    subject_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: Template name, such as ``acceptance_notice`` (受理告知书).
    kind: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    #: Paragraphs as ``[{"heading": str | null, "text": str}]``.
    body: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    issued_on: Mapped[date] = mapped_column(Date)
    issued_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
