"""文书: an issued document as a sheet of paper."""

from __future__ import annotations

from uuid import UUID

from flask import render_template

from access.roles import CASE_ROLES
from cases import queries
from documents.services import of_subject
from doorway.guard import guard, work
from kernel.errors import NotFoundError
from tenants import queries as tenants


@guard(*CASE_ROLES)
def paper(number: str, paper_id: UUID) -> str:
    """A document of a case that the actor sees, as it was issued.

    :raises NotFoundError: when the case is not theirs to see or has no such document.
    """
    unit = work()
    case = queries.file(unit, number).case
    document = next((found for found in of_subject(unit.session, case.id) if found.id == paper_id), None)
    if document is None:
        raise NotFoundError
    return render_template(
        "desk/paper.html",
        case=case,
        document=document,
        union=tenants.get(unit.session, unit.tenant_id).name,
    )


ROUTES = (("/cases/<number>/papers/<uuid:paper_id>", paper, ("GET",)),)
