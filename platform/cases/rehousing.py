"""A file that closes (检举控告、打击报复) leaves the hands of whoever may not hold it any more (条例 art. 30(3)).

It goes to the head of the office, as one that was closed at triage would have; tasks inside it end with those who may
not see it. Where nobody is left who may hold it, it waits in nobody's hands for the leader to say who does.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm.attributes import flag_modified

from access import queries as accounts
from access.actor import Work
from cases import accused, avoidance, policy, tasking
from cases.handling import CaseAssignment
from cases.models import Case
from cases.workflow import OPEN, Status
from kernel.ids import uuid7
from kernel.outbox import enqueue
from notices.tasks import open_task


def rehouse(work: Work, case: Case) -> dict[str, str]:
    """Give the case to somebody who may hold it, if whoever holds it may not; the words for the act's event.

    The first head of the office by name against whom nothing speaks (回避). Nothing moves while the holder may stay.
    A case at its end moves as well: it may be opened again (复查), and nobody is told before that.
    """
    named = accused.accused_of(work, case.id)
    may = {user.id for user in accounts.holders(work.session, policy.holders_of(sealed=case.sealed))} - named
    if case.sealed:
        seeing = {user.id for user in accounts.holders(work.session, policy.SEE_SEALED)} - named
        tasking.withdraw_from(work, case, seeing, "本件已按检举控告封闭办理，任务自动撤回。")
    if case.assignee_id is None or case.assignee_id in may:
        return {}
    before, after = case.assignee_id, _heir(work, case, named)
    case.assignee_id = after
    flag_modified(case, "updated_at")
    work.session.flush()
    is_open = Status(case.status) in OPEN
    if after is None and is_open:
        open_task(
            work,
            kind="case.unheld",
            title="有检举控告件的承办人不能继续承办，请查看并指定信访部门负责人承办，或者呈报上级工会。",
            link=f"/cases/{case.number}",
            role=accused.desk_of(work, case),
            key=f"unheld:{case.id}",
        )
    if after is None:
        return {"before_assignee": str(before)}
    work.session.add(
        CaseAssignment(
            id=uuid7(),
            case_id=case.id,
            user_id=after,
            kind="assign",
            by_id=work.actor.user_id,
            at=work.clock.now(),
            grounds=[],
        )
    )
    if is_open:
        enqueue(work.session, "case.assigned", {"case": str(case.id), "user": str(after)})
    return {"before_assignee": str(before), "assignee": str(after)}


def _heir(work: Work, case: Case, named: frozenset[UUID]) -> UUID | None:
    for user in accounts.holders(work.session, policy.holders_of(sealed=True)):
        if user.id not in named and user.id != case.avoid_id and not avoidance.grounds(work, case, user.id):
            return user.id
    return None
