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
from calendars.workdays import WorkCalendar
from cases import clocks, fields, issuing, policy
from cases.figures import CaseChanged, figures_of
from cases.models import Case, CaseClock, Claim
from cases.rules import RETALIATION_CATEGORY, ClockKind, Opinion, Purpose, Rating
from cases.workflow import CASE_WORKFLOW, FINAL, Status
from kernel.clock import Clock, china_date
from kernel.errors import ConflictError, ForbiddenError, NotFoundError
from kernel.outbox import enqueue
from kernel.workflow import Transition
from tenants import workdays
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
    if policy.acts_as_assignee_only(work.actor, row.roles) and not work.actor.is_or_stands_in_for(case.assignee_id):
        raise ForbiddenError("只有本件的承办人可以执行此操作。")
    absent = case.assignee_id if case.assignee_id in work.actor.stands_in_for else None
    claims = list(work.session.scalars(select(Claim).where(Claim.case_id == case.id).order_by(Claim.position)))
    running = clocks.of_case(work.session, case.id)
    origin, before = case.status, figures_of(case, running)
    marks = {name: getattr(case, name) for name in ("retaliation", "conflict", "rating") if name in row.fields}
    values = fields.check(fields.Context(work, case, claims), row.fields, data or {})
    rolling = workdays.rolling(work.session)
    work.session.add_all(advance(case, claims, running, row=row, values=values, clock=work.clock, rolling=rolling))
    paper = None
    if row.document is not None:
        paper = issuing.by_step(work, case, row.document, claims=claims, running=running, values=values)
    if "delivered_on" in values:
        issuing.served_by_step(work, case, values)
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
        data={
            "from": origin,
            "to": case.status,
            **({"before": marks} if marks else {}),
            **told(values),
            **(issuing.told(paper) if paper is not None else {}),
            # 代办: the deputy acted, and the file says for whom.
            **({"on_behalf": str(absent)} if absent else {}),
        },
    )
    after = figures_of(case, running)
    if after != before:
        work.bus.publish(work, CaseChanged(before=before, after=after))
    _announce(work, case, action)
    return case


def _lock(work: Work, number: str) -> Case:
    statement = select(Case).where(Case.number == number, policy.visible(work.actor)).with_for_update()
    # Whoever waited for the lock must see what the winner wrote, though this session read the case before.
    case = work.session.scalars(statement, execution_options={"populate_existing": True}).first()
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
    rolling: WorkCalendar | None,
) -> list[CaseClock]:
    """What one row of the table does to the file itself: fields, status, clocks. Returns the clocks that it started.

    It asks nobody and reads nothing, so that the demo federation is made by the same hand as real cases.
    """
    effect = EFFECTS.get(row.action)
    if effect is not None:
        effect(case, claims, values)
    _move(case, row, clock.now())
    if "rating" in values:
        case.rated_at = clock.now()
    case.updated_at = clock.now()
    return _turn_clocks(case, row, running, clock.today(), rolling)


def _move(case: Case, row: Transition[Status], now: datetime) -> None:
    if row.target is None:
        return
    if row.target is Status.HANDLING and case.accepted_at is None:
        case.accepted_at = now
    elif row.target is Status.DECIDED:
        case.decided_at = now
    elif row.target is Status.ESCALATED and case.escalated_at is None:
        case.escalated_at = now
    case.handed_on = china_date(now) if row.target is Status.HANDED_OVER else None
    case.closed_at = now if row.target in FINAL else None
    case.status = row.target.value


def _turn_clocks(
    case: Case, row: Transition[Status], running: list[CaseClock], today: date, rolling: WorkCalendar | None
) -> list[CaseClock]:
    started = []
    for kind in row.stops:
        clocks.stop(running, ClockKind(kind), today, row.label)
    for kind in row.resumes:
        clocks.resume(running, ClockKind(kind))
    for kind in row.starts:
        if (fresh := clocks.start(case, running, ClockKind(kind), today, rolling=rolling)) is not None:
            started.append(fresh)
    if row.target in FINAL:
        for running_clock in running:
            clocks.stop([running_clock], ClockKind(running_clock.kind), today, row.label)
    clocks.carry_deadline(case, running)
    return started


