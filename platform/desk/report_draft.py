"""草稿: the words of a report beside its figures of this moment; saved, issued or thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from access import queries as accounts
from desk.forms import read_version
from desk.letter_files import download
from desk.report_sheets import draft_sheet
from documents import pdf
from documents.contents import clean_name
from doorway.attempts import attempt
from doorway.guard import guard, work
from doorway.words import _
from kernel.errors import ConflictError, InvalidError
from reports import content, drafting, figures, issuing, policy, queries
from reports.drafting import period_of
from reports.models import ReportDraft
from reports.periods import LABELS
from reports.sections import MAX_TEXT, SECTIONS


def read_words(form: Mapping[str, str]) -> dict[str, str]:
    """Words of the sections that the form has; a section that the writer does not see is not among them."""
    named = {section.key: f"words.{section.key}" for section in SECTIONS}
    return {key: form[name] for key, name in named.items() if name in form}


@guard(*policy.READERS)
def report_draft(report_draft_id: UUID) -> str:
    """The draft with its figures of now.

    :raises NotFoundError: when there is none, or it was issued or thrown away.
    """
    return _page(queries.draft(work(), report_draft_id))


@guard(*policy.WRITERS)
def report_edit(report_draft_id: UUID) -> tuple[str, int] | Answer:
    """Save what was typed, and issue or throw away where that was asked; what was typed comes back with a refusal."""
    unit, form, wish = work(), request.form, request.form.get("do", "save")
    draft = queries.draft(unit, report_draft_id)
    version, words = read_version(form), read_words(form)
    try:
        with attempt():
            if wish == "discard":
                drafting.discard(unit, draft.id, version=version)
                flash(_("草稿已删除。"), "success")
                return redirect(url_for("desk.report_list"), code=303)
            saved = drafting.edit(unit, draft.id, words, version=version)
            if wish == "issue":
                report = issuing.issue(unit, draft.id, version=saved.version, seen=form.get("seen") or None)
                flash(_("报告已签发，数据已固定。"), "success")
                return redirect(url_for("desk.report_page", report_id=report.id), code=303)
    except InvalidError as error:
        message = error.message if not error.fields else ""
        return _page(_now(draft.id), typed=words, errors=error.fields, message=message), 422
    except ConflictError as error:
        return _page(_now(draft.id), typed=words, message=error.message), 409
    flash(_("草稿已保存。"), "success")
    return redirect(url_for("desk.report_draft", report_draft_id=draft.id), code=303)


def _now(draft_id: UUID) -> ReportDraft:
    """The draft as it is stored, after what was tried was taken back."""
    work().session.expire_all()
    return queries.draft(work(), draft_id)


def _page(
    draft: ReportDraft,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    message: str = "",
) -> str:
    unit, period = work(), period_of(draft)
    counted = figures.compute(unit, period)
    shown = figures.fit(counted, below=policy.sees_below(unit.actor))
    words = {**draft.words, **(typed or {})}
    # 同事保存的文字: beside what was typed wherever the two differ, so that neither is lost.
    others = {
        key: draft.words.get(key, "")
        for key, text in (typed or {}).items()
        if text.replace("\r\n", "\n").strip() != draft.words.get(key, "")
    }
    people = accounts.names(unit.session, {draft.updated_by})
    return render_template(
        "desk/report_draft.html",
        draft=draft,
        period=period,
        label=LABELS[period.kind],
        parts=content.parts(shown, words),
        about=content.as_of_words(shown),
        others=others if message and typed else {},
        not_ready=issuing.ready(unit, counted, period),
        seen=issuing.fingerprint(counted),
        who=people.get(draft.updated_by, "") if draft.updated_by else "",
        longest=MAX_TEXT,
        may_write=policy.may_write(unit.actor),
        may_issue=policy.may_issue(unit.actor),
        errors=errors or {},
        message=message,
    )


@guard(*policy.READERS)
def report_preview(report_draft_id: UUID) -> Response:
    """The saved draft as it would be printed, marked as a draft.

    :raises NotFoundError: as :func:`report_draft`.
    """
    unit = work()
    draft = queries.draft(unit, report_draft_id)
    period = period_of(draft)
    counted = figures.fit(figures.compute(unit, period), below=policy.sees_below(unit.actor))
    made = pdf.render(draft_sheet(draft, period, counted))
    name = clean_name(_("%(label)s（%(period)s）草稿.pdf", label=LABELS[period.kind], period=period.name))
    return download(name, "application/pdf", made)


_ONE = "/reports/drafts/<uuid:report_draft_id>"
ROUTES = (
    (_ONE, report_draft, ("GET",)),
    (_ONE, report_edit, ("POST",)),
    (f"{_ONE}/preview", report_preview, ("GET",)),
)
