"""What a petitioner does on the page of the case: add material, sign for papers, withdraw, ask for 复查."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from access.actor import Work
from cases import own
from cases.models import Case
from cases.queries import file
from dispatches.disclosure import veiled
from documents import pdf, serving
from documents.contents import clean_name
from doorway.guard import public
from doorway.words import _
from kernel.errors import (
    ConflictError,
    IllegalTransitionError,
    InvalidError,
    LianxinError,
    UnavailableError,
)
from portal.door import at_union, at_work, of_thing, take
from portal.landing import Landing
from portal.printing import download, sheet_of
from portal.telling import standing_of
from portal.tokens import visited
from portal.tracking import case_page, expired
from portal.uploads import read_uploads

#: Acts of one case in a quarter of an hour.
PER_CASE = 30
_STATUS: tuple[tuple[type[LianxinError], int], ...] = (
    (InvalidError, 422),
    (ConflictError, 409),
    (IllegalTransitionError, 409),
    (UnavailableError, 503),
)


def add_routes(pages: Blueprint) -> None:
    """Hang the pages of this module on the door's blueprint."""
    post = ["POST"]
    pages.add_url_rule("/portal/<slug>/track/material", "material", public(at_union(material)), methods=post)
    pages.add_url_rule("/portal/<slug>/track/withdraw", "withdraw", public(at_union(withdraw)), methods=post)
    pages.add_url_rule("/portal/<slug>/track/review", "review", public(at_union(review)), methods=post)
    pages.add_url_rule("/portal/<slug>/track/papers/<uuid:paper_id>", "paper", public(at_union(paper)))
    pages.add_url_rule(
        "/portal/<slug>/track/papers/<uuid:paper_id>", "paper_sign", public(at_union(sign)), methods=post
    )


def material(union: Landing) -> Answer:
    """Words, files, or both."""
    words, uploads = request.form.get("words", ""), read_uploads(request.files.getlist("files"))

    def add(unit: Work, case: Case) -> None:
        own.add_material(unit, case.number, words, uploads, veil=veiled(unit, file(unit, case.number)))

    return act(union, "material", add)


def withdraw(union: Landing) -> Answer:
    """Take the matter back; a box says that it is meant."""

    def take_back(unit: Work, case: Case) -> None:
        if not request.form.get("sure"):
            raise InvalidError("", fields={"sure": _("请勾选确认：撤回以后，这件事不再办理。")})
        own.withdraw(unit, case.number, request.form.get("statement", ""))

    return act(union, "withdraw", take_back)


def review(union: Landing) -> Answer:
    """复查 or 复核."""

    def ask(unit: Work, case: Case) -> None:
        own.ask_review(unit, case.number, request.form.get("words", ""))

    return act(union, "review", ask)


def sign(union: Landing, paper_id: UUID) -> Answer:
    """网上送达: signed for, it may be opened; the page then offers the file."""

    def receive(unit: Work, case: Case) -> None:
        own.receive(unit, case.number, paper_id)

    return act(union, "papers", receive)


def paper(union: Landing, paper_id: UUID) -> Answer:
    """A paper that was served, as PDF; one that was not is signed for first.

    :raises NotFoundError: when the case of this visit has no such paper.
    """
    with at_work(union) as unit:
        case = visited(unit, union)
        if case is None:
            return expired(union)
        document = own.paper(unit, case, paper_id)
        if serving.served_day(serving.of_document(unit.session, document.id)) is None:
            return redirect(url_for("portal.track", slug=union.slug, _anchor="papers"), code=303)
        sheet = sheet_of(unit, case, document)
        name = clean_name(f"{document.title}{document.number}.pdf")
    return download(name, pdf.render(sheet))


def act(union: Landing, part: str, do: Callable[[Work, Case], None]) -> Answer:
    """One act in one transaction; refused, the page comes back with what was typed and a sentence."""
    with at_work(union) as unit:
        case = visited(unit, union)
        case_id = str(case.id) if case is not None else ""
    if not case_id:
        return expired(union)
    take(of_thing("portal-act", f"{union.id}:{case_id}", PER_CASE))
    try:
        with at_work(union) as unit:
            case = visited(unit, union)
            if case is None:
                return expired(union)
            do(unit, case)
    except (InvalidError, ConflictError, IllegalTransitionError, UnavailableError) as error:
        return _refused(union, part, error)
    return redirect(url_for("portal.track", slug=union.slug, done=part), code=303)


def _refused(union: Landing, part: str, error: LianxinError) -> Answer:
    status = next(code for kind, code in _STATUS if isinstance(error, kind))
    errors = dict(error.fields) if isinstance(error, InvalidError) and error.fields else {part: error.message}
    with at_work(union) as unit:
        case = visited(unit, union)
        if case is None:
            return expired(union)
        told = standing_of(unit, case)
    return case_page(union, told, errors=errors, values=request.form, open_part=part, status=status)
