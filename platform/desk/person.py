"""按信访人查找: a person's cases by exact name, telephone or identity number, never in an address or a log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Response, render_template, request

from access import queries as accounts
from access.roles import CASE_ROLES
from cases import identity
from cases.models import Case
from desk.presenters import case_lines, house_of
from doorway.attempts import attempt
from doorway.guard import guard, work
from kernel.errors import InvalidError
from tenants import queries as tenants


@guard(*CASE_ROLES)
def person_form() -> str:
    """The empty form."""
    return _page({}, None)


@guard(*CASE_ROLES)
def person_search() -> Response:
    """What was found. By POST and kept by no browser: a list of somebody's petitions is not left lying about."""
    asked = {name: request.form.get(name) for name in ("name", "phone", "id_number")}
    try:
        with attempt():
            found = identity.find_person(work(), **asked)
    except InvalidError as error:
        return Response(_page(request.form, None, error.fields or {"name": error.message}), 422)
    return Response(_page(request.form, found), headers={"Cache-Control": "no-store"})


def _page(values: Mapping[str, str], found: Sequence[Case] | None, errors: Mapping[str, str] | None = None) -> str:
    unit = work()
    names = {category.code: category.name for category in tenants.categories(unit.session)} if found else {}
    handlers = [case.assignee_id for case in found or ()]
    return render_template(
        "desk/person.html",
        values=values,
        errors=errors or {},
        searched=found is not None,
        lines=case_lines(
            unit.actor,
            found or (),
            unit.clock.today(),
            names=accounts.names(unit.session, handlers),
            categories=names,
            house=house_of(unit, handlers),
        ),
    )


ROUTES = (
    ("/cases/person", person_form, ("GET",)),
    ("/cases/person", person_search, ("POST",)),
)
