"""The platform keeps the years that no library has; every union counts by them once they are confirmed."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import ProgrammingError

from access.roles import Role
from audit.models import AuditEvent
from calendars.deadlines import UnknownYearError
from calendars.workdays import NOTICE
from kernel.errors import ConflictError, ForbiddenError, InvalidError
from notices.tasks import open_task
from tenants import settings, workdays
from tenants.models import CalendarDay
from tests.builders import Federation
from tests.tenants.arranged import arrange, holidays


def test_a_confirmed_year_is_known_to_every_union(federation: Federation) -> None:
    with federation.work("root@platform") as work:
        workdays.change(work, 2050, put=holidays(2050))
    with federation.work("head@street") as work:
        assert not workdays.of(work.session).knows(2050), "a draft"
    with federation.work("root@platform") as work:
        workdays.confirm(work, 2050)
    with federation.work("head@street") as work:
        calendar = workdays.of(work.session)
        assert calendar.knows(2050)
        assert calendar.add_working_days(date(2050, 2, 4), 1) == date(2050, 2, 11)


def test_a_day_that_the_platform_enters_wins_over_the_library_at_once(federation: Federation) -> None:
    with federation.work("root@platform") as work:
        workdays.change(work, 2026, put={date(2026, 3, 17): (False, "临时放假")})
    case = federation.register()
    assert case.due_on == date(2026, 3, 18), "fifteen days from 2 March end on the day that was given free"


def test_a_unit_of_work_pays_one_statement(federation: Federation) -> None:
    with federation.work("head@street") as work:
        first = workdays.of(work.session)
        assert workdays.of(work.session) is first


def test_only_the_platform_writes(federation: Federation) -> None:
    for login in ("admin@street", "head@city"):
        with pytest.raises(ForbiddenError), federation.work(login) as work:
            workdays.change(work, 2050, put=holidays(2050))
    with pytest.raises(ProgrammingError, match="row-level security"), federation.work_as_system("city") as work:
        work.session.execute(insert(CalendarDay).values(day=date(2050, 1, 1), works=True))


def test_every_change_leaves_before_and_after(federation: Federation) -> None:
    with federation.work("root@platform") as work:
        workdays.change(work, 2050, put={date(2050, 1, 1): (False, "元旦"), date(2050, 1, 3): (False, "")})
        workdays.change(work, 2050, put={date(2050, 1, 3): (True, "元旦")}, drop=[date(2050, 1, 1)])
        workdays.change(work, 2050, put={date(2050, 1, 3): (True, "元旦")})
    with federation.work("root@platform") as work:
        events = work.session.scalars(
            select(AuditEvent).where(AuditEvent.action == "calendar:change").order_by(AuditEvent.seq)
        ).all()
    assert [event.data for event in events] == [
        {"year": 2050, "before": {}, "after": {"2050-01-01": "休 元旦", "2050-01-03": "休"}},
        {"year": 2050, "before": {"2050-01-01": "休 元旦", "2050-01-03": "休"}, "after": {"2050-01-03": "班 元旦"}},
    ], "the third changed nothing"


def test_an_incomplete_year_is_not_confirmed_and_a_confirmed_one_stays_complete(federation: Federation) -> None:
    short = {day: told for day, told in holidays(2050).items() if day != date(2050, 5, 2)}
    with federation.work("root@platform") as work:
        workdays.change(work, 2050, put=short)
        with pytest.raises(InvalidError, match="5月2日是法定节假日"):
            workdays.confirm(work, 2050)
        workdays.change(work, 2050, put={date(2050, 5, 2): (False, "")}, drop=[date(2050, 10, 4)])
        with pytest.raises(InvalidError, match="不少于13天，现在只有12天"):
            workdays.confirm(work, 2050)
        workdays.change(work, 2050, put={date(2050, 10, 4): (False, "")})
        workdays.confirm(work, 2050)
        with pytest.raises(InvalidError, match="1月1日是法定节假日"):
            workdays.change(work, 2050, put={}, drop=[date(2050, 1, 1)])
        with pytest.raises(ConflictError, match="已经确认"):
            workdays.confirm(work, 2050)
        with pytest.raises(InvalidError, match="系统已经收录"):
            workdays.confirm(work, 2026)


def test_only_days_of_the_year_and_of_this_century_are_taken(federation: Federation) -> None:
    with federation.work("root@platform") as work:
        with pytest.raises(InvalidError, match="只能录入2050年的日期"):
            workdays.change(work, 2050, put={date(2051, 1, 1): (False, "")})
        with pytest.raises(InvalidError, match="2004年至2099年"):
            workdays.change(work, 1999, put={date(1999, 1, 1): (False, "")})


def test_the_second_of_two_administrators_is_told(federation: Federation) -> None:
    with federation.work("root@platform") as work:
        version = workdays.year_of(work.session, 2050).version
        workdays.change(work, 2050, put=holidays(2050), version=version)
    with federation.work("root@platform") as work:
        for act in (
            lambda: workdays.change(work, 2050, put={date(2050, 3, 1): (False, "")}, version=version),
            lambda: workdays.confirm(work, 2050, version=version),
        ):
            with pytest.raises(ConflictError, match="刚刚修改了2050年的工作日历"):
                act()


def test_years_are_counted_for_the_list(federation: Federation) -> None:
    with federation.work("root@platform") as work:
        arrange(work, 2050)
        workdays.change(work, 2051, put={date(2051, 1, 1): (False, "元旦")})
        assert workdays.counts(work.session) == {2050: (14, True), 2051: (1, False)}


def test_the_question_for_the_year_is_closed_with_its_confirmation(federation: Federation) -> None:
    with federation.work("root@platform") as work:
        task = open_task(work, kind="calendar", title="录入", link="/", role=Role.PLATFORM_ADMIN, key="calendar:2050")
        arrange(work, 2050)
        assert task.done_at is not None


def test_a_deadline_in_an_unknown_year_has_a_notice_until_the_year_is_known(federation: Federation) -> None:
    saturday = date(2050, 1, 1)
    with federation.work("head@street") as work:
        assert workdays.notice(work.session, saturday) == NOTICE
        assert workdays.notice(work.session, date(2026, 10, 1)) == ""
        with pytest.raises(UnknownYearError):
            workdays.of(work.session).is_workday(saturday)
    with federation.work_as_system("platform") as work:
        arrange(work, 2050)
    with federation.work("head@street") as work:
        assert workdays.notice(work.session, saturday) == ""


def test_a_union_that_lets_nothing_roll_over_has_no_notice(federation: Federation) -> None:
    with federation.work("admin@street") as work:
        assert workdays.rolling(work.session) is not None
        settings.change(work, {"holiday_rollover": False})
        assert workdays.rolling(work.session) is None
        assert workdays.notice(work.session, date(2050, 1, 1)) == ""
