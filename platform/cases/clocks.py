"""Start, stop, move and pause the clocks of a case, and say which one its deadline is.

A clock never goes backwards: its first day and its first due date stay as they were written, and a due date only
moves later, with the reason beside it. The table's CHECKs and column grants say the same to SQL. The one exception is
a date that another union set (C-AD): whoever set it may set it anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from calendars.deadlines import add_calendar_days
from calendars.workdays import LIBRARY, WorkCalendar
from cases.models import Case, CaseClock
from cases.rules import CLOCK_LABELS, CLOCKED_PURPOSES, ClockKind, Tier
from cases.terms import MET_AT_ONCE, OF_REVIEWER, TERMS, Term, Unit, Whose
from cases.workflow import WORKING, Status
from kernel.clock import china_date
from kernel.db import TenantSession
from kernel.errors import InvalidError

#: 条例 art. 34.
LONGEST_EXTENSION = TERMS[ClockKind.EXTENSION].length


def of_case(session: TenantSession, case_id: UUID) -> list[CaseClock]:
    """All clocks of a case, oldest first."""
    statement = select(CaseClock).where(CaseClock.case_id == case_id)
    return list(session.scalars(statement.order_by(CaseClock.started_on, CaseClock.id)))


def start(
    case: Case,
    clocks: list[CaseClock],
    kind: ClockKind,
    on: date,
    *,
    rolling: WorkCalendar | None,
    counting: WorkCalendar = LIBRARY,
    due_on: date | None = None,
    days: int | None = None,
) -> CaseClock | None:
    """A new clock from ``on``, or ``None`` where the law gives none or it was started before.

    The handling clock belongs to 申诉求决 only (条例 art. 31(六)) and is never started twice: an escalation that
    comes back must not give a second 60 days. With a calendar (``rolling``; ``None`` where the union chose
    otherwise) a period that would end on a holiday ends on the next working day (民法典 art. 203), and never
    earlier; the worker's own rights are shown without it, because nobody should wait for a day that a court may
    count otherwise. ``counting`` is what working days are counted by, ``due_on`` the date of a clock that somebody
    sets, ``days`` the union's own number where no law gives one.

    Working days that reach into a year whose holidays are not known are counted by weekends, and the clock says so
    (``provisional_days``) until :mod:`cases.recounting` counts it anew: registration is never put off (应当予以登记,
    条例 art. 22, 23), and no guess is silent.
    """
    term = TERMS[kind]
    if any(clock.kind == kind and (not term.again or clock.stopped_on is None) for clock in clocks):
        return None
    if not _applies(case, kind) or (term.unit is Unit.SET and due_on is None) or (term.setting and days == 0):
        return None
    length = days or term.length
    due = max(on, due_on) if due_on is not None else _end(on, term, length, rolling, counting)
    clock = CaseClock(
        case_id=case.id,
        kind=kind.value,
        started_on=on,
        due_on=due,
        original_due_on=due,
        basis=term.basis,
        paused_days=0,
        uncounted=False,
        provisional_days=length if due_on is None and _guessed(term, on, due, counting) else None,
    )
    clocks.append(clock)
    return clock


def _guessed(term: Term, on: date, due: date, counting: WorkCalendar) -> bool:
    return term.unit is Unit.WORKDAYS and not all(counting.knows(year) for year in range(on.year, due.year + 1))


def _applies(case: Case, kind: ClockKind) -> bool:
    if kind is ClockKind.HANDLING:
        return case.review_stage is None and case.purpose in CLOCKED_PURPOSES
    if kind is ClockKind.ASK_REVIEW:
        # What follows a review is counted in the file of the union whose opinion it was.
        return case.review_stage is None
    return kind is not ClockKind.SIMPLE_FORWARD or case.tier == Tier.SIMPLE


def _end(on: date, term: Term, length: int, rolling: WorkCalendar | None, counting: WorkCalendar) -> date:
    if term.unit is Unit.YEARS:
        return add_years(on, length)
    if term.unit is Unit.WORKDAYS:
        return counting.guessing().add_working_days(on, length)
    due = add_calendar_days(on, length)
    return rolling.end_on_workday(due) if rolling is not None and term.whose is not Whose.WORKER else due


def add_years(day: date, years: int) -> date:
    """The same day ``years`` later, or the end of its month where there is none (民法典 art. 202)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def begun_on(case: Case) -> date | None:
    """When the clock began whose deadline the case carries, without reading the clocks: for lists.

    Cases whose deadline was carried before the day was kept beside it: 受理告知 runs from the day it was received,
    办理 from the day it was accepted.
    """
    if case.due_on is None or case.due_begun_on is not None:
        return case.due_begun_on if case.due_on is not None else None
    if case.due_kind == ClockKind.HANDLING and case.accepted_at is not None:
        return china_date(case.accepted_at)
    return case.received_on if case.due_kind == ClockKind.NOTICE else None


