"""更正登记: one form for everything of a registered file that may have been written down wrongly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from access.roles import CASE_ROLES
from cases import corrections, queries
from cases.correcting import IDENTITIES, TEXTS, may_reclassify
from cases.identity import shown_name, shown_phone
from cases.models import Party
from cases.queries import File
from cases.rules import PARTY_LABELS, PURPOSE_LABELS, TIER_LABELS, PartyRole
from desk.forms import category_choices, read_version
from doorway.attempts import attempt
from doorway.guard import guard, work
from doorway.words import _
from kernel.errors import ConflictError, ForbiddenError, IllegalTransitionError, InvalidError, NotFoundError
from tenants import queries as tenants
from tenants import settings

FLAGS = ("confidential", "urgent", "sealed")
SORTING = ("purpose", "category", "tier")


@guard(*CASE_ROLES)
def correct_form(number: str) -> str:
    """The form with what stands in the file; identities are typed anew and never shown.

    :raises NotFoundError, ForbiddenError: for a case that is not theirs to see, or not to correct.
    """
    file = queries.file(work(), number)
    if not corrections.may_correct(work().actor, file.case):
        raise ForbiddenError(_("登记内容由登记员、本件承办人或者信访部门负责人在办结以前更正。"))
    case = file.case
    held = {name: getattr(case, name) or "" for name in TEXTS}
    held |= {"purpose": case.purpose or "", "category": case.category_code or "", "tier": case.tier or ""}
    return _page(file, held | {name: "1" for name in FLAGS if getattr(case, name)})


@guard(*CASE_ROLES)
def correct_save(number: str) -> tuple[str, int] | Answer:
    """Correct it; what was typed comes back with whatever stands in the way."""
    file = queries.file(work(), number)
    try:
        with attempt():
            corrections.correct(work(), number, _read(file), version=read_version(request.form))
    except InvalidError as error:
        return _page(queries.file(work(), number), request.form, errors=error.fields, message=error.message), 422
    except (ConflictError, IllegalTransitionError) as error:
        return _page(queries.file(work(), number), request.form, message=error.message, gone=True), 409
    flash(_("已更正登记。"), "success")
    try:
        queries.file(work(), number)
    except NotFoundError:
        flash(_("本件已按检举控告封闭办理，仅负责人和单位领导可见。"), "warning")
        return redirect(url_for("desk.home"), code=303)
    return redirect(url_for("desk.case_page", number=number), code=303)


def _read(file: File) -> dict[str, Any]:
    form = request.form
    names = (*TEXTS, *SORTING, "claim", "new_name", "new_phone", "reason")
    data: dict[str, Any] = {name: form[name] for name in names if name in form}
    data |= {name: bool(form.get(name)) for name in FLAGS}
    parts = (*IDENTITIES, "organisation")
    data["parties"] = {
        party.position: {part: form.get(f"parties.{party.position}.{part}", "") for part in parts}
        for party in file.parties
    }
    return data


def _page(
    file: File,
    values: Mapping[str, str],
    *,
    errors: Mapping[str, str] | None = None,
    message: str = "",
    gone: bool = False,
) -> str:
    unit = work()
    return render_template(
        "desk/correct.html",
        case=file.case,
        values=values,
        errors=errors or {},
        message=message,
        gone=gone,
        people=[_person(party) for party in file.parties],
        sorted=may_reclassify(file.case),
        purposes=[(purpose.value, label) for purpose, label in PURPOSE_LABELS.items()],
        tiers=[(tier.value, label) for tier, label in TIER_LABELS.items()],
        categories=category_choices(tenants.categories(unit.session)),
        decided=file.case.decided_at is not None,
    )


def _person(party: Party) -> dict[str, Any]:
    rule = settings.of(work().session).mask_rule
    masked = [word for word in (shown_name(party, rule), shown_phone(party, rule)) if word]
    return {
        "position": party.position,
        "role": PARTY_LABELS[PartyRole(party.role)],
        "shown": "，".join(masked),
        "is_respondent": party.role == PartyRole.RESPONDENT,
        "organisation": party.organisation or "",
    }


ROUTES = (
    ("/cases/<number>/correct", correct_form, ("GET",)),
    ("/cases/<number>/correct", correct_save, ("POST",)),
)
