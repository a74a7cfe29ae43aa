"""热点: those that were found, one of them with its evidence, and what people make of it. Pages, and no SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, render_template, request, url_for

from access.actor import Work
from access.roles import CASE_ROLES
from dispatches.kinds import LADDER, SUGGESTIONS, LetterKind
from dispatches.workflow import senders
from doorway.guard import guard, work
from doorway.presenting import china_day
from doorway.words import _
from measures import policy, recounting, spot_queries
from measures.models import OWN
from measures.queries import as_of
from measures.spot_rules import ACTION_LABELS, EVERY, STATUS_LABELS, SpotAction, SpotStatus, actions_of
from measures.spots import Hotspot
from tenants import queries as tenants
from tenants import settings

PATH = "/dashboards/hotspots"
#: So many stand on the dashboard itself; the list has them all.
SHOWN = 6
_COLOURS = {
    SpotStatus.OPEN: "red",
    SpotStatus.CONFIRMED: "orange",
    SpotStatus.SUPERVISED: "amber",
    SpotStatus.DISMISSED: "green",
    SpotStatus.ENDED: "green",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A hotspot as one line of a list."""

    url: str
    evidence: str
    terms: tuple[str, ...]
    status: str
    colour: str
    found_on: date
    last_on: date


def _line(spot: Hotspot) -> Line:
    status = SpotStatus(spot.status)
    return Line(
        url=url_for("hotspots.page", hotspot_id=spot.id),
        evidence=spot.evidence,
        terms=tuple(spot.terms),
        status=_(STATUS_LABELS[status]),
        colour=_COLOURS[status],
        found_on=spot.found_on,
        last_on=spot.last_on,
    )


def found_now() -> dict[str, Any]:
    """What the dashboard page shows of them above its charts. Called by its template and by nothing else."""
    unit = work()
    spots, more = spot_queries.page(unit, limit=SHOWN)
    return {"lines": [_line(spot) for spot in spots], "more": more, "url": url_for("hotspots.listing")}


@guard(*CASE_ROLES)
def listing() -> str:
    """Those that go on, or those that were dismissed or are over."""
    unit, typed = work(), request.args.get("page", "1")
    number = int(typed) if typed.isdecimal() and 0 < int(typed) < 10_000 else 1
    live = request.args.get("box") != "past"
    spots, more = spot_queries.page(unit, live=live, offset=(number - 1) * spot_queries.PAGE)
    box = None if live else "past"
    return render_template(
        "dashboards/spots.html",
        lines=[_line(spot) for spot in spots],
        live=live,
        tally=spot_queries.tally(unit),
        as_of=as_of(unit.session),
        recounting=recounting.warning(unit.session),
        previous_url=url_for("hotspots.listing", box=box, page=number - 1) if number > 1 else None,
        next_url=url_for("hotspots.listing", box=box, page=number + 1) if more else None,
    )


@guard(*CASE_ROLES)
def page(hotspot_id: UUID) -> str:
    """One hotspot: evidence, what it is measured by, its steps, and what may be done about it."""
    return draw(spot_queries.get(work(), hotspot_id))


def may_supervise(unit: Work, spot: Hotspot) -> bool:
    """Whether the actor may send the 督办 letter that the hotspot asks for."""
    return (
        spot.subject_id != unit.tenant_id
        and SpotAction.SUPERVISE in _open_actions(spot)
        and bool(senders(LetterKind.SUPERVISION) & unit.actor.roles)
    )


def _open_actions(spot: Hotspot) -> tuple[SpotAction, ...]:
    return actions_of(SpotStatus(spot.status)) if spot.ended_on is None else ()


