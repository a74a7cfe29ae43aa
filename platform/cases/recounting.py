"""Clocks that were counted before the holidays of a year were known, counted anew once they are."""

from __future__ import annotations

from sqlalchemy import extract, select

from access.actor import Work
from audit.services import record
from calendars.deadlines import UnknownYearError
from calendars.workdays import LIBRARY_YEARS
from cases import clocks
from cases.models import Case, CaseClock
from tenants import workdays

REASON = "节假日安排公布后重新计算"


def recount(work: Work, *, limit: int) -> int:
    """Settle up to ``limit`` provisional clocks whose years are known now; returns how many.

    A last day moves later and never earlier: where make-up days would shorten what was shown to people, the date
    stays and only the mark goes.
    """
    calendar = workdays.of(work.session)
    known = sorted(LIBRARY_YEARS | calendar.confirmed)
    waiting = (
        select(CaseClock, Case)
        .join(Case, (Case.tenant_id == CaseClock.tenant_id) & (Case.id == CaseClock.case_id))
        .where(
            CaseClock.tenant_id == work.tenant_id,
            CaseClock.provisional_days.is_not(None),
            CaseClock.stopped_on.is_(None),
            extract("year", CaseClock.due_on).in_(known),
        )
        .order_by(CaseClock.id)
        .limit(limit)
        # Every act locks its case first; a case that somebody works on is left for the next round.
        .with_for_update(of=Case, skip_locked=True)
    )
    settled = 0
    for clock, case in work.session.execute(waiting).all():
        try:
            due_on = calendar.add_working_days(clock.started_on, clock.provisional_days or 0)
        except UnknownYearError:
            continue  # It ends in the year after, whose days are not known either.
        before, clock.provisional_days = clock.due_on, None
        if due_on > before:
            clocks.move(clock, due_on, REASON)
        clocks.carry_deadline(case, clocks.of_case(work.session, case.id))
        told = {"clock": clock.kind, "from": before.isoformat(), "to": clock.due_on.isoformat()}
        record(work, "case:recounted", subject_type="case", subject_id=case.id, data=told)
        settled += 1
    work.session.flush()
    return settled
