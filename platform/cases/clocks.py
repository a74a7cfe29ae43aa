"""Start and stop the statutory clocks of a case, and say which one its deadline is."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select

from calendars.deadlines import add_calendar_days
from cases.models import Case, CaseClock
from cases.rules import CLOCK_BASIS, CLOCK_DAYS, CLOCKED_PURPOSES, ClockKind
from kernel.db import TenantSession


def of_case(session: TenantSession, case_id: UUID) -> list[CaseClock]:
    """All clocks of a case, oldest first."""
    statement = select(CaseClock).where(CaseClock.case_id == case_id)
    return list(session.scalars(statement.order_by(CaseClock.started_on, CaseClock.id)))


def start(case: Case, clocks: list[CaseClock], kind: ClockKind, on: date) -> CaseClock | None:
    """A new clock from ``on``, or ``None`` where the law gives none or it was started before.

    The handling clock belongs to 申诉求决 only (条例 art. 31(六)) and is never started twice: an escalation that
    comes back must not give a second 60 days.
    """
    if any(clock.kind == kind for clock in clocks):
        return None
    if kind is ClockKind.HANDLING and case.purpose not in CLOCKED_PURPOSES:
        return None
    due = add_calendar_days(on, CLOCK_DAYS[kind])
    clock = CaseClock(
        case_id=case.id, kind=kind.value, started_on=on, due_on=due, original_due_on=due, basis=CLOCK_BASIS[kind]
    )
    clocks.append(clock)
    return clock


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
