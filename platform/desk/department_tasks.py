"""部门任务: what other departments are asked inside a case, on their own desk; and 回访 after closing."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from access.roles import CASE_ROLES, Role
from cases import follow_ups, queries, tasking
from cases.handling_rules import CONTENT
from desk import addressing
from desk.handling import follow_line, task_lines
from doorway.attempts import attempt
from doorway.guard import guard, work
from doorway.words import _
from kernel.errors import ConflictError, InvalidError, NotFoundError
from tenants.standing import Relation

PAGE = 100


@guard(*CASE_ROLES)
def department_tasks() -> str:
    """Mine and my department's open tasks; below them those of every case that I see."""
    unit = work()
    mine = task_lines(unit, tasking.waiting(unit, limit=PAGE))
    own = {line.id for line in mine}
    others = task_lines(unit, tasking.open_ones(unit, limit=PAGE), sees_case=True)
    return render_template(
        "desk/department_tasks.html", mine=mine, others=[line for line in others if line.id not in own], most=PAGE
    )


@guard(*CASE_ROLES)
def department_task(case_task_id: UUID) -> str:
    """What is asked, and the field for the answer."""
    return _task_page(case_task_id)


@guard(*CASE_ROLES)
def answer_task(case_task_id: UUID) -> tuple[str, int] | Answer:
    """Answer a task; without words the page comes back with what was typed."""
    words = request.form.get("answer", "")
    try:
        with attempt():
            tasking.answer(work(), case_task_id, words)
    except InvalidError as error:
        return _task_page(case_task_id, words, error.fields), 422
    except ConflictError as error:
        return _task_page(case_task_id, words, {}, error.message), 409
    flash(_("任务已答复，已通知本件的承办人。"), "success")
    return redirect(url_for("desk.department_tasks"), code=303)


def _task_page(task_id: UUID, typed: str = "", errors: Mapping[str, str] | None = None, message: str = "") -> str:
    unit = work()
    task, case = tasking.get(unit, task_id)
    sees_case = _sees(case.number)
    line = task_lines(unit, [(task, case)], sees_case=sees_case)[0]
    return render_template(
        "desk/department_task.html",
        line=line,
        case=case,
        may_answer=line.is_open and tasking.asked_of(unit, task),
        typed=typed,
        errors=errors or {},
        message=message,
    )


def _sees(number: str) -> bool:
    try:
        queries.file(work(), number)
    except NotFoundError:
        return False
    return True


@guard(*CASE_ROLES)
def follow_up(number: str, follow_up_id: UUID) -> str:
    """The form of one follow-up, or what was written down."""
    return _follow_page(number, follow_up_id, {})


@guard(*CASE_ROLES)
def follow_up_done(number: str, follow_up_id: UUID) -> tuple[str, int] | Answer:
    """Write the contact down; what was typed comes back with what is wrong."""
    unit = work()
    try:
        with attempt():
            done = follow_ups.contact(unit, follow_up_id, request.form, number=number)
    except InvalidError as error:
        return _follow_page(number, follow_up_id, request.form, error.fields), 422
    except ConflictError as error:
        return _follow_page(number, follow_up_id, request.form, {}, error.message), 409
    if done.retaliation and not unit.actor.holds(Role.OFFICE_HEAD, Role.LEADER):
        flash(_("已记录，并标注“打击报复”。本件已封闭，仅负责人和单位领导可见，由其向上级工会呈报。"), "warning")
        return redirect(url_for("desk.home"), code=303)
    if done.retaliation:
        flash(_("已记录，并标注“打击报复”。请在下面向上级工会呈报。"), "warning")
        return redirect(url_for("desk.follow_up", number=number, follow_up_id=follow_up_id), code=303)
    flash(_("回访已记录。"), "success")
    return redirect(url_for("desk.case_page", number=number), code=303)


def _follow_page(
    number: str,
    follow_up_id: UUID,
    values: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
    message: str = "",
) -> str:
    unit = work()
    row, case = follow_ups.get(unit, follow_up_id, number=number)
    return render_template(
        "desk/follow_up.html",
        case=case,
        row=row,
        line=follow_line(case, row),
        contents=list(CONTENT.items()),
        values=values,
        errors=errors or {},
        message=message,
        may_ask=bool(unit.actor.roles & follow_ups.ASKERS),
        may_send=unit.actor.holds(Role.OFFICE_HEAD, Role.LEADER) and Relation.UP in addressing.ways(unit),
    )


ROUTES = (
    ("/desk/tasks/", department_tasks, ("GET",)),
    ("/desk/tasks/<uuid:case_task_id>", department_task, ("GET",)),
    ("/desk/tasks/<uuid:case_task_id>", answer_task, ("POST",)),
    ("/cases/<number>/follow-ups/<uuid:follow_up_id>", follow_up, ("GET",)),
    ("/cases/<number>/follow-ups/<uuid:follow_up_id>", follow_up_done, ("POST",)),
)
