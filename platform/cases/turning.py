"""Status and clocks of one act, read off its row: the same hand for real cases and for the demo."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from calendars.workdays import LIBRARY, WorkCalendar
from cases import clocks
from cases.effect_kit import Turn
from cases.effects import EFFECTS
from cases.models import Case, CaseClock, Claim
from cases.rules import ClockKind
from cases.terms import MET_AT_ONCE, TERMS
from cases.workflow import FINAL, UNANSWERED_ENDS, Status
from kernel.clock import Clock, china_date
from kernel.workflow import Transition


def advance(
    case: Case,
    claims: list[Claim],
    running: list[CaseClock],
    *,
    row: Transition[Status],
    values: Mapping[str, Any],
    clock: Clock,
    rolling: WorkCalendar | None,
    counting: WorkCalendar = LIBRARY,
    days: Mapping[str, int] | None = None,
) -> list[CaseClock]:
    """What one row of the table does to the file itself: fields, status, clocks. Returns the clocks that it started.

    It asks nobody and reads nothing, so that the demo federation is made by the same hand as real cases. ``days`` are
    the union's own numbers for clocks without a legal one (``Term.setting``).

    :raises InvalidError: when a clock cannot be counted or would go backwards.
    """
    before, today = list(running), clock.today()
    effect = EFFECTS.get(row.action)
    if effect is not None:
        effect(Turn(case, claims, running, values, today))
    _move(case, row, clock.now())
    if "rating" in values:
        case.rated_at = clock.now()
    case.updated_at = clock.now()
    for kind in row.stops:
        clocks.stop(running, ClockKind(kind), today, row.label)
    for kind in row.resumes:
        clocks.resume(running, ClockKind(kind))
    for kind in row.pauses:
        clocks.pause(running, ClockKind(kind), today)
    for kind in row.continues:
        clocks.go_on(running, ClockKind(kind), today)
    for kind in map(ClockKind, row.starts):
        fresh = clocks.start(
            case,
            running,
            kind,
            _first_day(case, kind, row, values, today),
            rolling=rolling,
            counting=counting,
            due_on=_set_date(kind, values),
            days=(days or {}).get(TERMS[kind].setting),
        )
        if fresh is not None and kind in MET_AT_ONCE:
            clocks.stop([fresh], kind, today, row.label)
    if row.target in FINAL or ClockKind.HANDLING in row.stops:
        # What was asked for and not answered has no sense any more.
        case.extension_to = case.extension_reason = None
    if row.target in FINAL:
        clocks.stop_at_end(running, today, row.label, uncounted=row.target in UNANSWERED_ENDS)
    clocks.carry_deadline(case, running)
    return [started for started in running if started not in before]


def target_of(case: Case, row: Transition[Status]) -> Status | None:
    """Where the row leads this case: a side step leads back to where it left."""
    if row.returns and case.came_from is not None:
        return Status(case.came_from)
    return row.target


def _move(case: Case, row: Transition[Status], now: datetime) -> None:
    target = target_of(case, row)
    if target is None:
        return
    if row.returns:
        case.came_from = None
    if row.remembers:
        case.came_from = case.status
    if target in (Status.HANDLING, Status.SIMPLE) and case.accepted_at is None:
        case.accepted_at = now
    elif target is Status.DECIDED:
        case.decided_at = now
    elif target is Status.ESCALATED and case.escalated_at is None:
        case.escalated_at = now
    case.handed_on = china_date(now) if target is Status.HANDED_OVER else None
    _trace(case, target, china_date(now))
    if target not in FINAL:
        case.closed_at = None
    elif Status(case.status) not in FINAL or case.closed_at is None:
        # A file that is put away stays closed on the day on which it was closed.
        case.closed_at = now
    case.status = target.value


def _trace(case: Case, target: Status, today: date) -> None:
    """Days that figures need and that the status alone will not tell later."""
    origin = Status(case.status)
    if target not in FINAL and origin in FINAL:
        case.reopened_on = today
    if target is Status.REFERRED and origin is not Status.REFERRED:
        case.referred_on, case.returned_on = today, None
    elif origin is Status.REFERRED and target not in FINAL and target is not Status.REFERRED:
        case.returned_on = today


def _first_day(case: Case, kind: ClockKind, row: Transition[Status], values: Mapping[str, Any], today: date) -> date:
    if kind in MET_AT_ONCE:
        return case.received_on
    counted: date = values[row.counted_from] if row.counted_from else today
    return counted


#: Which field of the act is the date of a clock that somebody sets.
_SET_BY = {ClockKind.EXECUTION: "execute_by", ClockKind.REDO: "redo_by", ClockKind.SUPERVISION: "supervise_by"}


def _set_date(kind: ClockKind, values: Mapping[str, Any]) -> date | None:
    return values.get(_SET_BY[kind]) if kind in _SET_BY else None
