"""交部门办理: what a department is asked inside a case, by its own day, and how that ends.

A department that is asked sees what is asked of it and the number of the case, not the file; of a sealed case only
those are asked who may see it (``policy.task_visible``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, update

from access import queries as accounts
from access.actor import Work
from access.roles import CASE_ROLES
from audit.services import record
from cases import accused, avoidance, policy
from cases.handling import CaseTask
from cases.handling_rules import AVOIDANCE
from cases.models import Case
from cases.workflow import OPEN
from kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from kernel.ids import uuid7
from notices.services import post
from tenants import departments, workdays

#: [设] Proposed when nobody sets another day.
USUAL_DAYS = 5
LONGEST = 4_000
_OPEN_CASES = tuple(status.value for status in OPEN)


def create(work: Work, case: Case, values: Mapping[str, Any]) -> CaseTask:
    """Ask a department, one of its people, or both; they are told at once.

    :raises InvalidError: for nobody, for somebody who may not see a sealed case, and for whoever has to withdraw.
    """
    department_id, handler_id = values.get("task_department"), values.get("task_handler")
    if department_id is None and handler_id is None:
        _refuse("task_department", "请选择部门或者经办人。")
    if handler_id is not None:
        _check_handler(work, case, handler_id, department_id)
    elif case.sealed:
        _refuse(
            "task_handler",
            "检举控告件不交部门办理，只能指定信访部门负责人或者单位领导（《信访工作条例》第三十条第三款）。",
        )
    if department_id is not None:
        name = departments.get(work, department_id).name
        if avoidance.accuses_department(work, case, department_id):
            _refuse("task_department", f"“{name}”是本件的被反映部门，应当回避（{AVOIDANCE}）。")
    task = CaseTask(
        id=uuid7(),
        case_id=case.id,
        department_id=department_id,
        handler_id=handler_id,
        asked=values["task_asked"],
        asked_on=work.clock.today(),
        due_on=values["task_due"],
        original_due_on=values["task_due"],
        status="open",
        asked_by=work.actor.user_id,
        asked_at=work.clock.now(),
    )
    work.session.add(task)
    work.session.flush()
    _tell(work, task, kind="case.task", title=f"有一项部门任务请于{_day(task)}前办结")
    return task


def _check_handler(work: Work, case: Case, user_id: UUID, department_id: UUID | None) -> None:
    found = avoidance.grounds(work, case, user_id)
    if found:
        _refuse("task_handler", avoidance.sentence(found))
    roles = accounts.roles_of(work.session, user_id)
    if case.sealed and not roles & policy.SEE_SEALED:
        _refuse(
            "task_handler",
            "检举控告件的任务只能交给信访部门负责人或者单位领导（《信访工作条例》第三十条第三款）。",
        )
    if department_id is not None and departments.of_people(work.session).get(user_id) != department_id:
        _refuse("task_handler", "所选经办人不在所选部门，请重新选择。")


def _refuse(field: str, told: str) -> None:
    raise InvalidError(told, fields={field: told})


def answer(work: Work, task_id: UUID, words: str) -> CaseTask:
    """The department's answer ends the task; whoever handles the case is told.

    :raises NotFoundError: when the task is not the actor's to see.
    :raises ForbiddenError: for those who see it and were not asked.
    :raises InvalidError: without an answer.
    :raises ConflictError: when it was answered or withdrawn before.
    """
    task, case = _locked(work, task_id)
    if not asked_of(work, task):
        raise ForbiddenError("这项任务不是交给您或者您所在部门的，不能代为答复。")
    told = words.strip()
    if len(told) < 4:
        _refuse("answer", "请写明办理情况，不少于4个字。")
    if len(told) > LONGEST:
        _refuse("answer", f"办理情况不能超过{LONGEST}个字。")
    _end(work, task, "answered", told)
    _record(work, case, "case:task_answer", task)
    held = case.assignee_id is not None and not case.sealed
    post(
        work.session,
        kind="case.task_answered",
        title="交部门办理的任务有了答复",
        link=f"/cases/{case.number}",
        user_id=case.assignee_id if held else None,
        role=None if held else accused.desk_of(work, case),
    )
    return task


def withdraw(work: Work, task_id: UUID, reason: str) -> CaseTask:
    """Take a task back; whoever was asked is told.

    :raises ConflictError: when it was answered or withdrawn before.
    """
    task, _case = _locked(work, task_id)
    _end(work, task, "withdrawn", reason)
    _tell(work, task, kind="case.task", title="一项部门任务已经撤回，不需要再办理")
    return task


def withdraw_all(work: Work, case: Case, reason: str) -> None:
    """The case ended by a letter or by time: nobody is left with work for it."""
    for task in of_case(work, case.id):
        if task.status == "open":
            withdraw(work, task.id, reason)


def withdraw_from(work: Work, case: Case, seeing: Collection[UUID], reason: str) -> None:
    """The file closed: whoever was asked and is none of ``seeing`` is told that there is nothing to do any more."""
    for task in of_case(work, case.id):
        if task.status == "open" and task.handler_id not in seeing:
            _end(work, task, "withdrawn", reason)
            _tell(work, task, kind="case.task", title="一项部门任务已经撤回，不需要再办理")


def _end(work: Work, task: CaseTask, status: str, words: str) -> None:
    if task.status != "open":
        raise ConflictError("这项任务刚刚已经办结或者撤回，请刷新页面查看。")
    task.status, task.answer = status, words
    task.ended_at, task.ended_by = work.clock.now(), work.actor.user_id
    work.session.flush()


def _locked(work: Work, task_id: UUID) -> tuple[CaseTask, Case]:
    row = work.session.execute(
        _visible(work).where(CaseTask.id == task_id).with_for_update(of=CaseTask),
        execution_options={"populate_existing": True},
    ).first()
    if row is None:
        raise NotFoundError
    return row[0], row[1]


def _visible(work: Work) -> Select[CaseTask, Case]:
    return (
        select(CaseTask, Case)
        .join(Case, (Case.tenant_id == CaseTask.tenant_id) & (Case.id == CaseTask.case_id))
        .where(CaseTask.tenant_id == work.tenant_id, policy.task_visible(work.actor))
    )


def get(work: Work, task_id: UUID) -> tuple[CaseTask, Case]:
    """One task with its case, for those who may see the task; the case itself is another matter.

    :raises NotFoundError: when it is not there or not theirs.
    """
    row = work.session.execute(_visible(work).where(CaseTask.id == task_id)).first()
    if row is None:
        raise NotFoundError
    return row[0], row[1]


def waiting(work: Work, *, limit: int = 50) -> list[tuple[CaseTask, Case]]:
    """Open tasks that were given to the actor or to the actor's department, the earliest day first."""
    statement = _visible(work).where(CaseTask.status == "open", policy.task_given_to(work.actor))
    return _pairs(work, statement, limit)


