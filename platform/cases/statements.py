"""What the petitioner wrote through the worker's door, and wording that was corrected since.

Kept word for word beside the file, never changed.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKeyConstraint, Index, Text, Uuid, select
from sqlalchemy.orm import Mapped, mapped_column

from access.actor import Work
from cases import models  # noqa: F401 - the table that this points at
from kernel.db import Base, TenantRow
from kernel.ids import uuid7

#: Act → the kind under which its words are kept. Words of a rating stand beside the rating itself.
KINDS: dict[str, str] = {
    "own_material": "material",
    "own_ask_review": "review",
    "own_ask_recheck": "recheck",
    "correct": "corrected",
}
KIND_LABELS: dict[str, str] = {
    "material": "补充情况",
    "review": "申请复查",
    "recheck": "申请复核",
    "corrected": "更正前的登记内容",
}


class CaseStatement(TenantRow, Base):
    """信访人网上陈述: the words of one act. Files that came along are attachments of the case."""

    __tablename__ = "case_statements"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "case_id"], ["cases.tenant_id", "cases.id"], ondelete="CASCADE"),
        CheckConstraint("kind in ('material', 'review', 'recheck', 'corrected')", name="known_kind"),
        Index("ix_case_statements_case", "tenant_id", "case_id", "made_at"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


def keep(work: Work, case_id: UUID, action: str, words: str) -> None:
    """Write down what came with one act; an act that brought files alone leaves no words."""
    if words:
        kind = KINDS[action]
        work.session.add(CaseStatement(id=uuid7(), case_id=case_id, kind=kind, words=words, made_at=work.clock.now()))
        work.session.flush()


def of_case(work: Work, case_id: UUID) -> Sequence[CaseStatement]:
    """Everything of one case that the actor sees, newest first."""
    return work.session.scalars(
        select(CaseStatement)
        .where(CaseStatement.tenant_id == work.tenant_id, CaseStatement.case_id == case_id)
        .order_by(CaseStatement.made_at.desc(), CaseStatement.id.desc())
    ).all()
