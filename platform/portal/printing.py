"""A paper on its way to the petitioner's telephone: as it was issued, with its verification mark."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, url_for

from access.actor import Work
from cases.identity import shown_name
from cases.models import Case
from cases.queries import file
from cases.rules import PartyRole
from documents.layout import Sheet
from documents.models import Document
from doorway.words import _
from portal.marks import outside
from tenants import queries as tenants
from tenants import settings


def sheet_of(work: Work, case: Case, document: Document) -> Sheet:
    """The sheet; its addressee stands behind the mask, because a code is no proof of a person."""
    own = tenants.get(work.session, work.tenant_id)
    rule = settings.of(work.session).mask_rule
    people = [party for party in file(work, case.number).parties if party.role == PartyRole.PETITIONER]
    names = "、".join(filter(None, (shown_name(party, rule) for party in people))) or _("信访人")
    speaks = any("您" in str(part.get("text") or "") for part in document.body)
    return Sheet(
        title=document.title,
        paragraphs=document.body,
        number=document.number,
        addressee=names if speaks else "",
        signature=own.seal_text or own.name,
        issued_on=document.issued_on,
        code=document.code or "",
        verify_url=outside(url_for("portal.verify", code=document.code)) if document.code else "",
    )


def download(name: str, content: bytes) -> Response:
    """The file for saving; never shown inside a page."""
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer
