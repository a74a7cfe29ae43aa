"""The last weeks of the demo federation, lived through the services: letters, an absence, a union at rest.

Comes after the bulk load. Everything happens in the order of time, each act at its own moment, so that nothing on a
page disagrees with the code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from access.actor import Work
from calendars.deadlines import UnknownYearError
from calendars.workdays import LIBRARY
from dispatches.excerpts import asked_about
from dispatches.kinds import OBJECTION_DAYS
from dispatches.models import Letter
from dispatches.services import Draft, NewFile, act, register_case, send, send_circular
from infra.federation import episodes, household, names
from infra.federation.exchange import Act, Circular, Exchange
from infra.federation.stage import Stage, When, free_case, letter_of
from tenants import life

_ALL = "all"


@dataclass(frozen=True, slots=True)
class Step:
    """One act, and the unions whose desks hear of it."""

    name: str
    who: str
    when: When
    do: Callable[[Work], object]
    heard_by: tuple[str, ...]


def live(stage: Stage) -> None:
    """Everything that has not happened yet; nothing once all of it has."""
    if stage.happened(_ALL, "@platform"):
        return
    for step in sorted(_steps(stage), key=lambda step: stage.moment(step.when)):
        stage.step(step.name, step.who, step.when, step.do)
        stage.deliver(step.heard_by, step.when)
    stage.step(_ALL, "@platform", When(1, "18:00"), lambda _work: None)


def _steps(stage: Stage) -> Iterator[Step]:
    yield Step(
        "suspend",
        "@platform",
        episodes.SUSPENDED_WHEN,
        lambda work: life.suspend(work, episodes.SUSPENDED, episodes.SUSPENDED_REASON),
        (episodes.SUSPENDED, _above(episodes.SUSPENDED)),
    )
    for slug in household.KEEPING:
        yield Step("household", f"admin@{slug}", When(22, "09:00"), partial(household.settle, slug), ())
        yield Step("absence", f"head@{slug}", When(3, "08:40"), partial(household.leave, slug), ())
    for exchange in episodes.exchanges():
        yield from _exchange(stage, exchange)
    for circular in episodes.circulars():
        yield from _circular(stage, circular)


def _exchange(stage: Stage, exchange: Exchange) -> Iterator[Step]:
    own, other = exchange.sides
    direct = own in _line(other) or other in _line(own)
    # The city is the superior of everybody whom a letter does not reach directly.
    sides = (own, other) if direct else (own, names.CITY, other)
    yield Step(exchange.subject, exchange.who, exchange.when, partial(_send, stage, exchange), sides)
    for place, each in enumerate(exchange.acts):
        if each.action == "object" and not _may_object(stage, exchange.when):
            return
        yield Step(f"{exchange.subject}/{place}", each.who, each.when, _act(stage, exchange.subject, each), sides)


def _circular(stage: Stage, circular: Circular) -> Iterator[Step]:
    own = circular.who.partition("@")[2]
    below = tuple(union.slug for union in names.unions() if own in _line(union.slug))
    yield Step(
        circular.subject,
        circular.who,
        circular.when,
        lambda work: send_circular(work, subject=circular.subject, reason=circular.reason, request=circular.request),
        (own, *below),
    )
    for place, each in enumerate(circular.acts):
        heard = (own, each.who.partition("@")[2])
        yield Step(f"{circular.subject}/{place}", each.who, each.when, _act(stage, circular.subject, each), heard)


def _send(stage: Stage, exchange: Exchange, work: Work) -> None:
    number = free_case(work, named=exchange.identity, answered=exchange.answered) if exchange.case else None
    if exchange.answered and number is None:
        return
    details = {
        name: stage.day(value).isoformat() if name in ("from", "to") else value
        for name, value in exchange.details.items()
    }
    send(
        work,
        Draft(
            kind=exchange.kind,
            to=stage.ids[exchange.to],
            subject=exchange.subject,
            reason=exchange.reason,
            request=exchange.request,
            case_number=number,
            due_on=stage.today + timedelta(days=exchange.due) if exchange.due is not None else None,
            refers_to=letter_of(work, exchange.follows) if exchange.follows else None,
            skip_reason=exchange.skip_reason,
            details=details,
            files=(NewFile(exchange.file[0], exchange.file[1].encode()),) if exchange.file else (),
            share_identity=exchange.identity and number is not None,
        ),
    )


def _act(stage: Stage, subject: str, each: Act) -> Callable[[Work], object]:
    def do(work: Work) -> object:
        letter = letter_of(work, subject)
        if each.action == "register":
            return register_case(work, letter)
        return act(work, letter, each.action, _data(stage, work, each, letter))

    return do


def _data(stage: Stage, work: Work, each: Act, letter_id: Any) -> dict[str, Any]:
    data = dict(each.data)
    if "due_on" in data:
        data["due_on"] = stage.today + timedelta(days=data["due_on"])
    if "unit" in data:
        data["unit"] = stage.ids[data["unit"]]
    if "parts" in data:
        letter = work.session.get_one(Letter, (work.tenant_id, letter_id))
        data["case"] = asked_about(work, letter)
        if not data["case"]:
            del data["parts"], data["case"]
    return data


def _may_object(stage: Stage, sent: When) -> bool:
    """Whether the five working days can be counted: next year's holidays may not be published yet."""
    try:
        LIBRARY.add_working_days(stage.day(sent.back), OBJECTION_DAYS)
    except UnknownYearError:
        return False
    return True


def _above(slug: str) -> str:
    return next(union.parent or union.slug for union in names.unions() if union.slug == slug)


def _line(slug: str) -> set[str]:
    """The unions above one."""
    parents = {union.slug: union.parent for union in names.unions()}
    line, at = set(), parents[slug]
    while at is not None:
        line.add(at)
        at = parents[at]
    return line
