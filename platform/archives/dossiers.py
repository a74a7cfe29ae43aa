"""卷宗: a whole case file as one PDF, asked for with a reason, bound in the background, kept for a week.

What is bound is what the asker sees, with the people of the case behind their masks; every page says who took it out
and when. A sealed case is bound for the two roles that see it and for nobody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select

from access.actor import Work
from audit.services import record
from cases import policy, queries
from cases.queries import File
from documents import blobs
from documents.models import Dossier
from kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from kernel.outbox import enqueue

TOPIC = "dossier.bind"
KEPT_FOR = timedelta(days=7)
MIN_REASON, MAX_REASON = 4, 200


def ask(work: Work, number: str, reason: str) -> Dossier:
    """Order the binding of a case that the actor sees.

    :raises NotFoundError: when it is not there or not theirs to see.
    :raises ForbiddenError: for roles that may not take a whole file out.
    :raises InvalidError: without a reason.
    :raises ConflictError: while an earlier order of the same person is being bound.
    """
    file = _file(work, number)
    told = reason.strip()
    if not MIN_REASON <= len(told) <= MAX_REASON:
        sentence = f"请写明导出卷宗的理由（{MIN_REASON}至{MAX_REASON}个字）。"
        raise InvalidError(sentence, fields={"reason": sentence})
    if any(found.status == "waiting" for found in of_case(work, file)):
        raise ConflictError("本件的卷宗正在装订，请等它完成后再导出。")
    assert work.actor.user_id is not None
    now = work.clock.now()
    dossier = Dossier(
        subject_id=file.case.id,
        asked_by=work.actor.user_id,
        asked_name=work.actor.name,
        asked_at=now,
        reason=told,
        status="waiting",
        pieces=[],
        expires_at=now + KEPT_FOR,
    )
    work.session.add(dossier)
    work.session.flush()
    told_of = {"dossier": str(dossier.id), "reason": told, "sealed": file.case.sealed}
    record(work, "case:bind", subject_type="case", subject_id=file.case.id, data=told_of)
    enqueue(work.session, TOPIC, {"dossier": str(dossier.id), "case": number})
    return dossier


def of_case(work: Work, file: File) -> Sequence[Dossier]:
    """The actor's own orders for a case, newest first: another person's bears another person's name."""
    statement = (
        select(Dossier)
        .where(Dossier.subject_id == file.case.id, Dossier.asked_by == work.actor.user_id)
        .order_by(Dossier.asked_at.desc(), Dossier.id.desc())
    )
    return work.session.scalars(statement).all()


def open_one(work: Work, number: str, dossier_id: UUID) -> bytes:
    """The bound file for the person who ordered it, and an event that says that it was taken.

    :raises NotFoundError: when there is none of theirs, it is not ready, or the case is no longer theirs to see.
    :raises ForbiddenError: as :func:`ask`.
    """
    file = _file(work, number)
    found = next((found for found in of_case(work, file) if found.id == dossier_id), None)
    if found is None or found.blob is None:
        raise NotFoundError
    content = blobs.fetch(work, found.blob)
    record(
        work,
        "case:dossier_open",
        subject_type="case",
        subject_id=file.case.id,
        data={"dossier": str(found.id), "reason": found.reason, "pages": found.pages},
    )
    return content


def purge(work: Work) -> int:
    """Forget the tenant's bound files whose week is over; their blobs go with the next sweep."""
    gone = work.session.execute(
        delete(Dossier)
        .where(Dossier.tenant_id == work.tenant_id, Dossier.expires_at < work.clock.now())
        .execution_options(synchronize_session=False)
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _file(work: Work, number: str) -> File:
    file = queries.file(work, number)
    if not policy.may_bind(work.actor):
        raise ForbiddenError("您的角色不能导出整卷，请由承办人、信访部门负责人或单位领导导出。")
    return file
