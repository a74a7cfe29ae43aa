"""Reports that are being written, reports as issued, and the letters by which they went upward."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, TenantOwned, TenantRow
from reports.periods import Kind

_KINDS = ", ".join(f"'{kind.value}'" for kind in Kind)


class ReportDraft(TenantRow, Base):
    """The words of a report before it is one; its figures are counted anew whenever somebody looks.

    One of a period at a time: two people who write the same report meet here.
    """

    __tablename__ = "report_drafts"
    __table_args__ = (
        UniqueConstraint("tenant_id", "kind", "first_on"),
        CheckConstraint(f"kind in ({_KINDS})", name="known_kind"),
        CheckConstraint("first_on <= last_on", name="begins_before_it_ends"),
        CheckConstraint("edition >= 1 and (edition = 1) = (reason is null)", name="revised_for_a_reason"),
    )

    kind: Mapped[str] = mapped_column(Text)
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)
    #: 版次: 1, or one more than the report that it revises.
    edition: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str | None] = mapped_column(Text)
    #: Section key → words.
    words: Mapped[dict[str, str]] = mapped_column(JSONB)
    version: Mapped[int] = mapped_column(Integer, default=1)
    made_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    updated_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's declarative form


class Report(TenantRow, Base):
    """A report as issued. The application may add a row and never change or remove one; a revision is a new row."""

    __tablename__ = "reports"
    __table_args__ = (
        UniqueConstraint("tenant_id", "kind", "first_on", "edition"),
        ForeignKeyConstraint(["tenant_id", "document_id"], ["documents.tenant_id", "documents.id"]),
        CheckConstraint(f"kind in ({_KINDS})", name="known_kind"),
        CheckConstraint("first_on <= last_on", name="begins_before_it_ends"),
        CheckConstraint("edition >= 1 and (edition = 1) = (reason is null)", name="revised_for_a_reason"),
        CheckConstraint("octet_length(digest) = 32", name="signed"),
    )

    kind: Mapped[str] = mapped_column(Text)
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)
    edition: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str | None] = mapped_column(Text)
    words: Mapped[dict[str, str]] = mapped_column(JSONB)
    #: What ``figures.compute`` counted at the moment of issuing, with every definition.
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: 数据截至: when the facts behind the figures were last complete.
    as_of: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    #: SHA-256 over ``verifying.signed``; the event of issuing holds it too.
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    #: The paper with its number and verification code.
    document_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    issued_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    issued_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)


class ReportSubmission(TenantOwned, Base):
    """A letter by which a report went upward. A second attempt, after the first came back, is a second row."""

    __tablename__ = "report_submissions"
    __table_args__ = (
        UniqueConstraint("tenant_id", "letter_id"),
        ForeignKeyConstraint(["tenant_id", "report_id"], ["reports.tenant_id", "reports.id"]),
        ForeignKeyConstraint(["tenant_id", "letter_id"], ["letters.tenant_id", "letters.id"]),
        CheckConstraint("attempt >= 1", name="counts_up"),
    )

    report_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    #: The key is the order: two people who submit at once collide here.
    attempt: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    letter_id: Mapped[uuid.UUID] = mapped_column(Uuid)
