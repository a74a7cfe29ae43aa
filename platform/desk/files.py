"""附件: the files of a case. Added on a page of their own, handed out as downloads, never shown inside a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as Answer

from access import queries as accounts
from access.actor import Work
from access.roles import CASE_ROLES, Role
from cases import attaching, policy, queries
from cases.queries import File
from desk.letter_files import download
from dispatches.disclosure import masked
from documents import attachments
from documents.attachments import Upload
from documents.contents import clean_name
from doorway.attempts import attempt
from doorway.guard import guard, work
from doorway.words import _
from kernel.errors import InvalidError, UnavailableError

ATTACHES = (Role.CLERK, Role.OFFICE_HEAD, Role.HANDLER)


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file as a list shows it."""

    id: UUID
    name: str
    url: str
    size: str
    pages: int | None
    who: str
    at: datetime


def file_lines(file: File) -> list[FileLine]:
    """The files of a case, oldest first."""
    unit = work()
    found = attachments.of_subject(unit, file.case.id)
    people = accounts.names(unit.session, {one.added_by for one in found}) if found else {}
    return [
        FileLine(
            id=one.id,
            name=one.name,
            url=url_for("desk.case_file", number=file.case.number, attachment_id=one.id),
            size=size_words(one.size),
            pages=one.pages,
            who=people.get(one.added_by, "") if one.added_by else _("信访人网上提交"),
            at=one.added_at,
        )
        for one in found
    ]


def size_words(size: int) -> str:
    """``340 KB`` or ``2.1 MB``."""
    return f"{max(1, round(size / 1024))} KB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"


def read_uploads(files: Sequence[FileStorage]) -> tuple[Upload, ...]:
    """What a file field holds; an empty one holds a file without a name."""
    return tuple(Upload(one.filename, one.stream.read()) for one in files if one.filename)


def lost_names(uploads: Sequence[Upload]) -> tuple[str, ...]:
    """Files that must be chosen again: a browser does not give them back."""
    return tuple(clean_name(upload.name) for upload in uploads)


def attach_uploads(number: str, uploads: Sequence[Upload]) -> None:
    """Add files to a case; the people of the case are masked in the files' names.

    :raises InvalidError, ForbiddenError, NotFoundError, UnavailableError: as :func:`cases.attaching.attach`.
    """
    unit = work()
    attaching.attach(unit, number, uploads, veil=masked(unit, queries.file(unit, number).parties))


def attach_first(unit: Work, file: File, uploads: Sequence[Upload]) -> None:
    """Files that come with a registration, whether or not the file is its registrar's to see from now on.

    :raises InvalidError, UnavailableError: as :func:`documents.attachments.attach`.
    """
    attachments.attach(unit, file.case.id, uploads, veil=masked(unit, file.parties))


@guard(*CASE_ROLES)
def case_files(number: str) -> str:
    """The files of one case."""
    return _page(queries.file(work(), number))


@guard(*ATTACHES)
def attach(number: str) -> tuple[str, int] | Answer:
    """Add files, all of them or none; what was wrong is said by name."""
    uploads = read_uploads(request.files.getlist("files"))
    file = queries.file(work(), number)
    problem, status = "", 422
    try:
        if not uploads:
            raise InvalidError(_("请先选择要上传的文件。"))
        with attempt():
            attach_uploads(number, uploads)
    except InvalidError as error:
        problem = error.message
    except UnavailableError as error:
        problem, status = error.message, 503
    if problem:
        return _page(file, errors={"files": problem}, lost=lost_names(uploads)), status
    flash(_("已上传%(count)s个附件。", count=len(uploads)), "success")
    return redirect(url_for("desk.case_files", number=number), code=303)


@guard(*CASE_ROLES)
def case_file(number: str, attachment_id: UUID) -> Response:
    """One file for its reader; that it was opened is on record when the answer leaves.

    :raises NotFoundError: when the case is not theirs to see or has no such file.
    """
    opened = attaching.open_file(work(), number, attachment_id)
    return download(opened.name, opened.media_type, opened.content)


@guard(*ATTACHES)
def remove_file(number: str, attachment_id: UUID) -> tuple[str, int] | Answer:
    """Take a file out of the case, with a reason."""
    reason = request.form.get("reason", "")
    try:
        with attempt():
            attaching.remove(work(), number, attachment_id, reason)
    except InvalidError as error:
        errors = {f"reason-{attachment_id}": error.message}
        return _page(queries.file(work(), number), errors=errors, typed=reason), 422
    flash(_("附件已移除，理由已记录。"), "success")
    return redirect(url_for("desk.case_files", number=number), code=303)


def _page(file: File, *, errors: dict[str, str] | None = None, lost: Sequence[str] = (), typed: str = "") -> str:
    return render_template(
        "desk/files.html",
        case=file.case,
        files=file_lines(file),
        may_attach=policy.may_attach(work().actor),
        most=attachments.MAX_AT_ONCE,
        largest=attachments.MAX_BYTES // 1024 // 1024,
        errors=errors or {},
        lost=lost,
        typed=typed,
    )


ROUTES = (
    ("/cases/<number>/files", case_files, ("GET",)),
    ("/cases/<number>/files", attach, ("POST",)),
    ("/cases/<number>/files/<uuid:attachment_id>", case_file, ("GET",)),
    ("/cases/<number>/files/<uuid:attachment_id>/remove", remove_file, ("POST",)),
)