def target_on(case: Case, tier_days: Mapping[str, int]) -> date | None:
    """The union's own target (内部目标) by difficulty, counted from acceptance; never later than the deadline.

    It is shown beside the statutory date and replaces nothing.
    """
    days = tier_days.get(case.tier or "")
    if days is None or case.accepted_at is None or Status(case.status) not in WORKING:
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
            basis=TERMS[ClockKind.ASSIGNED].basis,
            paused_days=0,
            uncounted=False,
        )
        clocks.append(clock)
    due = max(clock.started_on, due_on)
    if due != clock.due_on:
        clock.due_on, clock.due_reason = due, "交办单位重新指定期限"
    clock.stopped_on = clock.stop_reason = None
    return clock


def move(clock: CaseClock, due_on: date, reason: str) -> None:
    """Move a due date later and say why.

    :raises InvalidError: for an earlier date: a clock is not turned back.
    """
    if due_on < clock.due_on:
        label = CLOCK_LABELS[ClockKind(clock.kind)]
        raise InvalidError(
            f"{label}不能改早（现为{clock.due_on.isoformat()}）：期限只能依法延长并写明理由，不能倒改。",
            code="clock_backwards",
        )
    if due_on != clock.due_on:
        clock.due_on, clock.due_reason = due_on, reason
        clock.reminded_on = None


def extend(case: Case, clocks: list[CaseClock], *, until: date, reason: str) -> CaseClock:
    """延期 (条例 art. 34): the sixty days end on ``until``; the extension is a row of its own, and one only.

    :raises InvalidError: without a running clock, a second time, for an earlier date and for more than 30 days.
    """
    handling = next((c for c in clocks if c.kind == ClockKind.HANDLING and c.stopped_on is None), None)
    if handling is None:
        raise InvalidError("本件没有正在计算的60日办理期限，不需要延期。")
    if until > handling.due_on + timedelta(days=LONGEST_EXTENSION):
        raise InvalidError(f"延长的期限不得超过{LONGEST_EXTENSION}日（《信访工作条例》第三十四条）。")
    first_end = handling.due_on
    extension = start(case, clocks, ClockKind.EXTENSION, first_end, rolling=None, due_on=until)
    if extension is None:
        raise InvalidError("本件已经延期一次，不能再次延期（《信访工作条例》第三十四条）。")
    move(handling, until, f"延期：{reason}")
    extension.due_reason = reason
    return extension


def interrupt(clock: CaseClock, on: date) -> None:
    """时效中断 (仲裁法 art. 27(2)): the year of arbitration is counted anew from ``on``.

    :raises InvalidError: for a day before the clock began or after the right had lapsed.
    """
    if not clock.started_on <= on <= clock.due_on:
        raise InvalidError(
            "中断之日应在时效起算之日以后、届满之日以前。", fields={"interrupted_on": "日期不在时效期间内"}
        )
    move(clock, add_years(on, 1), f"{on.isoformat()}时效中断，重新计算")


