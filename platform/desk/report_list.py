"""信访报告: which reports are due, which are being written, which were issued; and the beginning of a new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from access import queries as accounts
from desk.presenters import address_of
from dispatches.workflow import LETTER_STATUS_LABELS
from doorway.attempts import attempt
from doorway.guard import guard, work
from doorway.presenting import Lamp, lamp
from doorway.words import _
from kernel.errors import ConflictError, InvalidError
from reports import deadlines, drafting, policy, queries
from reports.deadlines import STATE_LABELS, Due, State
from reports.drafting import period_of
from reports.periods import LABELS, SPANS, Kind, containing
from reports.queries import Issued

#: The value of the form's choice that is no proposal.
OTHER = "other"


@dataclass(frozen=True, slots=True)
class DueLine:
    """A report that is due, in words."""

    words: str
    days: str
    due_on: date
    state: str
    lamp: Lamp | None
    url: str
    #: What the link says: 编写, 继续编写, 查看.
    act: str


@dataclass(frozen=True, slots=True)
class IssuedLine:
    """An issued report in the list."""

    issued: Issued
    kind: str
    standing: str


@guard(*policy.READERS)
def report_list() -> str:
    """Due reports, drafts and issued ones, fifty a page, narrowed by kind."""
    unit = work()
    kind = request.args.get("kind", "")
    kind = kind if kind in set(Kind) else ""
    typed = request.args.get("page", "1")
    number = int(typed) if typed.isdecimal() and 0 < int(typed) < 10_000 else 1
    found, more = queries.issued(unit, kind=kind, offset=(number - 1) * queries.PAGE)
    drafts = queries.drafts(unit)
    people = accounts.names(unit.session, {draft.updated_by for draft in drafts if draft.updated_by})
    here = "desk.report_list"
    return render_template(
        "desk/reports.html",
        due=[due_line(due) for due in deadlines.proposals(unit)],
        rule=deadlines.rule(unit),
        drafts=[
            (draft, period_of(draft), LABELS[Kind(draft.kind)], people[draft.updated_by] if draft.updated_by else "")
            for draft in drafts
        ],
        lines=[IssuedLine(one, LABELS[one.period.kind], _standing(one)) for one in found],
        kinds=[("", _("全部"), address_of(here, {}))]
        + [(each.value, LABELS[each], address_of(here, {"kind": each.value})) for each in Kind],
        kind=kind,
        previous_url=address_of(here, {"kind": kind, "page": str(number - 1)}) if number > 1 else None,
        next_url=address_of(here, {"kind": kind, "page": str(number + 1)}) if more else None,
        may_write=policy.may_write(unit.actor),
    )


def due_line(due: Due) -> DueLine:
    """A due report in words, for the list and for the calendar."""
    unit, period = work(), due.period
    if due.report_id is not None and due.draft_id is None:
        url, act = url_for("desk.report_page", report_id=due.report_id), _("查看")
    elif due.draft_id is not None:
        url, act = url_for("desk.report_draft", report_draft_id=due.draft_id), _("继续编写")
    else:
        url, act = _begin_url(due), _("编写")
    return DueLine(
        words=f"{LABELS[period.kind]}（{period.name}）",
        days=period.days,
        due_on=due.due_on,
        state=STATE_LABELS[due.state],
        lamp=None if due.done else lamp(due.due_on, unit.clock.today()),
        url=url,
        act=act if url else "",
    )


def _begin_url(due: Due) -> str:
    if due.state is State.AHEAD or not policy.may_write(work().actor):
        return ""
    return url_for("desk.report_new", choice=_value(due))


def _standing(one: Issued) -> str:
    if one.replaced:
        return _("已有新版")
    if one.status is None:
        return _("未报送")
    return _("已报送：%(status)s", status=LETTER_STATUS_LABELS[one.status])


def _value(due: Due) -> str:
    return f"{due.period.kind.value}/{due.period.first.isoformat()}/{due.period.last.isoformat()}"


@guard(*policy.WRITERS)
def report_new() -> str:
    """The form: a period that is over and has no report yet, or another one."""
    unit = work()
    today = unit.clock.today()
    month = containing(Kind.MONTH, today).before
    values = {"kind": Kind.MONTH.value, "first": month.first.isoformat(), "last": month.last.isoformat()}
    return _form(values | {"choice": request.args.get("choice", "")})


@guard(*policy.WRITERS)
def report_begin() -> tuple[str, int] | Answer:
    """Begin the draft; what was typed comes back with a refusal, and with the way to the report that is there."""
    form = request.form
    choice = form.get("choice", "")
    kind, first, last = form.get("kind", ""), form.get("first", ""), form.get("last", "")
    if choice and choice != OTHER:
        kind, first, last = [*choice.split("/", 2), "", ""][:3]
    if not choice:
        return _form(form, errors={"choice": _("请选择报告的时段。")}), 422
    try:
        with attempt():
            draft = drafting.begin(work(), kind, first, last)
    except InvalidError as error:
        return _form(form, errors=error.fields, message=error.message if not error.fields else ""), 422
    except ConflictError as error:
        return _form(form, message=error.message, there=_there(kind, first)), 409
    flash(_("草稿已建立：数据按当前汇总显示，签发时固定。"), "success")
    return redirect(url_for("desk.report_draft", report_draft_id=draft.id), code=303)


def _there(kind: str, first: str) -> str:
    """The draft or report that stands in the way; empty where it went meanwhile."""
    draft, report = queries.of_period(work(), containing(Kind(kind), date.fromisoformat(first)))
    if draft is not None:
        return url_for("desk.report_draft", report_draft_id=draft.id)
    return url_for("desk.report_page", report_id=report.id) if report is not None else ""


def _form(
    values: Mapping[str, str], *, errors: Mapping[str, str] | None = None, message: str = "", there: str = ""
) -> str:
    proposals = [
        (_value(due), f"{LABELS[due.period.kind]}（{due.period.name}）", due.period.days)
        for due in deadlines.proposals(work())
        if due.state is State.MISSING
    ]
    chosen = values.get("choice") or (proposals[0][0] if proposals else OTHER)
    return render_template(
        "desk/report_new.html",
        choices=[*proposals, (OTHER, _("其他时段"), _("在下面填写种类和起止日期"))],
        chosen=chosen,
        kinds=[(kind.value, f"{LABELS[kind]}（{SPANS[kind]}）") for kind in Kind],
        values=values,
        errors=errors or {},
        message=message,
        there=there,
    )


ROUTES = (
    ("/reports/", report_list, ("GET",)),
    ("/reports/new", report_new, ("GET",)),
    ("/reports/new", report_begin, ("POST",)),
)
