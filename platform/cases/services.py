"""The only door through which a case changes its status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from access.actor import Work
from audit.services import record
from cases import beside, clocks, combining, conditions, fields, issuing, joining, policy, tasking
from cases.conditions import Standing
from cases.field_kit import Context
from cases.figures import CaseChanged, figures_of
from cases.models import Case, CaseClock, Claim
from cases.terms import TERMS
from cases.turning import advance
from cases.workflow import CASE_WORKFLOW, OPEN, Status
from kernel.errors import ConflictError, ForbiddenError, NotFoundError
from kernel.outbox import enqueue
from tenants import settings, workdays
from tenants.models import Category
from tenants.reviewing import reviewer_of

#: Days that a union sets where no law gives a number.
SET_BY_UNION = tuple(sorted({term.setting for term in TERMS.values() if term.setting}))
#: Statuses in which it matters where the reviewing body is.
ASKING = frozenset({Status.SERVED, Status.EXECUTING, Status.CLOSED, Status.REVIEWED})


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
    if action in joining.TOGETHER:
        joining.one_at_a_time(work)
    case = lock(work, number)
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
    conditions.check(row, standing(work, case, claims, running))
    origin, before = case.status, figures_of(case, running)
    marks = beside.marks(work, case, claims, row)
    marks |= {name: getattr(case, name) for name in ("retaliation", "conflict", "rating") if name in row.fields}
    context = Context(work, case, claims, running)
    values = fields.check(context, row.fields, data or {})
    combining.check(context, action, values)
    together = joining.TOGETHER.get(action)
    if together is not None:
        # Another file is changed as well; it is locked, told of and counted there.
        values |= together(work, case, claims, running, values)
    values |= beside.first(work, case, claims, row, values)
    house = settings.of(work.session)
    started = advance(
        case,
        claims,
        running,
        row=row,
        values=values,
        clock=work.clock,
        rolling=workdays.rolling(work.session),
        counting=workdays.of(work.session),
        days={name: getattr(house, name) for name in SET_BY_UNION},
    )
    work.session.add_all(started)
    paper = None
    if row.document is not None:
        paper = issuing.by_step(work, case, row.document, claims=claims, running=running, values=values)
    if "delivered_on" in values:
        issuing.served_by_step(work, case, action, values)
    # Even a note raises the version: two people who work on one case must notice each other.
    flag_modified(case, "updated_at")
    try:
        work.session.flush()
    except StaleDataError:
        raise ConflictError from None
    beside.last(work, case, claims, row, values)
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


def standing(
    work: Work,
    case: Case,
    claims: Sequence[Claim] | None = None,
    running: Sequence[CaseClock] | None = None,
    *,
    open_tasks: int | None = None,
) -> Standing:
    """A case as the conditions of the table see it: for acts, and for pages that offer them.

    ``open_tasks`` is told by pages that have counted them.
    """
    outside = None
    if Status(case.status) in ASKING:
        # Whoever the office wrote to by hand has no letter to go on with.
        outside = reviewer_of(work.session, conditions.stage_of(case)) is None
    if open_tasks is None:
        open_tasks = tasking.open_count(work, case.id) if Status(case.status) in OPEN else 0
    return Standing(case, work.actor, work.clock.today(), claims, running, outside, open_tasks)


def lock(work: Work, number: str) -> Case:
    """The case, locked for this transaction and as it is now.

    :raises NotFoundError: when the actor does not see it.
    """
    statement = select(Case).where(Case.number == number, policy.visible(work.actor)).with_for_update()
    # Whoever waited for the lock must see what the winner wrote, though this session read the case before.
    case = work.session.scalars(statement, execution_options={"populate_existing": True}).first()
    if case is None:
        raise NotFoundError
    return case


#: 条例 art. 30(3): the timeline of a case is read by more people than may know whom it accuses. The petitioner's own
#: words stand beside the file (cases.statements), so that the log holds none of them.
UNTOLD = frozenset({"accused", "accused_staff", "own_words", "own_reason", "service_note"})


def told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the event keeps them: plain JSON, and of what few may read only whether there is one."""
    told: dict[str, Any] = {}
    for name, value in values.items():
        if name in UNTOLD:
            told[name] = bool(value)
        elif isinstance(value, Category):
            told[name] = value.code
        elif isinstance(value, Case):
            told[name] = value.number
        elif isinstance(value, tuple):
            told[name] = [str(each) for each in value]
        elif isinstance(value, dict):
            told[name] = {str(key): list(entry) for key, entry in value.items()}
        else:
            told[name] = str(value)
    return told


#: Actions after which a rule of the union may be true of the case (dispatches/rules.py).
RULED = frozenset({"triage", "flag", "rate", "own_rate"})


def _announce(work: Work, case: Case, action: str) -> None:
    if action in ("accept", "take_simple", "assign") and case.assignee_id is not None:
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