def pause(clocks: list[CaseClock], kind: ClockKind, on: date) -> None:
    """Count no days from ``on`` (听证所需时间不计算在内, 条例 art. 36); a clock that does not run stays as it is."""
    for clock in clocks:
        if clock.kind == kind and clock.stopped_on is None and clock.paused_on is None:
            clock.paused_on = on


def go_on(clocks: list[CaseClock], kind: ClockKind, on: date) -> None:
    """Count again from ``on``; the due date is later by the days that did not count."""
    for clock in clocks:
        if clock.kind == kind and clock.paused_on is not None:
            days = max(0, (on - clock.paused_on).days)
            clock.paused_days = (clock.paused_days or 0) + days
            clock.paused_on = None
            if days:
                move(clock, clock.due_on + timedelta(days=days), f"听证所需时间{clock.paused_days}日不计算在内")


def resume(clocks: list[CaseClock], kind: ClockKind) -> None:
    """Let the newest clock of a kind run on as if it had never stopped: its first start and its due date stay."""
    clock = next((clock for clock in reversed(clocks) if clock.kind == kind), None)
    if clock is not None:
        clock.stopped_on = clock.stop_reason = None
        clock.uncounted = False


def stop(clocks: list[CaseClock], kind: ClockKind, on: date, reason: str, *, uncounted: bool = False) -> None:
    """Stop a running clock; one that never ran or has stopped stays as it is.

    ``uncounted``: the case ended without what the clock asked for. In time, that is neither kept nor missed; a clock
    that had run out before stays missed, so that no end of a case hides it.
    """
    for clock in clocks:
        if clock.kind == kind and clock.stopped_on is None:
            clock.stopped_on = max(on, clock.started_on)
            clock.stop_reason = reason
            clock.uncounted = uncounted and clock.stopped_on <= clock.due_on
            clock.paused_on = None


def unused(kind: str, started_on: date, stopped_on: date | None) -> bool:
    """Whether an extension ended before the time that it adds began: nothing of it was used."""
    return kind == ClockKind.EXTENSION and stopped_on is not None and stopped_on <= started_on


def stop_at_end(clocks: list[CaseClock], on: date, reason: str, *, uncounted: bool) -> None:
    """The case is at its end: the union's duties and what it waits for stop; times to ask and rights run on."""
    for clock in clocks:
        if clock.stopped_on is None and TERMS[ClockKind(clock.kind)].whose in (Whose.UNION, Whose.OTHERS):
            stop([clock], ClockKind(clock.kind), on, reason, uncounted=uncounted)


def whose(case: Case, clock: CaseClock) -> Whose:
    """Who is late when the clock has run out: a reviewer's days are no duty of the union that is reviewed."""
    kind = ClockKind(clock.kind)
    return Whose.OTHERS if kind in OF_REVIEWER and case.review_stage is None else TERMS[kind].whose


def is_duty(case: Case, clock: CaseClock) -> bool:
    """Whether the clock is this union's own duty now: only such a one can make the case overdue."""
    ours = whose(case, clock) is Whose.UNION and ClockKind(clock.kind) not in MET_AT_ONCE
    return ours and clock.stopped_on is None and clock.paused_on is None


def carry_deadline(case: Case, clocks: list[CaseClock]) -> None:
    """Copy the earliest running duty onto the case, where the queue reads it."""
    # An extension is the same day as the sixty days that it moved, and is not what they are called.
    running = min(
        (clock for clock in clocks if is_duty(case, clock)),
        key=lambda clock: (clock.due_on, clock.kind == ClockKind.EXTENSION),
        default=None,
    )
    due_on = running.due_on if running else None
    if case.due_on != due_on:
        case.overdue_noted_on = case.due_warned_on = None
    case.due_on = due_on
    case.due_kind = running.kind if running else None
    case.due_begun_on = running.started_on if running else None
