"""Start and stop the statutory clocks of a case, and say which one its deadline is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import select

from calendars.deadlines import add_calendar_days
from calendars.workdays import WorkCalendar
from cases.models import Case, CaseClock
from cases.rules import CLOCK_BASIS, CLOCK_DAYS, CLOCKED_PURPOSES, ClockKind
from cases.workflow import Status
from kernel.clock import china_date
from kernel.db import TenantSession


def of_case(session: TenantSession, case_id: UUID) -> list[CaseClock]:
    """All clocks of a case, oldest first."""
    statement = select(CaseClock).where(CaseClock.case_id == case_id)
    return list(session.scalars(statement.order_by(CaseClock.started_on, CaseClock.id)))


def start(
    case: Case, clocks: list[CaseClock], kind: ClockKind, on: date, *, rolling: WorkCalendar | None
) -> CaseClock | None:
    """A new clock from ``on``, or ``None`` where the law gives none or it was started before.

    The handling clock belongs to 申诉求决 only (条例 art. 31(六)) and is never started twice: an escalation that
    comes back must not give a second 60 days. Both clocks are the union's own duties: with a calendar (``rolling``;
    ``None`` where the union chose otherwise) one that would end on a holiday ends on the next working day (民法典
    art. 203), and never earlier.
    """
    if any(clock.kind == kind for clock in clocks):
        return None
    if kind is ClockKind.HANDLING and case.purpose not in CLOCKED_PURPOSES:
        return None
    due = add_calendar_days(on, CLOCK_DAYS[kind])
    if rolling is not None:
        due = rolling.end_on_workday(due)
    clock = CaseClock(
        case_id=case.id, kind=kind.value, started_on=on, due_on=due, original_due_on=due, basis=CLOCK_BASIS[kind]
    )
    clocks.append(clock)
    return clock


def begun_on(case: Case) -> date | None:
    """When the clock began whose deadline the case carries, without reading the clocks: for lists.

    Both days are on the case: 受理告知 runs from the day it was received, 办理 from the day it was accepted.
    """
    if case.due_on is None:
        return None
    if case.due_kind == ClockKind.HANDLING and case.accepted_at is not None:
        return china_date(case.accepted_at)
    return case.received_on if case.due_kind == ClockKind.NOTICE else None


def target_on(case: Case, tier_days: Mapping[str, int]) -> date | None:
    """The union's own target (内部目标) by difficulty, counted from acceptance; never later than the deadline.

    It is shown beside the statutory date and replaces nothing.
    """
    days = tier_days.get(case.tier or "")
    if days is None or case.accepted_at is None or case.status != Status.HANDLING:
        return None
    target = add_calendar_days(china_date(case.accepted_at), days)
    return min(target, case.due_on) if case.due_on is not None else target


def assign(case: Case, clocks: list[CaseClock], *, on: date, due_on: date) -> CaseClock:
    """The clock with the date that another union set (C-AD); a later date moves it and keeps the first one beside it.

    A clock that had stopped runs again: the report was sent back (退回重办).
    """
    clock = next((clock for clock in clocks if clock.kind == ClockKind.ASSIGNED), None)
    if clock is None:
        # A date in the past is overdue from its first day; the clock itself cannot end before it starts.
        due = max(on, due_on)
        clock = CaseClock(
            case_id=case.id,
            kind=ClockKind.ASSIGNED.value,
            started_on=on,
            due_on=due,
            original_due_on=due,
            basis=CLOCK_BASIS[ClockKind.ASSIGNED],
        )
        clocks.append(clock)
    clock.due_on = max(clock.started_on, due_on)
    clock.stopped_on = clock.stop_reason = None
    return clock


def resume(clocks: list[CaseClock], kind: ClockKind) -> None:
    """Let a stopped clock run on as if it had never stopped: its first start and its due date stay."""
    for clock in clocks:
        if clock.kind == kind:
            clock.stopped_on = clock.stop_reason = None


def stop(clocks: list[CaseClock], kind: ClockKind, on: date, reason: str) -> None:
    """Stop a running clock; one that never ran or has stopped stays as it is."""
    for clock in clocks:
        if clock.kind == kind and clock.stopped_on is None:
            clock.stopped_on = max(on, clock.started_on)
            clock.stop_reason = reason


def carry_deadline(case: Case, clocks: list[CaseClock]) -> None:
    """Copy the earliest running deadline onto the case, where the queue reads it."""
    running = min((clock for clock in clocks if clock.stopped_on is None), key=lambda c: c.due_on, default=None)
    due_on = running.due_on if running else None
    if case.due_on != due_on:
        case.overdue_noted_on = case.due_warned_on = None
    case.due_on = due_on
    case.due_kind = running.kind if running else None
