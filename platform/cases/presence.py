"""Which of the handling's tables know a case: one statement, so that a page reads only what is there."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, func, select

from access.actor import Work
from cases.handling import CaseAssignment, CaseRating, CaseResult, CaseTask, ClaimResult, FollowUp
from cases.models import Claim
from cases.statements import CaseStatement


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether there are rows; of tasks, how many are open. In the order in which they are asked for."""

    results: bool
    tasks: bool
    ratings: bool
    follow_ups: bool
    assignments: bool
    statements: bool
    dispositions: bool
    open_tasks: int


def of_case(work: Work, case_id: UUID) -> Presence:
    """What there is about a case that the actor sees."""
    tenant = work.tenant_id
    about = [
        exists().where(model.tenant_id == tenant, model.case_id == case_id)
        for model in (CaseResult, CaseTask, CaseRating, FollowUp, CaseAssignment, CaseStatement)
    ]
    disposed = exists().where(
        ClaimResult.tenant_id == tenant,
        ClaimResult.claim_id.in_(select(Claim.id).where(Claim.tenant_id == tenant, Claim.case_id == case_id)),
    )
    waiting = (
        select(func.count())
        .select_from(CaseTask)
        .where(CaseTask.tenant_id == tenant, CaseTask.case_id == case_id, CaseTask.status == "open")
        .scalar_subquery()
    )
    row = tuple(work.session.execute(select(*about, disposed, waiting)).one())
    return Presence(*row)
