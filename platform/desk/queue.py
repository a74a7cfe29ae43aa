"""我的待办: what waits for me today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import render_template

from access import queries as accounts
from access.roles import CASE_ROLES, Role
from cases import queries, tasking
from cases.policy import may_register
from desk.handling import task_lines as department_lines
from desk.letter_lines import letter_lines
from desk.presenters import address_of, case_lines, house_of
from desk.tasks import ON_DESK, task_lines
from dispatches import queries as letters
from doorway.guard import guard, work
from doorway.words import _
from notices.services import for_actor
from notices.tasks import open_for
from tenants import queries as tenants

#: Longer queues are worked from the list; a desk of 50 lines is a morning's work already.
LINES = 50
NOTICES = 6


@dataclass(frozen=True, slots=True)
class Figure:
    """A number at the top of the desk; it opens its cases. ``note`` says what it is beside."""

    label: str
    value: int
    url: str
    colour: str = ""
    note: str = ""


@guard(*CASE_ROLES)
def home() -> str:
    """My open cases, overdue first, the letters that wait for me, and my figures beside the union's."""
    unit = work()
    today = unit.clock.today()
    cases = queries.todo(unit, limit=LINES)
    tasks = open_for(unit.session, unit.actor, limit=ON_DESK + 1)
    return render_template(
        "desk/home.html",
        today=today,
        figures=_figures(),
        lines=case_lines(
            unit.actor,
            cases,
            today,
            names=accounts.names(unit.session, (case.assignee_id for case in cases)),
            categories={category.code: category.name for category in tenants.categories(unit.session)},
            house=house_of(unit, (case.assignee_id for case in cases)),
        ),
        full=len(cases) == LINES,
        tasks=task_lines(tasks[:ON_DESK], unit.actor, today),
        more_tasks=len(tasks) > ON_DESK,
        department_tasks=department_lines(unit, tasking.waiting(unit, limit=ON_DESK)),
        letters=letter_lines(unit, letters.waiting(unit)),
        notices=for_actor(unit.session, unit.actor, limit=NOTICES),
        may_register=may_register(unit.actor),
    )


def _figures() -> list[Figure]:
    """The union's figures, with the actor's own beside them where the actor handles cases."""
    unit = work()
    today = unit.clock.today()
    ours = queries.counts(unit)
    handles = unit.actor.holds(Role.HANDLER, Role.OFFICE_HEAD)
    sees_all = unit.actor.holds(*(CASE_ROLES - {Role.HANDLER}))
    mine = queries.counts(unit, assignee=unit.actor.user_id) if handles else {}

    def figure(label: str, key: str, colour: str, **address: str) -> Figure:
        if not handles:
            note = _("本单位")
        elif sees_all:
            note = _("本单位，由我承办%(count)d件", count=mine[key])
        else:
            # A handler sees the own cases and those that they were the first to receive, and no others' figures.
            note = _("由我承办%(count)d件，其余为首办", count=mine[key])
        return Figure(label, ours[key], address_of("desk.case_list", address), colour if ours[key] else "", note)

    week = (today + timedelta(days=7)).isoformat()
    return [
        figure(_("已超期"), "overdue", "red", overdue="1"),
        figure(_("七日内到期"), "soon", "amber", open_only="1", due_from=today.isoformat(), due_to=week),
        figure(_("在办"), "open", "", open_only="1"),
    ]


ROUTES = (("/desk/", home, ("GET",)),)
