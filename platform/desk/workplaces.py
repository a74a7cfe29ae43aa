"""用人单位: the register of employers, its entries, and the names suggested while somebody types."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from access import queries as accounts
from access.roles import CASE_ROLES
from cases import workplaces
from cases.registers import Workplace
from desk.forms import read_version
from desk.presenters import case_lines, house_of
from doorway.attempts import attempt
from doorway.guard import guard, work
from doorway.words import N_, _
from kernel.errors import InvalidError
from tenants import queries as tenants

_ANSWER = {None: "", True: "yes", False: "no"}
CONTEXT_LABELS: dict[str, str] = {
    "has_union": N_("是否建会"),
    "has_collective_contract": N_("是否签订集体合同"),
    "has_congress": N_("是否建立职代会"),
}


@guard(*CASE_ROLES)
def workplace_list() -> str:
    """Workplaces by name, with their open cases, and respondents that are not entered yet."""
    unit = work()
    q, after = request.args.get("q", ""), request.args.get("after", "")
    lines, following = workplaces.page(unit, q=q[:100], after=after[:100])
    return render_template(
        "desk/workplaces.html",
        lines=lines,
        q=q,
        next_url=url_for("desk.workplace_list", q=q, after=following) if following else None,
        first_url=url_for("desk.workplace_list", q=q) if after else None,
        unlisted=workplaces.unlisted(unit) if not (q or after) else [],
        may_keep=unit.actor.holds(*workplaces.KEEPERS),
    )


@guard(*CASE_ROLES)
def workplace_suggest() -> str:
    """Names for the list under a field, while somebody types the name of an employer."""
    typed = request.args.get("parties.1.organisation") or request.args.get("into") or request.args.get("q", "")
    return render_template("desk/_names.html", names=workplaces.suggest(work(), typed[:100]))


@guard(*workplaces.KEEPERS)
def workplace_new() -> str:
    """The empty form; a respondent's name comes along in the address."""
    return _form({"name": request.args.get("name", "")[:100]}, None)


@guard(*workplaces.KEEPERS)
def workplace_create() -> tuple[str, int] | Answer:
    """Enter a workplace."""
    try:
        with attempt():
            place = workplaces.save(work(), request.form)
    except InvalidError as error:
        return _form(request.form, None, error.fields), 422
    flash(_("已登记用人单位。"), "good")
    return redirect(url_for("desk.workplace_page", workplace_id=place.id), code=303)


@guard(*CASE_ROLES)
def workplace_page(workplace_id: UUID) -> str:
    """One workplace with the cases about it that the actor may see."""
    place = workplaces.get(work(), workplace_id)
    return _form(_values(place), place)


@guard(*workplaces.KEEPERS)
def workplace_save(workplace_id: UUID) -> tuple[str, int] | Answer:
    """Change an entry."""
    unit = work()
    try:
        with attempt():
            workplaces.save(unit, request.form, workplace_id, read_version(request.form))
    except InvalidError as error:
        return _form(request.form, workplaces.get(unit, workplace_id), error.fields), 422
    flash(_("已保存。"), "good")
    return redirect(url_for("desk.workplace_page", workplace_id=workplace_id), code=303)


@guard(*workplaces.KEEPERS)
def workplace_merge(workplace_id: UUID) -> tuple[str, int] | Answer:
    """Merge an entry into another one."""
    unit = work()
    place = workplaces.get(unit, workplace_id)
    try:
        with attempt():
            target = workplaces.merge(unit, workplace_id, request.form.get("into", ""))
    except InvalidError as error:
        return _form(_values(place) | {"into": request.form.get("into", "")}, place, error.fields), 422
    flash(_("已合并，原有信访件都归到“%(name)s”。", name=target.name), "good")
    return redirect(url_for("desk.workplace_page", workplace_id=target.id), code=303)


def _values(place: Workplace) -> dict[str, str]:
    return {
        "name": place.name,
        "credit_code": place.credit_code or "",
        "region": place.region or "",
        **{key: _ANSWER[getattr(place, key)] for key in workplaces.CONTEXT},
    }


def _form(values: Mapping[str, str], place: Workplace | None, errors: Mapping[str, str] | None = None) -> str:
    unit = work()
    found = workplaces.cases_of(unit, place.id) if place is not None else []
    names = {category.code: category.name for category in tenants.categories(unit.session)} if found else {}
    handlers = [case.assignee_id for case in found]
    return render_template(
        "desk/workplace.html",
        place=place,
        values=values,
        errors=errors or {},
        context=[(key, _(label)) for key, label in CONTEXT_LABELS.items()],
        answers=[("yes", _("是")), ("no", _("否"))],
        may_keep=unit.actor.holds(*workplaces.KEEPERS),
        lines=case_lines(
            unit.actor,
            found,
            unit.clock.today(),
            names=accounts.names(unit.session, handlers),
            categories=names,
            house=house_of(unit, handlers),
        ),
    )


ROUTES = (
    ("/workplaces/", workplace_list, ("GET",)),
    ("/workplaces/new", workplace_new, ("GET",)),
    ("/workplaces/new", workplace_create, ("POST",)),
    ("/workplaces/names", workplace_suggest, ("GET",)),
    ("/workplaces/<uuid:workplace_id>", workplace_page, ("GET",)),
    ("/workplaces/<uuid:workplace_id>", workplace_save, ("POST",)),
    ("/workplaces/<uuid:workplace_id>/merge", workplace_merge, ("POST",)),
)
