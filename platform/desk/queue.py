"""我的待办: what waits for me today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import render_template

from access import queries as accounts
from access.roles import CASE_ROLES, Role
from cases import away, queries, tasking
from cases.bulk import WHO as MAY_GIVE
from cases.policy import may_register
from desk.handling import task_lines as department_lines
from desk.letter_lines import letter_lines
from desk.presenters import address_of, case_lines, house_of
from desk.tasks import ON_DESK, task_lines
from desk.views import view_links
from dispatches import queries as letters
from dispatches.policy import mentioned
from doorway.guard import guard, work
from doorway.presenting import china_day
from doorway.words import _
from notices.models import Notice, Task
from notices.services import newest
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
    tasks = open_for(unit.session, unit.actor, limit=ON_DESK + 1, but=mentioned(unit.actor, Task.link))
    notices, unread = newest(unit.session, unit.actor, limit=NOTICES, but=mentioned(unit.actor, Notice.link))
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
        notices=notices,
        unread=unread,
        may_register=may_register(unit.actor),
        views=view_links(unit, {}),
        absences=_absences(),
        keeps_absences=unit.actor.holds(Role.OFFICE_HEAD),
    )


@dataclass(frozen=True, slots=True)
class AbsenceLine:
    """One absence on the desk, in words, with what waits meanwhile and where it is handed over."""

    words: str
    now: bool
    open: int
    due: int
    open_url: str
    due_url: str
    #: The bulk hand-over; empty for whoever may not give cases to others, or when there is nothing to give.
    give_url: str


def _absences() -> list[AbsenceLine]:
    unit = work()
    today, me = unit.clock.today(), unit.actor.user_id
    lines = []
    for each in away.people(unit):
        now = each.from_on <= today
        days = {
            "name": each.name,
            "deputy": each.deputy,
            "first": china_day(each.from_on),
            "last": china_day(each.until_on),
        }
        if each.user_id == me:
            words = _("您%(first)s至%(last)s外出，期间由%(deputy)s代办。", **days)
        elif each.deputy_id == me and now:
            words = _("您正在代%(name)s办理，到%(last)s。", **days)
        elif each.deputy_id == me:
            words = _("您将在%(first)s至%(last)s代%(name)s办理。", **days)
        elif now:
            words = _("%(name)s外出至%(last)s，期间由%(deputy)s代办。", **days)
        else:
            words = _("%(name)s将在%(first)s至%(last)s外出，期间由%(deputy)s代办。", **days)
        held = {"open_only": "1", "assignee": str(each.user_id)}
        before = {**held, "due_to": each.until_on.isoformat()}
        may_give = bool(unit.actor.roles & MAY_GIVE) and each.open
        lines.append(
            AbsenceLine(
                words,
                now,
                each.open,
                each.due,
                address_of("desk.case_list", held),
                address_of("desk.case_list", before),
                address_of("desk.bulk_form", before if each.due else held) if may_give else "",
            )
        )
    return lines


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
