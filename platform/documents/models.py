"""Number counters, issued documents and what belongs to them: templates, drafts, proofs of service, files."""

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
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
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
        UniqueConstraint("tenant_id", "code"),
        Index("ix_documents_subject", "tenant_id", "subject_id"),
    )

    subject_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: Template name, such as ``acceptance_notice`` (受理告知书).
    kind: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    #: Paragraphs as ``[{"heading": str | null, "text": str}]``; of a report with tables between (``layout.Sheet``).
    body: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    issued_on: Mapped[date] = mapped_column(Date)
    issued_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    #: Verification code (验证码) printed on the paper; ``None`` on papers from before there was one.
    code: Mapped[str | None] = mapped_column(Text)
    #: SHA-256 of the frozen text, which the event of issuing holds too.
    digest: Mapped[bytes | None] = mapped_column(LargeBinary)


class DocumentTemplate(TenantRow, Base):
    """One version of a union's own template of a kind of paper; the newest counts, and none is ever changed."""

    __tablename__ = "document_templates"
    __table_args__ = (
        UniqueConstraint("tenant_id", "kind", "version"),
        CheckConstraint("version > 0", name="version_counts_up"),
        CheckConstraint("(title is null) = (body is null)", name="whole_or_default"),
    )

    kind: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    #: ``None`` together with ``body``: from here on the platform's default counts again.
    title: Mapped[str | None] = mapped_column(Text)
    #: As ``Document.body``, with fields such as ``{{编号}}`` in its texts.
    body: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    changed_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class DocumentDraft(TenantRow, Base):
    """A paper that is being written: filled from the subject, edited by people, issued once or thrown away."""

    __tablename__ = "document_drafts"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "document_id"], ["documents.tenant_id", "documents.id"]),
        CheckConstraint("document_id is null or discarded_at is null", name="issued_or_discarded"),
        # One text of a kind at a time: two people who write on the same paper meet.
        Index(
            "uq_document_drafts_open",
            "tenant_id",
            "subject_id",
            "kind",
            unique=True,
            postgresql_where=text("document_id is null and discarded_at is null"),
        ),
    )

    subject_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    version: Mapped[int] = mapped_column(Integer, default=1)
    made_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    updated_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    #: The paper that it became.
    document_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    discarded_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's declarative form


class Serving(TenantRow, Base):
    """送达回证: how one paper reached the petitioner, or did not. A second attempt is a second row."""

    __tablename__ = "servings"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "document_id"], ["documents.tenant_id", "documents.id"]),
        Index("ix_servings_document", "tenant_id", "document_id"),
        CheckConstraint(
            "outcome in ('signed', 'agent', 'left', 'refused', 'sent', 'returned')", name="known_outcome"
        ),
        CheckConstraint("receiver in ('self', 'agent', 'family', 'unit')", name="known_receiver"),
    )

    document_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: A code of the union's 送达方式.
    way: Mapped[str] = mapped_column(Text)
    served_on: Mapped[date] = mapped_column(Date)
    #: A code of ``outcomes.OUTCOMES``: 签收, 他人代收, 留置送达, 拒收, 已寄出, 退回.
    outcome: Mapped[str] = mapped_column(Text)
    #: Who took it, by kind and never by name: 本人, 代理人, 同住成年家属, 所在单位.
    receiver: Mapped[str | None] = mapped_column(Text)
    #: 邮件编号.
    tracking: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Attachment(TenantRow, Base):
    """A file of a subject. Its bytes lie in the blob store, sealed under the tenant's key."""

    __tablename__ = "attachments"
    __table_args__ = (
        Index("ix_attachments_subject", "tenant_id", "subject_id"),
        Index("ix_attachments_blob", "tenant_id", "blob"),
        CheckConstraint("size > 0", name="size_is_true"),
        CheckConstraint("(removed_at is null) = (removal_reason is null)", name="removed_for_a_reason"),
    )

    subject_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: As it may stand in a list: people of the case are masked in it.
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    #: Bytes in clear.
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    #: Name in the blob store without the tenant's prefix.
    blob: Mapped[str] = mapped_column(Text)
    pages: Mapped[int | None] = mapped_column(SmallInteger)
    added_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    added_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    removed_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    removal_reason: Mapped[str | None] = mapped_column(Text)


class Dossier(TenantRow, Base):
    """卷宗: a whole file bound into one PDF at somebody's wish, kept for a few days."""

    __tablename__ = "dossiers"
    __table_args__ = (
        Index("ix_dossiers_subject", "tenant_id", "subject_id"),
        CheckConstraint("status in ('waiting', 'ready', 'failed')", name="known_status"),
        CheckConstraint("(status = 'ready') = (blob is not null)", name="ready_has_a_file"),
    )

    subject_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    asked_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: As it stands in the watermark.
    asked_name: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    reason: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, default="waiting")
    #: Pieces bound so far and altogether, for the bar.
    done: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    total: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    #: Finished pieces as ``[{"title", "note", "pages", "blob"}]``.
    pieces: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    blob: Mapped[str | None] = mapped_column(Text)
    size: Mapped[int | None] = mapped_column(Integer)
    pages: Mapped[int | None] = mapped_column(Integer)
    #: Why it failed, as a sentence for whoever asked.
    problem: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class CaseExport(TenantRow, Base):
    """导出台账: a list of cases that somebody ordered as a spreadsheet, made by the worker, kept for a few days."""

    __tablename__ = "case_exports"
    __table_args__ = (
        Index("ix_case_exports_asker", "tenant_id", "asked_by", "asked_at"),
        Index("ix_case_exports_expiry", "tenant_id", "expires_at"),
        CheckConstraint("status in ('waiting', 'ready', 'failed', 'removed')", name="known_status"),
        CheckConstraint("form in ('xlsx', 'csv')", name="known_form"),
        CheckConstraint("(status = 'ready') = (jsonb_array_length(parts) > 0)", name="ready_has_a_file"),
        CheckConstraint("status <> 'ready' or lines = total", name="never_cut_short"),
    )

    asked_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    #: As it stands in the watermark.
    asked_name: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    reason: Mapped[str] = mapped_column(Text)
    form: Mapped[str] = mapped_column(Text)
    #: Keys of ``cases.ledger.COLUMNS``, in the order of the file.
    columns: Mapped[list[str]] = mapped_column(JSONB)
    #: The filter of the list as ``cases.ledger.stored`` writes it, and in words for people.
    wanted: Mapped[dict[str, Any]] = mapped_column(JSONB)
    told: Mapped[str] = mapped_column(Text)
    #: 显示姓名和电话: names and telephones in clear.
    clear: Mapped[bool] = mapped_column(Boolean)
    status: Mapped[str] = mapped_column(Text, default="waiting")
    #: Cases written so far, and how many the database had when the file was begun.
    lines: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    total: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    #: The file as keys of the blob store, in order; and the cases in it, the same way (16 bytes each).
    parts: Mapped[list[str]] = mapped_column(JSONB, default=list)
    members: Mapped[list[str]] = mapped_column(JSONB, default=list)
    size: Mapped[int | None] = mapped_column(BigInteger)
    #: SHA-256 of the file in hexadecimal, which the event of its making holds too.
    digest: Mapped[str | None] = mapped_column(Text)
    #: Texts that were longer than a cell may be.
    cut: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    #: Why it failed, as a sentence for whoever asked.
    problem: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
