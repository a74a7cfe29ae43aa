"""Working days that reach into a year whose holidays nobody has published: registered, marked, counted anew."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from audit.services import history
from calendars.workdays import LIBRARY_YEARS, PROVISIONAL, WorkCalendar
from cases.jobs import sweep
from cases.models import Case, CaseClock
from cases.recounting import recount
from desk.filing import clock_lines
from kernel.clock import FixedClock
from tenants import workdays
from tests.builders import Federation
from tests.tenants.arranged import arrange
from tests.ways import Ways

LAST = max(LIBRARY_YEARS)


@pytest.fixture
def ways(federation: Federation) -> Ways:
    """The street's people at the end of the last year that anybody knows."""
    federation.clock = FixedClock(datetime(LAST, 12, 29, 2, 0, tzinfo=UTC))
    return Ways(federation)


def clock(ways: Ways, case: Case) -> CaseClock:
    """The case's clock of progress."""
    with ways.federation.work("head@street") as work:
        found = work.session.scalars(
            select(CaseClock).where(CaseClock.case_id == case.id, CaseClock.kind == "C-5P")
        ).one()
        work.session.expunge_all()
        return found


def publish(ways: Ways) -> None:
    """Enter the year and confirm it, as the platform's administrator does."""
    with ways.federation.work("root@platform") as work:
        arrange(work, LAST + 1)


def test_a_visit_at_the_end_of_the_last_known_year_is_registered_and_its_date_marked(ways: Ways) -> None:
    ways.set(progress_days=5)
    case = ways.registered(received_on=ways.today)
    found = clock(ways, case)
    by_weekends = WorkCalendar().guessing().add_working_days(ways.today, 5)
    assert (found.due_on, found.provisional_days) == (by_weekends, 5)
    line = clock_lines(case, [found], ways.today, (50, 75, 85, 99), lambda _day: "")[0]
    assert line.notice == PROVISIONAL
    with ways.federation.work_as_system("street") as work:
        assert recount(work, limit=10) == 0, "nobody knows more than before"


def test_the_date_moves_when_the_year_is_known_and_the_file_says_why(ways: Ways) -> None:
    ways.set(progress_days=5)
    case = ways.registered(received_on=ways.today)
    before = clock(ways, case)
    publish(ways)
    with ways.federation.work_as_system("street") as work:
        assert recount(work, limit=10) == 1
    after = clock(ways, case)
    with ways.federation.work("head@street") as work:
        counted = workdays.of(work.session).add_working_days(ways.today, 5)
        carried = work.session.scalars(select(Case.due_on).where(Case.id == case.id)).one()
        said = [event for event in history(work.session, case.id) if event.action == "case:recounted"]
    assert (after.due_on, after.provisional_days, after.original_due_on) == (counted, None, before.due_on)
    assert carried == counted > before.due_on and len(said) == 1
    assert after.due_reason == "节假日安排公布后重新计算"
    with ways.federation.work_as_system("street") as work:
        assert sweep(work) == 0


def test_a_working_day_that_is_known_is_never_provisional(federation: Federation) -> None:
    ways = Ways(federation)
    ways.set(progress_days=5)
    assert clock(ways, ways.registered()).provisional_days is None
