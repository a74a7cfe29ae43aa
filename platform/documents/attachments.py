"""Files of a subject (附件): looked at, scanned, sealed, listed, handed out one by one, removed with a reason.

Who may see a subject is the caller's rule: nothing here knows what a subject is.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from sqlalchemy import func, select, update

from access.actor import Work
from audit.services import record
from documents import blobs
from documents.contents import Content, inspect
from documents.models import Attachment, CaseExport, Dossier
from kernel.errors import ConflictError, InvalidError, NotFoundError

#: A scan of forty pages in colour is some fifteen megabytes.
MAX_BYTES = 20 * 1024 * 1024
#: Files of one upload, files of one subject, and what they may weigh together.
MAX_AT_ONCE = 10
MAX_FILES = 100
MAX_TOTAL_BYTES = 500 * 1024 * 1024
MIN_REASON = 4
#: The removed file's bytes stay so long, should the removal have been a mistake.
REMOVED_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as somebody handed it in."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    """A file in clear, for one answer."""

    name: str
    media_type: str
    content: bytes


def check(work: Work, uploads: Sequence[Upload]) -> list[Content]:
    """Every file looked at by its bytes, and by the scanner where one is configured. Writes nothing.

    :raises InvalidError: with one sentence that names every file that may not come in, and why.
    :raises UnavailableError: when the scanner is configured and away.
    """
    if len(uploads) > MAX_AT_ONCE:
        raise _refused(f"一次最多上传{MAX_AT_ONCE}个文件，请分次上传。")
    found: list[Content] = []
    problems: list[str] = []
    for upload in uploads:
        try:
            content = inspect(upload.name, upload.content, limit=MAX_BYTES)
        except InvalidError as error:
            problems.append(error.message)
            continue
        virus = work.files.scan(content.content) if work.files.scan is not None else None
        if virus is not None:
            problems.append(f"“{content.name}”未通过病毒扫描（{virus[:60]}），已拒绝：请先在电脑上查杀后再上传。")
        else:
            found.append(content)
    if problems:
        raise _refused("".join(problems))
    return found


def attach(
    work: Work, subject_id: UUID, uploads: Sequence[Upload], *, veil: Callable[[str], str] = str
) -> list[Attachment]:
    """Keep files for a subject. All of them come in, or none. ``veil`` masks people in the names, which lists show.

    The caller holds a lock on the subject where two uploads at once must not pass the limits together.

    :raises InvalidError: as :func:`check`, and above ``MAX_FILES`` or ``MAX_TOTAL_BYTES`` for one subject.
    :raises UnavailableError: when the store or the scanner is away.
    """
    contents = check(work, uploads)
    count, size = _weight(work, subject_id)
    if count + len(contents) > MAX_FILES:
        raise _refused(f"每件最多{MAX_FILES}个附件，已有{count}个：请合并成一个PDF后再上传。")
    if size + sum(len(content.content) for content in contents) > MAX_TOTAL_BYTES:
        raise _refused(f"每件的附件合计不能超过{MAX_TOTAL_BYTES // 1024 // 1024}MB，请压缩后再上传。")
    made = [
        Attachment(
            subject_id=subject_id,
            name=veil(content.name),
            media_type=content.media_type,
            size=len(content.content),
            sha256=sha256(content.content).digest(),
            blob=blobs.keep(work, content.content),
            pages=pages_of(content),
            added_by=work.actor.user_id,
            added_at=work.clock.now(),
        )
        for content in contents
    ]
    work.session.add_all(made)
    work.session.flush()
    for attachment in made:
        _note(work, "attach", attachment)
    return made


def of_subject(work: Work, subject_id: UUID) -> Sequence[Attachment]:
    """The files of a subject that were not removed, oldest first."""
    statement = (
        select(Attachment)
        .where(Attachment.subject_id == subject_id, Attachment.removed_at.is_(None))
        .order_by(Attachment.added_at, Attachment.id)
    )
    return work.session.scalars(statement).all()


def open_one(work: Work, subject_id: UUID, attachment_id: UUID) -> Opened:
    """One file in clear, and an event that says who opened it.

    :raises NotFoundError: when the subject has no such file, or it was removed.
    :raises MissingBlobError, UnavailableError: as the store.
    """
    attachment = _find(work, subject_id, attachment_id)
    content = blobs.fetch(work, attachment.blob)
    _note(work, "file_open", attachment)
    return Opened(attachment.name, attachment.media_type, content)


def remove(work: Work, subject_id: UUID, attachment_id: UUID, reason: str) -> Attachment:
    """Take a file out of the list; that it was there, and why it went, stays on record.

    :raises InvalidError: without a reason.
    :raises NotFoundError: when the subject has no such file.
    :raises ConflictError: when somebody removed it at the same time.
    """
    attachment = _find(work, subject_id, attachment_id)
    told = reason.strip()
    if len(told) < MIN_REASON:
        raise InvalidError("请写明移除附件的理由（不少于4个字）。", fields={"reason": "请写明理由"})
    values = {"removed_at": work.clock.now(), "removed_by": work.actor.user_id, "removal_reason": told[:200]}
    done = work.session.execute(
        update(Attachment)
        .where(
            Attachment.tenant_id == work.tenant_id, Attachment.id == attachment_id, Attachment.removed_at.is_(None)
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        raise ConflictError
    work.session.expire(attachment)
    _note(work, "file_remove", attachment, reason=told[:200])
    return attachment


def sweep(work: Work, awaited: Iterable[str] = ()) -> int:
    """Remove blobs of the tenant that no row names (any more); returns how many. For the periodic duty.

    A removed file's bytes stay for ``REMOVED_FOR``, a bound file's and an export's until it expires, and those
    ``awaited`` by a letter that was not taken up yet.
    """
    kept = select(Attachment.blob).where(
        (Attachment.removed_at.is_(None)) | (Attachment.removed_at > work.clock.now() - REMOVED_FOR)
    )
    used = set(work.session.scalars(kept)) | set(awaited)
    for dossier in work.session.scalars(select(Dossier)):
        used |= {str(piece["blob"]) for piece in dossier.pieces if piece.get("blob")}
        if dossier.blob:
            used.add(dossier.blob)
    for parts, members in work.session.execute(select(CaseExport.parts, CaseExport.members)):
        used |= {*parts, *members}
    return blobs.sweep(work, used)


def pages_of(content: Content) -> int | None:
    """How many pages a PDF has; ``None`` for another format and for a PDF that nobody can count."""
    if content.media_type != "application/pdf":
        return None
    try:
        return min(len(PdfReader(io.BytesIO(content.content)).pages), 32_767)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError):
        return None


def _find(work: Work, subject_id: UUID, attachment_id: UUID) -> Attachment:
    statement = select(Attachment).where(
        Attachment.id == attachment_id, Attachment.subject_id == subject_id, Attachment.removed_at.is_(None)
    )
    found = work.session.scalars(statement).first()
    if found is None:
        raise NotFoundError
    return found


def _weight(work: Work, subject_id: UUID) -> tuple[int, int]:
    row = work.session.execute(
        select(func.count(), func.coalesce(func.sum(Attachment.size), 0)).where(
            Attachment.tenant_id == work.tenant_id,
            Attachment.subject_id == subject_id,
            Attachment.removed_at.is_(None),
        )
    ).one()
    return int(row[0]), int(row[1])


def _note(work: Work, what: str, attachment: Attachment, **more: str) -> None:
    # No name of the file: people give files the names of people.
    record(
        work,
        f"case:{what}",
        subject_type="case",
        subject_id=attachment.subject_id,
        data={
            "file": str(attachment.id),
            "media_type": attachment.media_type,
            "size": attachment.size,
            "sha256": attachment.sha256.hex(),
            **more,
        },
    )


def _refused(sentence: str) -> InvalidError:
    return InvalidError(sentence, fields={"files": sentence})
