"""文书: the papers of a case, drafted, edited, issued, printed and served."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from access.roles import CASE_ROLES, Role
from cases import delivering, identity, issuing, policy, queries
from cases.paperwork import kinds
from cases.queries import File
from cases.workflow import CASE_WORKFLOW
from desk.letter_files import download
from desk.printing import (
    addressed,
    delivery_words,
    mark,
    masked_addressee,
    petitioners,
    proof_sheet,
    sheet_of,
)
from documents import drafts, pdf, serving, word
from documents.contents import clean_name
from documents.layout import spaced_code
from documents.models import Document, Serving
from documents.outcomes import TAKERS
from documents.services import of_subject
from doorway.attempts import attempt
from doorway.guard import guard, work
from doorway.words import _
from kernel.errors import ConflictError, ForbiddenError, IllegalTransitionError, InvalidError
from tenants import codes
from tenants import queries as tenants
from tenants.house import CodeTable

#: The step that serves an opinion and ends the case in one.
CLOSING = "close"
WRITERS = (Role.CLERK, Role.OFFICE_HEAD, Role.HANDLER)
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: Form → (media type, how it is made).
FORMS = {"pdf": ("application/pdf", pdf.render), "docx": (_DOCX, word.render)}


@dataclass(frozen=True, slots=True)
class PaperLine:
    """An issued paper as the list shows it."""

    document: Document
    #: 已送达…, or what became of the last attempt; empty: nobody has tried.
    service: str
    served: bool


@guard(*CASE_ROLES)
def paper_list(number: str) -> str:
    """The papers of one case: issued ones with their service, drafts, and a new one."""
    return _list(queries.file(work(), number))


@guard(*WRITERS)
def paper_begin(number: str) -> tuple[str, int] | Answer:
    """Draft a paper of the chosen kind, filled from the case."""
    kind = request.form.get("kind", "")
    file = queries.file(work(), number)
    if kind not in kinds():
        return _list(file, errors={"kind": _("请选择文书种类。")}), 422
    try:
        with attempt():
            draft = issuing.begin(work(), number, kind)
    except ConflictError as error:
        return _list(file, errors={"kind": error.message}), 409
    return redirect(url_for("desk.paper_draft", number=number, draft_id=draft.id), code=303)


def _list(file: File, *, errors: Mapping[str, str] | None = None) -> str:
    unit, case = work(), file.case
    issued = of_subject(unit.session, case.id)
    attempts = serving.of_documents(unit.session, {paper.id for paper in issued})
    return render_template(
        "desk/papers.html",
        case=case,
        papers=[_line(paper, attempts.get(paper.id, [])) for paper in reversed(issued)],
        drafts=drafts.open_of(unit.session, case.id),
        titles={kind.name: kind.title for kind in kinds().values()},
        kinds=[kind for kind in kinds().values() if kind.free],
        step_kinds=[kind for kind in kinds().values() if not kind.free],
        may_write=policy.may_attach(unit.actor),
        errors=errors or {},
    )


def _line(document: Document, attempts: Sequence[Serving]) -> PaperLine:
    served = serving.served_day(attempts)
    if served is not None:
        return PaperLine(document, _("已送达 %(day)s", day=served.isoformat()), served=True)
    return PaperLine(document, serving.OUTCOMES[attempts[-1].outcome] if attempts else "", served=False)


@guard(*CASE_ROLES)
def paper(number: str, paper_id: UUID) -> str:
    """A document of a case that the actor sees, as it was issued.

    :raises NotFoundError: when the case is not theirs to see or has no such document.
    """
    file = queries.file(work(), number)
    _case, document = issuing.paper(work(), number, paper_id)
    return _page(file, document)


def _page(
    file: File,
    document: Document,
    *,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    message: str = "",
) -> str:
    unit = work()
    own = tenants.get(unit.session, unit.tenant_id)
    ways = codes.choices(unit.session, CodeTable.DELIVERY, delivery_words())
    words = codes.words(unit.session, CodeTable.DELIVERY, delivery_words())
    attempts = serving.of_document(unit.session, document.id)
    step = delivering.step_of(unit, file.case, document)
    return render_template(
        "desk/paper.html",
        case=file.case,
        document=document,
        union=own.name,
        signature=own.seal_text or own.name,
        addressee=masked_addressee(file.parties) if addressed(document) else "",
        named=[party.position for party in petitioners(file.parties) if party.name_sealed]
        if addressed(document)
        else [],
        code=spaced_code(document.code) if document.code else "",
        mark=mark(document.code) if document.code else "",
        attempts=[(one, words.get(one.way, one.way)) for one in attempts],
        outcomes=serving.OUTCOMES,
        receivers=serving.RECEIVERS,
        takers=TAKERS,
        step=_(CASE_WORKFLOW.label(step)) if step else "",
        may_step=step is None or delivering.may_take(unit, file.case, step),
        closing=CLOSING if step == "serve" else "",
        message=message,
        served=serving.served_day(attempts),
        ways=list(ways.items()),
        may_write=policy.may_attach(unit.actor),
        today=unit.clock.today(),
        errors=errors or {},
        typed=typed or {"served_on": unit.clock.today().isoformat(), "outcome": "signed"},
    )


@guard(*CASE_ROLES)
def paper_file(number: str, paper_id: UUID, form: str) -> Response:
    """The paper as PDF or docx, its addressee behind a mask.

    :raises NotFoundError: as :func:`paper`.
    """
    file = queries.file(work(), number)
    _case, document = issuing.paper(work(), number, paper_id)
    media_type, make = FORMS[form]
    return download(file_name(document, form), media_type, make(sheet_of(document, file.parties)))


@guard(*CASE_ROLES)
def paper_named(number: str, paper_id: UUID, form: str) -> Response | tuple[str, int]:
    """The paper with its addressee in clear, once, for a reason that stays on record.

    :raises NotFoundError: as :func:`paper`.
    """
    unit = work()
    file = queries.file(unit, number)
    _case, document = issuing.paper(unit, number, paper_id)
    reason = request.form.get("reason", "")
    names = []
    try:
        with attempt():
            for party in petitioners(file.parties):
                names.append(identity.reveal(unit, number, party.position, reason).name)
            if not names:
                raise InvalidError(_("本件没有登记信访人姓名。"))
    except InvalidError as error:
        return _page(file, document, errors={"reason": error.message}, typed={"reason": reason}), 422
    media_type, make = FORMS[form]
    sheet = sheet_of(document, file.parties, addressee="、".join(filter(None, names)))
    return download(file_name(document, form), media_type, make(sheet))


@guard(*WRITERS)
def paper_serve(number: str, paper_id: UUID) -> tuple[str, int] | Answer:
    """Record how the paper was served."""
    unit, form = work(), request.form
    file = queries.file(unit, number)
    _case, document = issuing.paper(unit, number, paper_id)
    try:
        served_on = date.fromisoformat(form.get("served_on", ""))
    except ValueError:
        problem = {"served_on": _("请填写送达日期。")}
        return _page(file, document, errors=problem, typed=form), 422
    outcome = form.get("outcome", "")
    try:
        with attempt():
            delivering.serve(
                unit,
                number,
                paper_id,
                way=form.get("way", ""),
                served_on=served_on,
                outcome=outcome,
                receiver=(form.get("receiver") or None) if outcome == "agent" else None,
                tracking=form.get("tracking", ""),
                note=form.get("note", ""),
                ways=codes.words(unit.session, CodeTable.DELIVERY, delivery_words()),
            )
    except InvalidError as error:
        return _page(file, document, errors=error.fields, typed=form, message=error.message), 422
    except ForbiddenError as error:
        return _page(file, document, typed=form, message=error.message), 403
    except (ConflictError, IllegalTransitionError) as error:
        return _page(file, document, typed=form, message=error.message), 409
    flash(_("送达情况已登记。"), "success")
    return redirect(url_for("desk.paper", number=number, paper_id=paper_id, _anchor="service"), code=303)


@guard(*CASE_ROLES)
def paper_proof(number: str, paper_id: UUID) -> Response:
    """送达回证 as PDF, filled or to be signed.

    :raises NotFoundError: as :func:`paper`.
    """
    unit = work()
    file = queries.file(unit, number)
    case, document = issuing.paper(unit, number, paper_id)
    attempts = serving.of_document(unit.session, document.id)
    made = pdf.render(proof_sheet(case, document, attempts, file.parties))
    return download(file_name(document, "pdf", suffix=_("送达回证")), "application/pdf", made)


def file_name(document: Document, form: str, *, suffix: str = "") -> str:
    """``信访事项处理意见书 东一工信意〔2026〕000012.pdf``."""
    return clean_name(f"{document.title}{suffix} {document.number}.{form}")


_ONE = "/cases/<number>/papers/<uuid:paper_id>"
ROUTES = (
    ("/cases/<number>/papers", paper_list, ("GET",)),
    ("/cases/<number>/papers", paper_begin, ("POST",)),
    (_ONE, paper, ("GET",)),
    (f"{_ONE}/<any(pdf, docx):form>", paper_file, ("GET",)),
    (f"{_ONE}/<any(pdf, docx):form>", paper_named, ("POST",)),
    (f"{_ONE}/serve", paper_serve, ("POST",)),
    (f"{_ONE}/proof", paper_proof, ("GET",)),
)
