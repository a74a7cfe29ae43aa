"""A paper before it is one: filled, edited by one person at a time, issued once or thrown away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from access.actor import Work
from documents import templates
from documents.models import Document, DocumentDraft
from documents.services import issue
from documents.templates import Body
from kernel.db import TenantSession
from kernel.errors import ConflictError, InvalidError, NotFoundError


def begin(work: Work, subject_id: UUID, kind: str, title: str, body: Body) -> DocumentDraft:
    """A new draft.

    :raises ConflictError: when somebody writes on a paper of this kind for this subject already.
    """
    draft = DocumentDraft(
        subject_id=subject_id,
        kind=kind,
        title=title,
        body=body,
        made_by=work.actor.user_id,
        updated_by=work.actor.user_id,
        updated_at=work.clock.now(),
    )
    try:
        with work.session.begin_nested():
            work.session.add(draft)
            work.session.flush()
    except IntegrityError:
        raise ConflictError("本件已有一份同类文书的草稿，请打开那一份继续修改，或先删除它。") from None
    return draft


def open_of(session: TenantSession, subject_id: UUID) -> Sequence[DocumentDraft]:
    """Drafts of a subject that were neither issued nor thrown away, oldest first."""
    statement = (
        select(DocumentDraft)
        .where(
            DocumentDraft.subject_id == subject_id,
            DocumentDraft.document_id.is_(None),
            DocumentDraft.discarded_at.is_(None),
        )
        .order_by(DocumentDraft.updated_at, DocumentDraft.id)
    )
    return session.scalars(statement).all()


def get(work: Work, subject_id: UUID, draft_id: UUID, *, lock: bool = False) -> DocumentDraft:
    """A draft of a subject, whatever became of it.

    :raises NotFoundError: when the subject has no such draft.
    """
    statement = select(DocumentDraft).where(DocumentDraft.id == draft_id, DocumentDraft.subject_id == subject_id)
    if lock:
        statement = statement.with_for_update()
    found = work.session.scalars(statement, execution_options={"populate_existing": lock}).first()
    if found is None:
        raise NotFoundError
    return found


def edit(work: Work, draft: DocumentDraft, title: str, body: Body, *, version: int | None) -> None:
    """Write a new text. ``version`` is the one that the editor saw.

    :raises InvalidError: as :func:`documents.templates.check`.
    :raises ConflictError: when somebody changed, issued or removed it meanwhile; nothing is written.
    """
    _unchanged(draft, version)
    draft.title, draft.body = templates.check(title, body)
    draft.updated_by, draft.updated_at = work.actor.user_id, work.clock.now()
    _flush(work)


def discard(work: Work, draft: DocumentDraft, *, version: int | None) -> None:
    """Throw it away.

    :raises ConflictError: as :func:`edit`.
    """
    _unchanged(draft, version)
    draft.discarded_at = work.clock.now()
    _flush(work)


def issue_draft(work: Work, draft: DocumentDraft, *, code: str, issued_on: date, version: int | None) -> Document:
    """Number the paper and freeze its text. Two people at once: the second gets a ``ConflictError`` and no number.

    :raises InvalidError: while a blank or a field without a value is left in the text; it names all of them.
    :raises ConflictError: as :func:`edit`.
    """
    _unchanged(draft, version)
    refuse_blanks(draft.body)
    document = issue(
        work,
        subject_id=draft.subject_id,
        kind=draft.kind,
        code=code,
        title=draft.title,
        body=draft.body,
        issued_on=issued_on,
    )
    settle(work, draft, document)
    return document


def settle(work: Work, draft: DocumentDraft, document: Document) -> None:
    """Note which paper a draft became.

    :raises ConflictError: when somebody was first.
    """
    draft.document_id, draft.updated_at = document.id, work.clock.now()
    _flush(work)


def refuse_blanks(body: Body) -> None:
    """Refuse a text in which something is still to be filled in.

    :raises InvalidError: naming every blank once.
    """
    left = list(dict.fromkeys(templates.fields_in(body)))
    if left:
        names = "、".join(name.removeprefix(templates.BLANK).lstrip("：:") or name for name in left)
        raise InvalidError(f"文书中还有没填的内容：{names}。请填好后再出具。", fields={"text.0": f"还没填：{names}"})


def _unchanged(draft: DocumentDraft, version: int | None) -> None:
    if draft.document_id is not None:
        raise ConflictError("这份文书刚刚已由他人出具，文号已经取得；请返回查看，不要重复出具。")
    if draft.discarded_at is not None:
        raise ConflictError("这份草稿刚刚已被删除，请返回重新起草。")
    if version is not None and draft.version != version:
        raise ConflictError("这份草稿刚刚被他人修改，请重新打开后再操作；您填写的内容仍保留在页面上。")


def _flush(work: Work) -> None:
    try:
        work.session.flush()
    except StaleDataError:
        raise ConflictError from None
