"""认定重复: the cases around one that may repeat it, and a person's decision on the case page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from access.roles import CASE_ROLES
from cases import repeats
from cases.models import Case, Party
from cases.policy import may_register
from cases.workflow import Status
from desk.forms import read_version
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
    may_decide: bool


def around(case: Case, parties: Sequence[Party]) -> Around:
    """The decision that stands, and where none does, what may be one."""
    unit = work()
    first, repetitions = repeats.around(unit, case)
    known = {row.id for row in repetitions}
    # Looked for while somebody decides where the case goes; later it would only cost every reader of the page time.
    wanted = case.repeat_of_id is None and Status(case.status) in (Status.REGISTERED, Status.TRIAGED)
    found = repeats.likely_of(unit, case, parties) if wanted else []
    return Around(first, repetitions, [one for one in found if one.case.id not in known], may_register(unit.actor))


@guard(*CASE_ROLES)
def link_repeat(number: str) -> Answer:
    """Say that this case repeats another one, or take that back."""
    unit = work()
    of, version = request.form.get("of", "").strip(), read_version(request.form)
    try:
        with attempt():
            if of:
                repeats.link(unit, number, of, version=version)
            else:
                repeats.unlink(unit, number, version=version)
        flash(_("已认定为重复反映。") if of else _("已取消重复认定。"), "good")
    except InvalidError as error:
        flash(error.message, "warning")
    return redirect(url_for("desk.case_page", number=number, _anchor="repeats"), code=303)


ROUTES = (("/cases/<number>/repeat", link_repeat, ("POST",)),)
