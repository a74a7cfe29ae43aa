"""卷宗: order the whole file as one PDF, see how far it is, take it out."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from access.roles import Role
from archives import dossiers
from cases import queries
from cases.queries import File
from desk.files import size_words
from desk.letter_files import download
from doorway.attempts import attempt
from doorway.guard import guard, work
from doorway.words import _
from kernel.errors import ConflictError, InvalidError

BINDERS = (Role.OFFICE_HEAD, Role.LEADER, Role.HANDLER)


@guard(*BINDERS)
def dossier(number: str) -> str:
    """What the actor ordered, and the form for a new order."""
    return _page(queries.file(work(), number))


@guard(*BINDERS)
def dossier_ask(number: str) -> tuple[str, int] | Answer:
    """Order the binding, with a reason that stays on record."""
    reason = request.form.get("reason", "")
    try:
        with attempt():
            dossiers.ask(work(), number, reason)
    except InvalidError as error:
        return _page(queries.file(work(), number), errors=error.fields, reason=reason), 422
    except ConflictError as error:
        return _page(queries.file(work(), number), message=error.message, reason=reason), 409
    flash(_("已开始装订，完成后会通知您。"), "success")
    return redirect(url_for("desk.dossier", number=number), code=303)


@guard(*BINDERS)
def dossier_file(number: str, dossier_id: UUID) -> Response:
    """The bound file for whoever ordered it.

    :raises NotFoundError: when there is none of theirs.
    """
    content = dossiers.open_one(work(), number, dossier_id)
    return download(f"信访卷宗 {number}.pdf", "application/pdf", content)


def _page(file: File, *, errors: dict[str, str] | None = None, message: str = "", reason: str = "") -> str:
    found = dossiers.of_case(work(), file)
    return render_template(
        "desk/dossier.html",
        case=file.case,
        dossiers=[(one, size_words(one.size) if one.size else "") for one in found],
        waiting=any(one.status == "waiting" for one in found),
        errors=errors or {},
        message=message,
        reason=reason,
    )


ROUTES = (
    ("/cases/<number>/dossier", dossier, ("GET",)),
    ("/cases/<number>/dossier", dossier_ask, ("POST",)),
    ("/cases/<number>/dossier/<uuid:dossier_id>", dossier_file, ("GET",)),
)
