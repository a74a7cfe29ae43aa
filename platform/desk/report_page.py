"""An issued report: what was frozen, whether it still holds, its way upward, its revision and its paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from access import queries as accounts
from desk.letter_files import download
from desk.papers import FORMS
from desk.printing import mark
from desk.report_sheets import sheet_of
from dispatches import queries as letters
from dispatches.kinds import LetterKind
from dispatches.models import Letter
from dispatches.workflow import LETTER_STATUS_LABELS, LetterStatus
from documents.contents import clean_name
from documents.layout import spaced_code
from doorway.attempts import attempt
from doorway.guard import guard, work
from doorway.words import _
from kernel.errors import ConflictError, InvalidError
from reports import content, drafting, figures, gathering, policy, queries, submitting, verifying
from reports.periods import LABELS
from reports.queries import Issued
from reports.tables import Table, told_tables
from tenants import queries as tenants

#: Superiors to choose from: the lines above are short.
ABOVE = 12


@dataclass(frozen=True, slots=True)
class Told:
    """The figures of a report that came with a letter, in words."""

    name: str
    union: str
    number: str
    as_of: str
    tables: tuple[Table, ...]
    holds: bool


def told_of(letter: Letter) -> Told | None:
    """What a letter of the kind report brought or took along as data; ``None`` for one of words only."""
    told = letter.snapshot.get(gathering.SNAPSHOT)
    if not told:
        return None
    return Told(
        told["name"],
        told["union"],
        told["number"],
        content.moment_words(told["as_of"]),
        tuple(told_tables(told)),
        verifying.holds_as_told(told),
    )


@guard(*policy.READERS)
def report_page(report_id: UUID) -> str:
    """What was issued.

    :raises NotFoundError: when there is none.
    """
    return _page(queries.get(work(), report_id))


def _page(
    issued: Issued,
    *,
    errors: Mapping[str, str] | None = None,
    message: str = "",
    typed: Mapping[str, str] | None = None,
) -> str:
    unit, report = work(), issued.report
    shown = figures.fit(report.figures, below=policy.sees_below(unit.actor))
    superiors = _superiors(issued)
    people = accounts.names(unit.session, {report.issued_by})
    return render_template(
        "desk/report.html",
        issued=issued,
        report=report,
        period=issued.period,
        label=LABELS[issued.period.kind],
        parts=content.parts(shown, report.words),
        about=content.as_of_words(shown),
        verdict=verifying.verify(unit, report),
        signature=verifying.readable(report.digest),
        who=people.get(report.issued_by, "") if report.issued_by else "",
        sent=[_sent(letter, status) for letter, status in submitting.submissions(unit, report.id)],
        superiors=superiors,
        newer=gathering.newer(unit, issued.period, shown),
        editions=queries.editions(unit, report),
        may_revise=policy.may_write(unit.actor) and not issued.replaced,
        errors=errors or {},
        message=message,
        typed=typed or {},
    )


def _sent(letter: Letter, status: LetterStatus) -> tuple[Letter, str]:
    return letter, LETTER_STATUS_LABELS[status]


def _superiors(issued: Issued) -> list[tuple[str, str]]:
    """To whom it may go now; nobody while an earlier letter stands, after a revision, and at a root."""
    unit = work()
    dead = (None, LetterStatus.WITHDRAWN, LetterStatus.RETURNED)
    if not policy.may_submit(unit.actor) or issued.replaced or issued.status not in dead:
        return []
    if tenants.parent(unit.session, unit.tenant_id) is None:
        return []
    found = letters.addressees(unit, LetterKind.REPORT, limit=ABOVE)
    return [
        (str(one.tenant.id), one.tenant.name if one.depth == 1 else _("%(name)s（越级）", name=one.tenant.name))
        for one in found
        if one.tenant.status == "active"
    ]


@guard(*policy.READERS)
def report_submit(report_id: UUID) -> tuple[str, int] | Answer:
    """Send it upward; a second press of the button finds that it went."""
    unit, form = work(), request.form
    issued = queries.get(unit, report_id)
    to = form.get("to", "")
    try:
        with attempt():
            if not to.isdecimal() or len(to) > 9:
                sentence = _("请选择报送的上级工会。")
                raise InvalidError(sentence, fields={"to": sentence})
            letter = submitting.submit(
                unit,
                issued.report.id,
                to=int(to),
                note=form.get("note", ""),
                skip_reason=form.get("skip_reason", ""),
            )
    except InvalidError as error:
        message = error.message if not error.fields else ""
        return _page(issued, errors=_own_names(error.fields), message=message, typed=form), 422
    except ConflictError as error:
        return _page(queries.get(unit, report_id), message=error.message, typed=form), 409
    flash(_("%(number)s已发出，等待%(name)s签收。", number=letter.number, name=letter.recipient_name), "success")
    return redirect(url_for("desk.report_page", report_id=report_id), code=303)


def _own_names(fields: Mapping[str, str]) -> dict[str, str]:
    """Fields of a letter by the names that this form gives them."""
    return {"note" if name == "reason" else name: sentence for name, sentence in fields.items()}


@guard(*policy.WRITERS)
def report_revise(report_id: UUID) -> tuple[str, int] | Answer:
    """Begin the next edition, for a reason."""
    unit = work()
    issued = queries.get(unit, report_id)
    try:
        with attempt():
            draft = drafting.revise(unit, issued.report, request.form.get("reason", ""))
    except InvalidError as error:
        return _page(issued, errors=error.fields, typed=request.form), 422
    except ConflictError as error:
        return _page(issued, message=error.message, typed=request.form), 409
    flash(_("已按第%(edition)s版重新汇总数据，请修改后签发。", edition=draft.edition), "success")
    return redirect(url_for("desk.report_draft", report_draft_id=draft.id), code=303)


@guard(*policy.READERS)
def report_print(report_id: UUID) -> str:
    """The paper as a page for the printer.

    :raises NotFoundError: as :func:`report_page`.
    """
    issued = queries.get(work(), report_id)
    sheet = sheet_of(issued)
    return render_template(
        "desk/report_print.html",
        report=issued.report,
        sheet=sheet,
        union=_union(),
        code=spaced_code(sheet.code) if sheet.code else "",
        mark=mark(sheet.code) if sheet.code else "",
    )


@guard(*policy.READERS)
def report_file(report_id: UUID, form: str) -> Response:
    """The paper as PDF or docx.

    :raises NotFoundError: as :func:`report_page`.
    """
    issued = queries.get(work(), report_id)
    media_type, make = FORMS[form]
    name = clean_name(f"{issued.paper.title} {issued.paper.number}.{form}")
    return download(name, media_type, make(sheet_of(issued)))


def _union() -> str:
    return tenants.get(work().session, work().tenant_id).name


_ONE = "/reports/<uuid:report_id>"
ROUTES = (
    (_ONE, report_page, ("GET",)),
    (f"{_ONE}/submit", report_submit, ("POST",)),
    (f"{_ONE}/revise", report_revise, ("POST",)),
    (f"{_ONE}/print", report_print, ("GET",)),
    (f"{_ONE}/<any(pdf, docx):form>", report_file, ("GET",)),
)
