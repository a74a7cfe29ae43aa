"""任务: what nobody could do by itself waits here for a named role until somebody closes it with a word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from access.actor import Actor
from access.roles import CASE_ROLES, LABELS, Role
from dispatches.policy import mentioned
from doorway.attempts import attempt
from doorway.guard import guard, work
from doorway.words import _
from kernel.clock import CHINA
from kernel.errors import ConflictError, InvalidError
from notices.models import Task
from notices.tasks import close_task, count_for, open_for

#: A desk shows the oldest few; the page of tasks shows as many as are worked off in a week.
ON_DESK, ON_PAGE = 5, 100


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task as its role sees it."""

    id: UUID
    title: str
    link: str
    #: Whom it waits for: “您” when it names the reader.
    whom: str
    created_at: datetime
    days: int


def task_lines(tasks: Sequence[Task], actor: Actor, today: date) -> list[TaskLine]:
    """Lines of tasks, in the order given."""
    return [
        TaskLine(
            id=task.id,
            title=task.title,
            link=task.link,
            whom=_("您本人") if task.user_id == actor.user_id else LABELS[Role(task.role)],
            created_at=task.created_at,
            days=(today - task.created_at.astimezone(CHINA).date()).days,
        )
        for task in tasks
    ]


@guard()
def task_list() -> str:
    """Open tasks of the reader's roles, the oldest first."""
    return _page()


@guard()
def task_close(task_id: UUID) -> tuple[str, int] | Answer:
    """Close one task. Without a word the page comes back with what was typed."""
    resolution = request.form.get("resolution", "")
    try:
        with attempt():
            close_task(work(), task_id, resolution, but=mentioned(work().actor, Task.link))
    except InvalidError as error:
        return _page(task_id, resolution, error.message), 422
    except ConflictError as error:
        flash(error.message, "warning")
        return redirect(url_for("desk.task_list"), code=303)
    flash(_("任务已处理完毕。"), "success")
    # From the desk back to the desk, where the next thing waits.
    back = "desk.home" if request.form.get("from") == "desk" and _has_desk() else "desk.task_list"
    return redirect(url_for(back), code=303)


def _has_desk() -> bool:
    return work().actor.holds(*CASE_ROLES)


def _page(wrong: UUID | None = None, typed: str = "", sentence: str = "") -> str:
    unit = work()
    hidden = mentioned(unit.actor, Task.link)
    found = open_for(unit.session, unit.actor, limit=ON_PAGE, but=hidden)
    return render_template(
        "desk/tasks.html",
        lines=task_lines(found, unit.actor, unit.clock.today()),
        total=count_for(unit.session, unit.actor, but=hidden) if len(found) == ON_PAGE else len(found),
        wrong=wrong,
        typed=typed,
        sentence=sentence,
        errors={f"resolution-{wrong}": sentence} if wrong else {},
    )


ROUTES = (
    ("/tasks/", task_list, ("GET",)),
    ("/tasks/<uuid:task_id>", task_close, ("POST",)),
)
