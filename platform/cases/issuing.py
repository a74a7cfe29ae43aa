"""Issue the papers of a case and record their service, for the steps of the table and for people at the desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from access.actor import Work
from audit.services import record
from cases import paperwork, policy
from cases.combining import SERVICE_FIELDS
from cases.fields import DELIVERIES
from cases.models import Case, CaseClock, Claim
from cases.paper_kit import NOT_YET
from cases.papers import TEMPLATES, TITLES, Facts
from documents import drafts, serving, templates
from documents.models import Document, DocumentDraft, Serving
from documents.services import issue, of_subject
from documents.templates import Body
from kernel.errors import ForbiddenError, IllegalTransitionError, InvalidError, NotFoundError
from tenants import codes
from tenants import queries as tenants
from tenants.house import CodeTable

#: Papers whose service a step of the table records, the newest of them.
SERVED_BY_STEP = ("decision", "review_opinion")
#: The step by which people record the service of such a paper.
SERVED_BY: dict[str, tuple[str, ...]] = {"serve": SERVED_BY_STEP, "employer_received": ("supervision_opinion",)}
#: Papers that are not served on the petitioner.
TO_OTHERS = SERVED_BY["employer_received"]


def by_step(
    work: Work,
    case: Case,
    kind: str,
    *,
    claims: Sequence[Claim],
    running: Sequence[CaseClock],
    values: Mapping[str, Any],
) -> Document:
    """Issue the paper of a step: from the draft that somebody prepared, the union's template, or the plain words.

    :raises InvalidError: when a draft or a template leaves something out that the law wants, or has a blank left.
    """
    title, prefix, words = TEMPLATES[kind]
    facts = paperwork.facts_of(work, case, claims=claims, running=running, data=_worded(work, values))
    draft = next((found for found in drafts.open_of(work.session, case.id) if found.kind == kind), None)
    own = templates.own_of(work.session, kind)
    body: Body = words(facts)
    _refuse_unsaid(body)
    chosen = draft.body if draft is not None else own.body
    if chosen is not None:
        told = paperwork.values(kind, facts)
        parts = {str(part["heading"] or paperwork.OPENING): str(part["text"]) for part in body}
        body = templates.fill(chosen, told)
        drafts.refuse_blanks(body)
        _refuse_gaps(kind, body, parts)
    document = issue(
        work,
        subject_id=case.id,
        kind=kind,
        code=f"{tenants.get(work.session, work.tenant_id).code}{prefix}",
        title=_titled(kind, facts, draft.title if draft is not None else own.title or title),
        body=body,
        issued_on=facts.today,
    )
    if draft is not None:
        drafts.settle(work, draft, document)
    return document


def _titled(kind: str, facts: Facts, title: str) -> str:
    """The title that somebody wrote, or the kind's own said exactly: 复查 or 复核, 转送 or 交办, 听证 or 会商."""
    exact = TITLES.get(kind)
    return exact(facts) if exact is not None and title == TEMPLATES[kind][0] else title