def open_ones(work: Work, *, limit: int = 100) -> list[tuple[CaseTask, Case]]:
    """Open tasks of all cases that the actor sees, the earliest day first."""
    statement = _visible(work).where(CaseTask.status == "open", policy.visible(work.actor))
    return _pairs(work, statement, limit)


def _pairs(work: Work, statement: Select[CaseTask, Case], limit: int) -> list[tuple[CaseTask, Case]]:
    rows = work.session.execute(statement.order_by(CaseTask.due_on, CaseTask.id).limit(limit)).all()
    return [(row[0], row[1]) for row in rows]


def of_case(work: Work, case_id: UUID) -> Sequence[CaseTask]:
    """Every task of a case that the actor sees, open ones first."""
    return work.session.scalars(
        select(CaseTask)
        .where(CaseTask.case_id == case_id)
        .order_by((CaseTask.status != "open"), CaseTask.due_on, CaseTask.id)
    ).all()


def open_count(work: Work, case_id: UUID) -> int:
    """How many tasks of a case are still open."""
    statement = select(func.count()).select_from(CaseTask).where(CaseTask.tenant_id == work.tenant_id)
    return work.session.scalar(statement.where(CaseTask.case_id == case_id, CaseTask.status == "open")) or 0


def asked_of(work: Work, task: CaseTask) -> bool:
    """Whether the task was given to the actor, to somebody for whom they stand in, or to their department."""
    if work.actor.is_or_stands_in_for(task.handler_id):
        return True
    statement = select(CaseTask.id).where(CaseTask.id == task.id, policy.task_given_to(work.actor))
    return work.session.scalars(statement).first() is not None


def usual_due(work: Work) -> date:
    """The day that a form proposes: five working days ahead."""
    return workdays.of(work.session).add_working_days(work.clock.today(), USUAL_DAYS)


def note_overdue(work: Work, *, limit: int) -> int:
    """Tell about up to ``limit`` tasks whose day has passed, once for each; returns how many."""
    rows = work.session.scalars(
        select(CaseTask)
        .join(Case, (Case.tenant_id == CaseTask.tenant_id) & (Case.id == CaseTask.case_id))
        .where(
            CaseTask.tenant_id == work.tenant_id,
            CaseTask.status == "open",
            CaseTask.due_on < work.clock.today(),
            CaseTask.overdue_noted_on.is_(None),
            Case.status.in_(_OPEN_CASES),
        )
        .order_by(CaseTask.due_on, CaseTask.id)
        .limit(limit)
        .with_for_update(of=CaseTask, skip_locked=True)
    ).all()
    for task in rows:
        _tell(work, task, kind="case.task", title=f"一项部门任务已超过期限（{_day(task)}），请尽快办结")
    if rows:
        work.session.execute(
            update(CaseTask)
            .where(CaseTask.id.in_([task.id for task in rows]))
            .values(overdue_noted_on=work.clock.today())
        )
    return len(rows)


def _tell(work: Work, task: CaseTask, *, kind: str, title: str) -> None:
    """To the person who was asked, else to the department's head, else to everybody in it who works with cases."""
    for user_id in _told_people(work, task):
        post(work.session, kind=kind, title=title, link=f"/desk/tasks/{task.id}", user_id=user_id)


def _told_people(work: Work, task: CaseTask) -> Iterable[UUID]:
    if task.handler_id is not None:
        return (task.handler_id,)
    assert task.department_id is not None
    head = departments.get(work, task.department_id).head_id
    staff = {account.id for account in accounts.holders(work.session, CASE_ROLES)}
    if head in staff and head is not None:
        return (head,)
    return [user.id for user in departments.members(work.session, task.department_id) if user.id in staff]


def _record(work: Work, case: Case, action: str, task: CaseTask) -> None:
    # The answer itself stays on the task: auditors read the log and no case.
    data = {"task": str(task.id), "task_status": task.status, "from": case.status, "to": case.status}
    record(work, action, subject_type="case", subject_id=case.id, data=data)


def _day(task: CaseTask) -> str:
    return f"{task.due_on.month}月{task.due_on.day}日"