#: 条例 art. 30(3): the timeline of a case is read by more people than may know whom it accuses.
UNTOLD = frozenset({"accused"})


def told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the event keeps them: plain JSON, and of what few may read only whether there is one."""
    told: dict[str, Any] = {}
    for name, value in values.items():
        if name in UNTOLD:
            told[name] = bool(value)
        elif isinstance(value, Category):
            told[name] = value.code
        elif isinstance(value, dict):
            told[name] = {str(key): list(entry) for key, entry in value.items()}
        else:
            told[name] = str(value)
    return told


def _triage(case: Case, claims: list[Claim], values: Mapping[str, Any]) -> None:
    category: Category = values["category"]
    case.purpose, case.tier, case.category_code = values["purpose"], values["tier"], category.code
    # 条例 art. 30(3): a report closes the file to all but two roles, and triage opens none that came closed.
    case.sealed = case.sealed or category.sealed or values["purpose"] == Purpose.REPORT
    _mark(case, values)
    case.retaliation = case.retaliation or category.code == RETALIATION_CATEGORY
    for claim in claims:
        claim.category_code = claim.category_code or category.code


def _flag(case: Case, _claims: list[Claim], values: Mapping[str, Any]) -> None:
    _mark(case, values)
    # The category says it already; only another triage could say otherwise.
    case.retaliation = case.retaliation or case.category_code == RETALIATION_CATEGORY


def _mark(case: Case, values: Mapping[str, Any]) -> None:
    case.retaliation = values.get("retaliation", False)
    case.conflict = values.get("conflict", False)
    case.accused_tenant_id = values.get("accused")


def _rate(case: Case, _claims: list[Claim], values: Mapping[str, Any]) -> None:
    case.rating, case.rated_by_staff = values["rating"], True
    case.dissatisfied += values["rating"] == Rating.DISSATISFIED


def _answer(case: Case, claims: list[Claim], values: Mapping[str, Any]) -> None:
    case.purpose = case.purpose or Purpose.INQUIRY.value
    for claim in claims:
        claim.opinion, claim.finding = "explain", values["reply"]


def _assign(case: Case, _claims: list[Claim], values: Mapping[str, Any]) -> None:
    case.assignee_id = values["assignee"]
    case.department_id = values.get("department")


def _refuse(case: Case, _claims: list[Claim], values: Mapping[str, Any]) -> None:
    case.refusal_code = values["refusal"]


def _decide(_case: Case, claims: list[Claim], values: Mapping[str, Any]) -> None:
    for claim in claims:
        claim.opinion, claim.finding = values["opinions"][claim.position]


def _settle(_case: Case, claims: list[Claim], values: Mapping[str, Any]) -> None:
    outcomes: Mapping[int, tuple[str, str]] = values["outcomes"]
    for claim in claims:
        if claim.opinion is None:
            # Who was asked may report claim by claim; what it left open is answered by the report as a whole.
            claim.opinion, claim.finding = outcomes.get(claim.position, (Opinion.EXPLAIN.value, values["reply"]))


EFFECTS: dict[str, Callable[[Case, list[Claim], Mapping[str, Any]], None]] = {
    "triage": _triage,
    "answer": _answer,
    "accept": _assign,
    "assign": _assign,
    "refuse": _refuse,
    "decide": _decide,
    "flag": _flag,
    "rate": _rate,
    "settle": _settle,
}

#: Actions after which a rule of the union may be true of the case (dispatches/rules.py).
RULED = frozenset({"triage", "flag", "rate"})


def _announce(work: Work, case: Case, action: str) -> None:
    if action in ("accept", "assign") and case.assignee_id is not None:
        enqueue(work.session, "case.assigned", {"case": str(case.id), "user": str(case.assignee_id)})
    if action in RULED:
        enqueue(work.session, "case.ruled", {"case": str(case.id)})


def get(work: Work, case_id: UUID) -> Case:
    """A case by identifier, under the same policy as lists.

    :raises NotFoundError: when it is not there or not the actor's to see.
    """
    case = work.session.scalars(select(Case).where(Case.id == case_id, policy.visible(work.actor))).first()
    if case is None:
        raise NotFoundError
    return case