def _worded(work: Work, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values of an act with the union's own word for its 送达方式, which a paper prints."""
    if "delivery" not in values:
        return values
    ways = codes.words(work.session, CodeTable.DELIVERY, DELIVERIES)
    return {**values, "delivery_word": ways[values["delivery"]]}


def _refuse_unsaid(body: Body) -> None:
    unsaid = "、".join(str(part["heading"]) for part in body if part["text"] == NOT_YET)
    if unsaid:
        raise InvalidError(f"文书中的“{unsaid}”还没有内容：请先补齐每项诉求的处理意见，再办理这一步。")


def _refuse_gaps(kind: str, body: Body, parts: Mapping[str, str]) -> None:
    headings = {part["heading"] for part in body}
    text = "\n".join(str(part["text"]) for part in body)
    missing = [
        name
        for name, words in parts.items()
        if name in paperwork.BY_LAW and name not in headings and words not in text
    ]
    if missing:
        names = "、".join(missing)
        raise InvalidError(
            f"《{TEMPLATES[kind][0]}》的草稿里缺少：{names}（《信访工作条例》要求写明）。请在草稿中补上后再办理。"
        )


def told(document: Document) -> dict[str, str]:
    """What the event of a step says about its paper."""
    return {"paper": document.number, "paper_hash": (document.digest or b"").hex()}


def served_by_step(work: Work, case: Case, action: str, values: Mapping[str, Any]) -> Serving | None:
    """Record the proof of service with the step that serves; ``None`` when there is no paper to serve."""
    kinds = SERVED_BY.get(action, SERVED_BY_STEP)
    found = [paper for paper in of_subject(work.session, case.id) if paper.kind in kinds]
    served_on = values["delivered_on"]
    if not found or not isinstance(served_on, date):
        return None
    document = found[-1]
    way, outcome = str(values["delivery"]), str(values["receipt"])
    earlier = [one for one in serving.of_document(work.session, document.id) if one.outcome in serving.SERVED]
    if earlier:
        _refuse_another(earlier[0], way, served_on, outcome)
        return None
    try:
        return serving.serve(
            work,
            document,
            way=way,
            served_on=served_on,
            outcome=outcome,
            receiver="self" if outcome == "signed" and kinds != TO_OTHERS else values.get("receiver"),
            tracking=str(values.get("tracking") or ""),
            note=str(values.get("service_note") or ""),
            told=False,
        )
    except InvalidError as error:
        raise InvalidError(
            error.message, fields={SERVICE_FIELDS[name]: told for name, told in error.fields.items()}
        ) from None


def _refuse_another(served: Serving, way: str, served_on: date, outcome: str) -> None:
    """A paper that was served before its step was taken (earlier releases allowed it) is served on that day."""
    if (served.way, served.served_on, served.outcome) != (way, served_on, outcome):
        sentence = (
            f"这份文书的页面上已经登记于{served.served_on.isoformat()}送达（{serving.OUTCOMES[served.outcome]}）；"
            "请照此填写送达方式、日期和结果。"
        )
        raise InvalidError(sentence, fields={"delivered_on": sentence})


# What people do at the desk.


def begin(work: Work, number: str, kind: str) -> DocumentDraft:
    """Draft a paper of a case, filled from it.

    :raises NotFoundError: when the actor does not see the case, and for an unknown kind.
    :raises ForbiddenError: for roles that only read.
    :raises ConflictError: when there is a draft of this kind already.
    """
    case = _writable(work, number)
    title, body = paperwork.compose(work, case, kind)
    draft = drafts.begin(work, case.id, kind, title, body)
    _note(work, case, "draft_paper", kind=kind)
    return draft


def find(work: Work, number: str, draft_id: UUID) -> DocumentDraft:
    """A draft of a case that the actor sees.

    :raises NotFoundError: when either is not there or not theirs to see.
    """
    return drafts.get(work, _visible(work, number).id, draft_id)


def edit(work: Work, number: str, draft_id: UUID, title: str, body: Body, *, version: int | None) -> DocumentDraft:
    """Change a draft's text.

    :raises NotFoundError, ForbiddenError, ConflictError: as :func:`begin` and :func:`documents.drafts.edit`.
    :raises InvalidError: for a text that cannot be one, and for fields that there are not.
    """
    case = _writable(work, number)
    draft = drafts.get(work, case.id, draft_id, lock=True)
    cleaned_title, cleaned = templates.check(title, body)
    templates.check_fields(cleaned, known=paperwork.known_fields(draft.kind, paperwork.sample(work)))
    drafts.edit(work, draft, cleaned_title, cleaned, version=version)
    return draft


def discard(work: Work, number: str, draft_id: UUID, *, version: int | None) -> None:
    """Throw a draft away.

    :raises NotFoundError, ForbiddenError, ConflictError: as :func:`edit`.
    """
    case = _writable(work, number)
    draft = drafts.get(work, case.id, draft_id, lock=True)
    drafts.discard(work, draft, version=version)
    _note(work, case, "discard_paper", kind=draft.kind)


def issue_draft(work: Work, number: str, draft_id: UUID, *, version: int | None) -> Document:
    """Issue a drafted paper: its number is taken, its text frozen and hashed.

    :raises NotFoundError, ForbiddenError, ConflictError: as :func:`edit`; of two at once one gets the number.
    :raises IllegalTransitionError: for a paper that a step of the table issues.
    :raises InvalidError: while something is still to be filled in.
    """
    case = _writable(work, number)
    draft = drafts.get(work, case.id, draft_id, lock=True)
    kind = paperwork.kind_of(draft.kind)
    if not kind.free:
        raise IllegalTransitionError("这份文书随办理步骤出具：请返回信访件办理相应的步骤，届时自动采用这份草稿。")
    own = tenants.get(work.session, work.tenant_id)
    document = drafts.issue_draft(
        work, draft, code=f"{own.code}{kind.prefix}", issued_on=work.clock.today(), version=version
    )
    _note(work, case, "issue_paper", kind=draft.kind, **told(document))
    return document


def paper(work: Work, number: str, paper_id: UUID) -> tuple[Case, Document]:
    """An issued paper of a case that the actor sees.

    :raises NotFoundError: when either is not there or not theirs to see.
    """
    case = _visible(work, number)
    found = next((paper for paper in of_subject(work.session, case.id) if paper.id == paper_id), None)
    if found is None:
        raise NotFoundError
    return case, found


def served_paper(work: Work, number: str, paper_id: UUID) -> tuple[Case, Document]:
    """A paper whose service the actor may record, its case locked.

    :raises NotFoundError, ForbiddenError: as :func:`begin`.
    """
    _writable(work, number)
    return paper(work, number, paper_id)


def _visible(work: Work, number: str, *, lock: bool = False) -> Case:
    statement = select(Case).where(
        Case.tenant_id == work.tenant_id, Case.number == number, policy.visible(work.actor)
    )
    found = work.session.scalars(statement.with_for_update(of=Case) if lock else statement).first()
    if found is None:
        raise NotFoundError
    return found


def _writable(work: Work, number: str) -> Case:
    case = _visible(work, number, lock=True)
    if not policy.may_attach(work.actor):
        raise ForbiddenError("您的角色只能查看文书，请由登记员、承办人或信访部门负责人起草、出具和送达。")
    return case


def _note(work: Work, case: Case, what: str, **data: str) -> None:
    record(work, f"case:{what}", subject_type="case", subject_id=case.id, data=data)
