"""批量改派: cases ticked in the list (or all that its filters find) go to one handler, after one look at each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from access import absence
from access import queries as accounts
from access.actor import Actor
from cases import bulk
from cases.bulk import Giving, Look
from cases.clocks import begun_on
from cases.filters import read
from cases.models import Case
from cases.policy import HOLDERS
from cases.workflow import STATUS_LABELS, Status
from doorway.attempts import attempt
from doorway.guard import guard, work
from doorway.presenting import Lamp, lamp
from doorway.words import _
from kernel.errors import ConflictError, InvalidError
from tenants import departments, settings

_EMPTY: Mapping[str, str] = {"assignee": "", "department": bulk.KEEP, "reason": ""}


@dataclass(frozen=True, slots=True)
class Line:
    """One of the chosen cases, and what stands in its way."""

    number: str
    title: str
    status: str
    assignee: str
    lamp: Lamp | None
    version: int
    problem: str
    changed: bool


def may_give(actor: Actor) -> bool:
    """Whether the list offers it; the service decides."""
    return actor.holds(*bulk.WHO)


@guard(*bulk.WHO)
def bulk_form() -> tuple[str, int] | str:
    """All cases of the address's filters, with the fields to fill in once."""
    unit = work()
    wanted, unread = read(request.args)
    try:
        if unread:
            raise InvalidError(_("筛选条件不正确，请回到列表重新查询。"))
        cases = bulk.matching(unit, wanted)
    except InvalidError as error:
        return _page([], _EMPTY, error.fields, error.message), 422
    return _page(_lines([Look(case) for case in cases]), _EMPTY)


@guard(*bulk.WHO)
def bulk_check() -> tuple[str, int] | str:
    """The chosen cases with the fields; once these are filled in, what stands in the way of each case."""
    unit, form, do = work(), request.form, request.form.get("do")
    values = form if do in ("check", "edit") else _EMPTY
    try:
        cases = bulk.chosen(unit, form.getlist("number"))
    except InvalidError as error:
        return _page([], values, error.fields, error.message), 422
    looks = [Look(case) for case in cases]
    if do != "check":
        return _page(_lines(looks), values)
    try:
        give = bulk.giving(unit, *_fields(form))
    except InvalidError as error:
        return _page(_lines(looks), values, error.fields), 422
    return _confirm(bulk.look(unit, cases, give), give)


@guard(*bulk.WHO)
def bulk_assign() -> tuple[str, int] | Answer:
    """Carry out what was confirmed, all of it or nothing."""
    unit, form = work(), request.form
    picks = [pick.partition(":") for pick in form.getlist("pick")]
    versions = {number: int(version) for version, _colon, number in picks if version.isdecimal() and number}
    try:
        give = bulk.giving(unit, *_fields(form))
    except InvalidError as error:
        cases = bulk.chosen(unit, list(versions))
        return _page(_lines([Look(case) for case in cases]), form, error.fields), 422
    changed: Sequence[str] = ()
    try:
        with attempt():
            done = bulk.assign(unit, versions, give)
    except bulk.ChangedError as error:
        changed, message = error.numbers, error.message
    except ConflictError as error:
        message = error.message
    except InvalidError as error:
        message = error.message
    else:
        flash(_("已将%(count)s件改派给%(name)s。", count=len(done), name=give.user.display_name), "success")
        return redirect(url_for("desk.case_list", assignee=give.user.id, open_only=1), code=303)
    if not versions:
        return _page([], form, {}, message), 422
    # What the attempt had read is as old as the page: the look is taken again.
    unit.session.expire_all()
    give = bulk.giving(unit, *_fields(form))
    looks = bulk.look(unit, bulk.chosen(unit, list(versions)), give)
    return _confirm(looks, give, message=message, changed=changed), 409


def _fields(form: Mapping[str, str]) -> tuple[str, str, str]:
    return form.get("assignee", ""), form.get("department", bulk.KEEP), form.get("reason", "")


def _confirm(looks: Sequence[Look], give: Giving, *, message: str = "", changed: Sequence[str] = ()) -> str:
    unit = work()
    places = departments.names_of(unit.session)
    away = absence.on(unit.session, unit.clock.today(), {give.user.id}).get(give.user.id)
    lines = _lines(looks, changed)
    return render_template(
        "desk/bulk_confirm.html",
        ready=[line for line in lines if not line.problem],
        barred=[line for line in lines if line.problem],
        give=give,
        department=next((name for key, name in places.items() if str(key) == give.department), ""),
        keep=bulk.KEEP,
        away=away,
        message=message,
    )


def _page(
    lines: Sequence[Line], values: Mapping[str, str], errors: Mapping[str, str] | None = None, message: str = ""
) -> str:
    unit = work()
    places = [(place.id, place.name) for place in departments.active(unit.session)]
    return render_template(
        "desk/bulk.html",
        lines=lines,
        values=values,
        people=[(user.id, user.display_name) for user in accounts.holders(unit.session, HOLDERS)],
        departments=[(bulk.KEEP, _("保持各件现在的部门")), *places],
        errors=errors or {},
        message=message,
        most=bulk.MOST,
    )


def _lines(looks: Sequence[Look], changed: Sequence[str] = ()) -> list[Line]:
    unit = work()
    names = accounts.names(unit.session, (each.case.assignee_id for each in looks))
    bands, today = settings.of(unit.session).warning_bands, unit.clock.today()

    def line(case: Case, problem: str) -> Line:
        return Line(
            case.number,
            case.title,
            STATUS_LABELS[Status(case.status)],
            names.get(case.assignee_id, "—") if case.assignee_id else "—",
            lamp(case.due_on, today, begun=begun_on(case), bands=bands),
            case.version,
            problem,
            case.number in changed,
        )

    return [line(each.case, each.problem) for each in looks]


ROUTES = (
    ("/cases/assign", bulk_form, ("GET",)),
    ("/cases/assign", bulk_check, ("POST",)),
    ("/cases/assign/confirm", bulk_assign, ("POST",)),
)
