"""被反映人: whom a sealed file accuses among the union's own staff, and the form that changes it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from access import queries as accounts
from access.roles import Role
from cases import accused, naming, queries
from cases.queries import File
from desk.forms import read_accounts, read_version
from doorway.attempts import attempt
from doorway.guard import guard, work
from doorway.words import _
from kernel.errors import ConflictError, InvalidError, NotFoundError

WHO = (Role.OFFICE_HEAD, Role.LEADER)


@guard(*WHO)
def accused_form(number: str) -> str:
    """The people of the union with those ticked whom the case accuses.

    :raises NotFoundError: for a case that is not the actor's to see, or that is no report.
    """
    file = _file(number)
    return _page(file, accused.accused_of(work(), file.case.id))


@guard(*WHO)
def accused_save(number: str) -> tuple[str, int] | Answer:
    """Keep the list. Whoever just named themselves is led to their desk: the case is no longer theirs to see."""
    problems: dict[str, str] = {}
    named = read_accounts(request.form, "accused_staff", problems)
    try:
        if problems:
            raise InvalidError("", fields=problems)
        with attempt():
            naming.change(work(), number, named, request.form.get("reason", ""), version=read_version(request.form))
    except InvalidError as error:
        return _page(_file(number), named, error.fields or {"accused_staff": error.message}), 422
    except ConflictError as error:
        return _page(_file(number), named, message=error.message), 409
    flash(_("已更新被反映人。"), "success")
    try:
        queries.file(work(), number)
    except NotFoundError:
        return redirect(url_for("desk.home"), code=303)
    return redirect(url_for("desk.case_page", number=number), code=303)


def _file(number: str) -> File:
    file = queries.file(work(), number)
    if not file.case.sealed:
        raise NotFoundError
    return file


def _page(file: File, named: Collection[UUID], errors: dict[str, str] | None = None, message: str = "") -> str:
    unit = work()
    people = {user.id: user.display_name for user in accused.staff(unit)}
    # Whoever has left since stays on the list until somebody takes them off.
    people |= accounts.names(unit.session, accused.accused_of(unit, file.case.id))
    return render_template(
        "desk/accused.html",
        case=file.case,
        people=sorted(people.items(), key=lambda entry: entry[1]),
        named=named,
        reason=request.form.get("reason", ""),
        errors=errors or {},
        message=message,
    )


ROUTES = (
    ("/cases/<number>/accused", accused_form, ("GET",)),
    ("/cases/<number>/accused", accused_save, ("POST",)),
)
