"""One form for every row of the case's table: its fields, its source, its document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from access.roles import CASE_ROLES
from cases import conditions, queries, suggestions
from cases.clocks import begun_on
from cases.queries import File
from cases.rules import CLOCKED_PURPOSES
from cases.services import perform, standing
from cases.tasking import of_case, usual_due
from cases.terms import TIMES_TO_ASK
from cases.workflow import CASE_WORKFLOW, STATUS_LABELS, Status
from desk.filing import claim_lines
from desk.forms import read_action, read_version
from desk.handling import result_defaults, task_lines
from desk.presenters import accused_name, rows_for
from desk.widgets import consequences, widgets
from dispatches.kinds import LetterKind
from doorway.attempts import attempt
from doorway.guard import guard, work
from doorway.presenting import lamp
from doorway.words import _
from kernel.errors import ConflictError, ForbiddenError, IllegalTransitionError, InvalidError, NotFoundError
from kernel.workflow import Transition
from tenants import queries as tenants
from tenants import settings
from tenants.routing import Suggestion, suggest

ESCALATE = "escalate"
#: Days that are today more often than not.
TODAY = ("delivered_on", "agreed_on", "withdrawn_on", "review_served_on")


@guard(*CASE_ROLES)
def act_form(number: str, action: str) -> str | Answer:
    """The empty form of an action that the actor may take now; 上报 is a letter and is written as one.

    :raises IllegalTransitionError, ForbiddenError, NotFoundError: when there is no such action for them.
    """
    file = queries.file(work(), number)
    if action == ESCALATE:
        return redirect(url_for("desk.compose", kind=LetterKind.ESCALATION.value, case=number), code=303)
    row = _any_row(action)
    _check_available(file, row)
    return _page(file, row, _defaults(file, row))


@guard(*CASE_ROLES)
def act(number: str, action: str) -> tuple[str, int] | Answer:
    """Take the action. Whatever stands in the way, what was typed comes back with the reason."""
    row = _any_row(action)
    data = read_action(row.fields, request.form)
    try:
        with attempt():
            perform(work(), number, action, data, version=read_version(request.form))
    except InvalidError as error:
        return _page(queries.file(work(), number), row, request.form, errors=error.fields, message=error.message), 422
    except ConflictError as error:
        return _page(queries.file(work(), number), row, request.form, message=error.message), 409
    except IllegalTransitionError as error:
        return _page(queries.file(work(), number), row, request.form, message=error.message, gone=True), 409
    flash(_("已完成：%(action)s", action=row.label), "success")
    return redirect(_next_place(number), code=303)


def _next_place(number: str) -> str:
    try:
        queries.file(work(), number)
    except NotFoundError:
        # 检举控告: the file has just closed to everybody but the head of the office and the leader.
        flash(_("本件已按检举控告封闭办理，仅负责人和单位领导可见。"), "warning")
        return url_for("desk.home")
    return url_for("desk.case_page", number=number)


def _any_row(action: str) -> Transition[Status]:
    row = next((row for row in CASE_WORKFLOW if row.action == action), None)
    if row is None or row.internal:
        raise NotFoundError
    return row


def _check_available(file: File, row: Transition[Status]) -> None:
    unit = work()
    CASE_WORKFLOW.resolve(row.action, Status(file.case.status), unit.actor.roles)
    now = standing(unit, file.case, file.claims, file.clocks)
    conditions.check(row, now)
    if row not in rows_for(now):
        raise ForbiddenError(_("只有本件的承办人可以执行此操作。"))


def _defaults(file: File, row: Transition[Status]) -> dict[str, str]:
    """What the form may know already: nothing that a person has to decide, and the routing's suggestion."""
    case = file.case
    # 分类分流: the union's routing proposes, a person disposes.
    suggested = suggest(work().session, case.category_code) if "department" in row.fields else Suggestion()
    known = {
        "purpose": case.purpose,
        "category": case.category_code,
        "tier": case.tier,
        "department": case.department_id or suggested.department_id,
        "assignee": case.assignee_id or suggested.handler_id,
        **{name: work().clock.today() for name in TODAY},
        "review_asked_on": case.asked_online_on or _today_in_time(file),
        "receipt": "signed",
        "retaliation": case.retaliation or None,
        "conflict": case.conflict or None,
        "accused": accused_name(work(), case) if "accused" in row.fields else None,
        "task_due": usual_due(work()) if "task_due" in row.fields else None,
    }
    # A suggestion that was taken without JavaScript comes along in the address; the page shows it chosen.
    known |= {name: request.args[name][:40] for name in ("category", "tier") if request.args.get(name)}
    found = {name: str(value) for name, value in known.items() if value is not None and name in row.fields}
    return found | result_defaults(work(), file, row.fields)


def _today_in_time(file: File) -> date | None:
    """Today as the day of asking, while that would be in time; later a person reads the day off the envelope."""
    today, asked = work().clock.today(), [clock for clock in file.clocks if clock.kind in TIMES_TO_ASK]
    return today if asked and today <= asked[-1].due_on else None


def _page(
    file: File,
    row: Transition[Status],
    values: Mapping[str, str],
    *,
    errors: Mapping[str, str] | None = None,
    message: str = "",
    gone: bool = False,
) -> str:
    unit, case = work(), file.case
    categories = {category.code: category.name for category in tenants.categories(unit.session)}
    return render_template(
        "desk/act.html",
        case=case,
        row=row,
        source=_source(row),
        widgets=widgets(unit, row.fields, sealed=file.case.sealed),
        open_tasks=_open_tasks(file) if "open_task" in row.fields else (),
        consequences=consequences(row, file.clocks, clocked=case.purpose in CLOCKED_PURPOSES),
        claims=claim_lines(file.claims, categories),
        status=STATUS_LABELS[Status(case.status)],
        lamp=lamp(
            case.due_on,
            unit.clock.today(),
            begun=begun_on(case),
            bands=settings.of(unit.session).warning_bands,
        ),
        values=values,
        suggested=_suggested(file, row),
        errors=errors or {},
        message=message,
        gone=gone,
    )


def _suggested(file: File, row: Transition[Status]) -> list[suggestions.Suggestion]:
    """At triage: what the matter may be, with reasons; a person takes it with one click or leaves it."""
    if "category" not in row.fields:
        return []
    case = file.case
    places = [party.organisation for party in file.parties if party.organisation]
    claims = [claim.text for claim in file.claims]
    return suggestions.of_case(work(), case.title, case.content, claims, without=places)


def _open_tasks(file: File) -> list[tuple[str, str]]:
    lines = task_lines(work(), [(task, file.case) for task in of_case(work(), file.case.id)])
    return [(str(line.id), f"{line.whom}：{line.asked[:60]}") for line in lines if line.is_open]


def _source(row: Transition[Status]) -> str:
    """The article for people: without the working codes (T4) that the table keeps for developers."""
    return _("依据：%(source)s", source=re.sub(r"（T[^）]*）|、?T\d+|（）", "", row.source))


ROUTES = (
    ("/cases/<number>/do/<action>", act_form, ("GET",)),
    ("/cases/<number>/do/<action>", act, ("POST",)),
)
