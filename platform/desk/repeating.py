"""认定重复: the cases around one that may repeat it, and a person's decision on the case page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from access.roles import CASE_ROLES
from cases import repeats
from cases.models import Case
from cases.queries import File
from cases.services import perform, standing
from cases.workflow import Status
from desk.forms import read_version
from desk.presenters import rows_for
from doorway.attempts import attempt
from doorway.guard import guard, work
from doorway.words import _
from kernel.errors import InvalidError


@dataclass(frozen=True, slots=True)
class Around:
    """What the case page shows of repetition."""

    first: Case | None
    repetitions: Sequence[Case]
    likely: Sequence[repeats.Likely]
    #: Whether the actor may decide that it repeats another one; whether to take that back.
    may_link: bool
    may_unlink: bool


def around(file: File, linked: Sequence[tuple[str, Case]]) -> Around:
    """The decision that stands, and where none does, what may be one; ``linked`` is :func:`cases.joining.linked`."""
    unit, case = work(), file.case
    first = next((other for kind, other in linked if kind == "first"), None)
    repetitions = [other for kind, other in linked if kind in ("repeat", "again")][:20]
    known = {row.id for row in repetitions}
    # Looked for while somebody decides where the case goes; later it would only cost every reader of the page time.
    wanted = case.first_id is None and Status(case.status) in (Status.REGISTERED, Status.TRIAGED)
    found = [one for one in repeats.likely_of(unit, case, file.parties) if one.case.id not in known] if wanted else []
    rows = rows_for(standing(unit, case, file.claims, file.clocks)) if found else ()
    may_link = any(row.action == "link_first" for row in rows)
    return Around(first, repetitions, found, may_link, first is not None and repeats.may_unlink(unit.actor, case))


@guard(*CASE_ROLES)
def link_repeat(number: str) -> Answer:
    """Say that this case repeats another one, or take that back."""
    unit = work()
    of, reason = (request.form.get(name, "").strip() for name in ("of", "reason"))
    version = read_version(request.form)
    try:
        with attempt():
            if of:
                # The row of the table is the one way to link; what the page found is the reason.
                perform(unit, number, "link_first", {"first_case": of, "reason": reason}, version=version)
            else:
                repeats.unlink(unit, number, version=version)
        flash(_("已认定为重复反映。") if of else _("已取消重复认定。"), "good")
    except InvalidError as error:
        flash("".join(dict.fromkeys(error.fields.values())) or error.message, "warning")
    return redirect(url_for("desk.case_page", number=number, _anchor="repeats"), code=303)


ROUTES = (("/cases/<number>/repeat", link_repeat, ("POST",)),)
