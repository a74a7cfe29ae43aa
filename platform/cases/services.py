"""The only door through which a case changes its status."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from access.actor import Work
from audit.services import record
from cases import clocks, fields, policy
from cases.figures import CaseChanged, figures_of
from cases.models import Case, CaseClock, Claim
from cases.papers import TEMPLATES, Facts
from cases.rules import ClockKind, Purpose
from cases.workflow import CASE_WORKFLOW, FINAL, Status
from documents.services import issue
from kernel.clock import Clock
from kernel.errors import ConflictError, ForbiddenError, NotFoundError
from kernel.outbox import enqueue
from kernel.workflow import Transition
from tenants import queries as tenants
from tenants.models import Category


def perform(
    work: Work,
    number: str,
    action: str,
    data: Mapping[str, Any] | None = None,
    *,
    version: int | None = None,
    internal: bool = False,
) -> Case:
    """Carry out one row of the table on one case: fields, clocks, status, document, event, figures, notice.

    ``version`` is the version that the actor saw; ``internal`` is set by packages that own internal rows (letters).

    :raises NotFoundError: when the actor does not see the case.
    :raises ConflictError: when somebody changed the case since ``version``; nothing is written.
    :raises IllegalTransitionError: when the row does not exist in the present status.
    :raises ForbiddenError: when the actor may not, or is not the case's own handler.
    :raises InvalidError: with one sentence a field.
    """
    case = _lock(work, number)
    if version is not None and version != case.version:
        raise ConflictError
    row = CASE_WORKFLOW.resolve(action, Status(case.status), work.actor.roles)
    if row.internal and not internal:
        raise ForbiddenError
    if policy.acts_as_assignee_only(work.actor, row.roles) and case.assignee_id != work.actor.user_id:
        raise ForbiddenError("只有本件的承办人可以执行此操作。")
    claims = list(work.session.scalars(select(Claim).where(Claim.case_id == case.id).order_by(Claim.position)))
    running = clocks.of_case(work.session, case.id)
    origin, before = case.status, figures_of(case, running)
    values = fields.check(fields.Context(work, case, claims), row.fields, data or {})
    work.session.add_all(advance(case, claims, running, row=row, values=values, clock=work.clock))
    if row.document is not None:
        _issue(work, case, kind=row.document, claims=claims, running=running, values=values)
    # Even a note raises the version: two people who work on one case must notice each other.
    flag_modified(case, "updated_at")
    try:
        work.session.flush()
    except StaleDataError:
        raise ConflictError from None
    record(
        work,
        f"case:{action}",
        subject_type="case",
        subject_id=case.id,
        data={"from": origin, "to": case.status, **told(values)},
    )
    after = figures_of(case, running)
    if after != before:
        work.bus.publish(work, CaseChanged(before=before, after=after))
    _announce(work, case, action)
    return case


def _lock(work: Work, number: str) -> Case:
    statement = select(Case).where(Case.number == number, policy.visible(work.actor)).with_for_update()
    case = work.session.scalars(statement).first()
    if case is None:
        raise NotFoundError
    return case


def advance(
    case: Case,
    claims: list[Claim],
    running: list[CaseClock],
    *,
    row: Transition[Status],
    values: Mapping[str, Any],
    clock: Clock,
) -> list[CaseClock]:
    """What one row of the table does to the file itself: fields, status, clocks. Returns the clocks that it started.

    It asks nobody and reads nothing, so that the demo federation is made by the same hand as real cases.
    """
    effect = EFFECTS.get(row.action)
    if effect is not None:
        effect(case, claims, values)
    _move(case, row, clock.now())
    case.updated_at = clock.now()
    return _turn_clocks(case, row, running, clock.today())


def _move(case: Case, row: Transition[Status], now: datetime) -> None:
    if row.target is None:
        return
    if row.target is Status.HANDLING and case.accepted_at is None:
        case.accepted_at = now
    elif row.target is Status.DECIDED:
        case.decided_at = now
    elif row.target is Status.ESCALATED and case.escalated_at is None:
        case.escalated_at = now
    if row.target in FINAL:
        case.closed_at = now
    case.status = row.target.value


def _turn_clocks(case: Case, row: Transition[Status], running: list[CaseClock], today: date) -> list[CaseClock]:
    started = []
    for kind in row.stops:
        clocks.stop(running, ClockKind(kind), today, row.label)
    for kind in row.starts:
        fresh = clocks.start(case, running, ClockKind(kind), today)
        if fresh is not None:
            started.append(fresh)
    if row.target in FINAL:
        for running_clock in running:
            clocks.stop([running_clock], ClockKind(running_clock.kind), today, row.label)
    clocks.carry_deadline(case, running)
    return started


def _issue(
    work: Work,
    case: Case,
    *,
    kind: str,
    claims: list[Claim],
    running: list[CaseClock],
    values: dict[str, Any],
) -> None:
    title, prefix, words = TEMPLATES[kind]
    own = tenants.get(work.session, work.tenant_id)
    above = tenants.parent(work.session, work.tenant_id)
    facts = Facts(
        case=case,
        claims=claims,
        clocks=running,
        union_name=own.name,
        superior_name=above.name if above else None,
        today=work.clock.today(),
        data=values,
    )
    issue(
        work,
        subject_id=case.id,
        kind=kind,
        code=f"{own.code}{prefix}",
        title=title,
        body=words(facts),
        issued_on=facts.today,
    )


def told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the event keeps them: plain JSON."""
    told: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Category):
            told[name] = value.code
        elif isinstance(value, dict):
            told[name] = {str(key): list(entry) for key, entry in value.items()}
        else:
            told[name] = str(value)
    return told


def _triage(case: Case, claims: list[Claim], values: Mapping[str, Any]) -> None:
    category: Category = values["category"]
    case.purpose, case.tier, case.category_code = values["purpose"], values["tier"], category.code
    # 条例 art. 30(3): material of a report never reaches the accused, so the file closes to all but two roles.
    case.sealed = category.sealed or values["purpose"] == Purpose.REPORT
    for claim in claims:
        claim.category_code = claim.category_code or category.code


def _answer(case: Case, claims: list[Claim], values: Mapping[str, Any]) -> None:
    case.purpose = case.purpose or Purpose.INQUIRY.value
    for claim in claims:
        claim.opinion, claim.finding = "explain", values["reply"]


def _assign(case: Case, _claims: list[Claim], values: Mapping[str, Any]) -> None:
    case.assignee_id = values["assignee"]


def _refuse(case: Case, _claims: list[Claim], values: Mapping[str, Any]) -> None:
    case.refusal_code = values["refusal"]


def _decide(_case: Case, claims: list[Claim], values: Mapping[str, Any]) -> None:
    for claim in claims:
        claim.opinion, claim.finding = values["opinions"][claim.position]


EFFECTS: dict[str, Callable[[Case, list[Claim], Mapping[str, Any]], None]] = {
    "triage": _triage,
    "answer": _answer,
    "accept": _assign,
    "assign": _assign,
    "refuse": _refuse,
    "decide": _decide,
}


def _announce(work: Work, case: Case, action: str) -> None:
    if action in ("accept", "assign") and case.assignee_id is not None:
        enqueue(work.session, "case.assigned", {"case": str(case.id), "user": str(case.assignee_id)})


def get(work: Work, case_id: UUID) -> Case:
    """A case by identifier, under the same policy as lists.

    :raises NotFoundError: when it is not there or not the actor's to see.
    """
    case = work.session.scalars(select(Case).where(Case.id == case_id, policy.visible(work.actor))).first()
    if case is None:
        raise NotFoundError
    return case
