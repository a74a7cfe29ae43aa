"""Change whom a sealed file accuses (被反映人): for the head of the office or the leader, never for the accused."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm.attributes import flag_modified

from access.actor import Work
from audit.services import record
from cases import accused, policy, rehousing
from cases.models import Case
from cases.services import lock
from kernel.errors import ConflictError, ForbiddenError, InvalidError

SHORTEST_REASON = 4


def change(work: Work, number: str, named: Collection[UUID], reason: str, *, version: int | None = None) -> Case:
    """Make ``named`` the accused staff of a sealed file. Nobody takes themselves off: they do not see it.

    The log keeps how many there were and are: auditors read it, and it must not tell them who was accused.

    :raises NotFoundError: when the actor does not see the case, for one because they are accused.
    :raises ForbiddenError: for anybody but the head of the office and the leader.
    :raises InvalidError: for a file that is not sealed, without a reason, and as :func:`accused.problem` says.
    :raises ConflictError: when somebody changed the case since ``version``.
    """
    case = lock(work, number)
    if not policy.may_name_accused(work.actor):
        raise ForbiddenError("被反映人由信访部门负责人或者单位领导标明。")
    if version is not None and version != case.version:
        raise ConflictError
    words, wanted = reason.strip(), frozenset(named)
    if not case.sealed:
        raise InvalidError("只有检举控告件需要标明被反映的工作人员；请先更正登记为检举控告。")
    if len(words) < SHORTEST_REASON:
        raise InvalidError("请写明理由，不少于4个字。", fields={"reason": "请写明理由，不少于4个字。"})
    before = accused.accused_of(work, case.id)
    # Who has left the union since stays on the list; only newcomers are looked at as staff.
    problem = accused.problem(work, wanted - before)
    if not problem and not accused.left(work, wanted):
        problem = accused.nobody_left(work)
    if problem:
        raise InvalidError(problem, fields={"accused_staff": problem})
    for row in accused.rows(work, case.id):
        if row.user_id not in wanted:
            row.ended_at, row.ended_by, row.reason = work.clock.now(), work.actor.user_id, words
    accused.name(work, case, wanted)
    case.updated_at = work.clock.now()
    flag_modified(case, "updated_at")
    work.session.flush()
    moved = rehousing.rehouse(work, case)
    record(
        work,
        "case:accused_staff",
        subject_type="case",
        subject_id=case.id,
        data={
            "from": case.status,
            "to": case.status,
            "before": {"accused_staff": len(before)},
            "accused_staff": len(wanted),
            "reason": words,
            **moved,
        },
    )
    return case
