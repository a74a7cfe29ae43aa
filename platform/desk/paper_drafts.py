"""文书草稿: one page on which a paper is written, looked at, issued or thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from access import queries as accounts
from access.roles import CASE_ROLES
from cases import issuing, paperwork, policy, queries
from cases.queries import File
from desk.forms import read_version
from desk.letter_files import download
from desk.papers import WRITERS
from desk.printing import draft_sheet
from documents import pdf, templates
from documents.models import DocumentDraft
from documents.templates import MAX_PARAGRAPHS, Body
from doorway.attempts import attempt
from doorway.guard import guard, work
from doorway.words import _
from kernel.errors import ConflictError, IllegalTransitionError, InvalidError


def read_body(form: Mapping[str, str]) -> Body:
    """Paragraphs as typed: ``heading.0``, ``text.0``, ``heading.1`` …"""
    return [
        {"heading": form.get(f"heading.{place}", ""), "text": form.get(f"text.{place}", "")}
        for place in range(MAX_PARAGRAPHS + 2)
        if form.get(f"heading.{place}") or form.get(f"text.{place}")
    ]


@guard(*CASE_ROLES)
def paper_draft(number: str, draft_id: UUID) -> str | Answer:
    """The draft in a form; one that was issued leads to its paper.

    :raises NotFoundError: when the case is not theirs to see or has no such draft.
    """
    draft = issuing.find(work(), number, draft_id)
    if draft.document_id is not None:
        return redirect(url_for("desk.paper", number=number, paper_id=draft.document_id), code=303)
    return _page(queries.file(work(), number), draft)


@guard(*WRITERS)
def paper_edit(number: str, draft_id: UUID) -> tuple[str, int] | Answer:
    """Save what was typed, and issue or throw away where that was asked; what was typed comes back with a refusal."""
    unit, wish = work(), request.form.get("do", "save")
    file, version = queries.file(unit, number), read_version(request.form)
    title, body = request.form.get("title", ""), read_body(request.form)
    try:
        with attempt():
            if wish == "discard":
                issuing.discard(unit, number, draft_id, version=version)
                flash(_("草稿已删除。"), "success")
                return redirect(url_for("desk.paper_list", number=number), code=303)
            draft = issuing.edit(unit, number, draft_id, title, body, version=version)
            if wish == "issue":
                document = issuing.issue_draft(unit, number, draft_id, version=None)
                flash(_("已出具：%(number)s", number=document.number), "success")
                return redirect(url_for("desk.paper", number=number, paper_id=document.id), code=303)
    except InvalidError as error:
        return _again(file, draft_id, error.fields or {"text.0": error.message}, error.message), 422
    except (ConflictError, IllegalTransitionError) as error:
        return _again(file, draft_id, {}, error.message), 409
    flash(_("草稿已保存。"), "success")
    return redirect(url_for("desk.paper_draft", number=number, draft_id=draft.id), code=303)


def _again(file: File, draft_id: UUID, errors: Mapping[str, str], message: str) -> str:
    return _page(file, issuing.find(work(), file.case.number, draft_id), errors=errors, message=message, typed=True)


def _page(
    file: File,
    draft: DocumentDraft,
    *,
    errors: Mapping[str, str] | None = None,
    message: str = "",
    typed: bool = False,
) -> str:
    unit = work()
    kind = paperwork.kind_of(draft.kind)
    body = read_body(request.form) if typed else draft.body
    shown = [*body, {"heading": "", "text": ""}][:MAX_PARAGRAPHS]
    people = accounts.names(unit.session, {draft.updated_by})
    return render_template(
        "desk/draft.html",
        case=file.case,
        draft=draft,
        kind=kind,
        title=request.form.get("title", "") if typed else draft.title,
        paragraphs=shown,
        left=list(dict.fromkeys(templates.fields_in(body))),
        blank=templates.BLANK,
        version=request.form.get("version", "") if typed else draft.version,
        who=people.get(draft.updated_by, "") if draft.updated_by else "",
        may_write=policy.may_attach(unit.actor),
        errors=errors or {},
        message=message,
    )


@guard(*CASE_ROLES)
def draft_preview(number: str, draft_id: UUID) -> Response:
    """The saved draft as it would be printed, marked as a draft.

    :raises NotFoundError: as :func:`paper_draft`.
    """
    draft = issuing.find(work(), number, draft_id)
    made = pdf.render(draft_sheet(draft, queries.file(work(), number).parties))
    return download(f"{draft.title}（草稿）.pdf", "application/pdf", made)


_ONE = "/cases/<number>/papers/drafts/<uuid:draft_id>"
ROUTES = (
    (_ONE, paper_draft, ("GET",)),
    (_ONE, paper_edit, ("POST",)),
    (f"{_ONE}/preview", draft_preview, ("GET",)),
)