def draw(
    spot: Hotspot,
    tried: SpotAction | None = None,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    message: str = "",
) -> str:
    """The page of one hotspot; after a refusal with what was typed and what was wrong with it."""
    unit = work()
    subject = tenants.get(unit.session, spot.subject_id)
    names = {category.code: category.name for category in tenants.categories(unit.session)}
    category = _("全部类别") if spot.category == EVERY else names.get(spot.category, spot.category)
    first, last = spot_queries.recent_days(spot)
    status = SpotStatus(spot.status)
    actions = _open_actions(spot) if policy.may_see_below(unit.actor) else ()
    return render_template(
        "dashboards/spot.html",
        spot=spot,
        unit_name=subject.name,
        as_of=as_of(unit.session),
        recounting=recounting.warning(unit.session),
        category=category,
        own=spot.scope == OWN,
        status=_(STATUS_LABELS[status]),
        colour=_COLOURS[status],
        first=first,
        last=last,
        steps=[
            (event.at, event.user_name, _(ACTION_LABELS[SpotAction(event.action)]), event.note)
            for event in spot_queries.events(unit, spot)
        ],
        may_confirm=SpotAction.CONFIRM in actions,
        may_dismiss=SpotAction.DISMISS in actions,
        may_plan=SpotAction.PLAN in actions,
        may_supervise=may_supervise(unit, spot),
        letter_url=url_for("desk.letter_page", letter_id=spot.letter_id) if spot.letter_id else None,
        cases_url=_cases(spot, first, last),
        figures_url=_figures(unit, spot),
        ladder=list(LADDER.items()),
        suggestions=[("", _("不提建议")), *SUGGESTIONS.items()],
        tried=tried.value if tried else "",
        values=_values(unit, spot, subject.name, category) | dict(typed or {}),
        errors=errors or {},
        message=message,
    )


def _cases(spot: Hotspot, first: date, last: date) -> str | None:
    """The list of the own cases behind the count; other unions' are never opened."""
    if spot.scope != OWN:
        return None
    values = {"registered_from": first.isoformat(), "registered_to": last.isoformat()}
    if spot.category != EVERY:
        values["category"] = spot.category
    return f"/cases/?{urlencode(values)}"


def _figures(unit: Work, spot: Hotspot) -> str:
    """The dashboard of the organisation in this category, half a year back."""
    word = "own" if spot.scope == OWN else "subtree" if spot.subject_id == unit.tenant_id else str(spot.subject_id)
    values = {"unit": word} | ({"category": spot.category} if spot.category != EVERY else {})
    return f"/dashboards/load?{urlencode(values)}"


def _values(unit: Work, spot: Hotspot, name: str, category: str) -> dict[str, str]:
    """A letter as the form proposes it: the evidence as it may be told, and nothing that a person has to decide."""
    first, last = spot_queries.recent_days(spot)
    days = settings.of(unit.session).supervision_days
    return {
        "ladder": "supervise",
        "suggestion": "improve",
        "due_on": (unit.clock.today() + timedelta(days=days)).isoformat(),
        "subject": _("关于督办“%(category)s”信访事项增多的函", category=category),
        "letter_reason": _(
            "据统计（%(first)s至%(last)s）：%(evidence)s。数字为%(name)s及其下级的登记件数，预期由该单位自身历史得出。",
            first=china_day(first),
            last=china_day(last),
            evidence=spot.evidence,
            name=name,
        ),
        "request": _("请核查增多的原因，涉及同一用人单位的一并处理，限期化解，并书面反馈核查和处置情况。"),
    }


def blueprint() -> Blueprint:
    """The pages, for the composition root to register."""
    from dashboards import judging

    door = Blueprint("hotspots", __name__, template_folder="templates")

    for rule, view, methods in (*ROUTES, *judging.ROUTES):
        door.add_url_rule(rule, view.__name__, view, methods=methods)
    door.app_context_processor(lambda: {"found_hotspots": found_now})
    return door


ROUTES: tuple[tuple[str, Callable[..., Any], tuple[str, ...]], ...] = (
    (f"{PATH}/found", listing, ("GET",)),
    (f"{PATH}/<uuid:hotspot_id>", page, ("GET",)),
)
