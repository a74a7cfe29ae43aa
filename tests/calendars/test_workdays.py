"""Working days across the long holidays, in years that a library, an administrator or nobody knows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.deadlines import UnknownYearError, add_calendar_days
from calendars.workdays import LIBRARY, NOTICE, WorkCalendar, library_days

KNOWN = st.dates(date(2020, 1, 1), date(2026, 6, 30))
#: A year that no library has, confirmed: 30 January to 5 February off, the Saturday before worked.
OWN = WorkCalendar(
    {date(2099, 1, 1): False, date(2099, 1, 24): True, **{date(2099, 1, 20) + timedelta(n): False for n in range(3)}},
    confirmed=frozenset({2099}),
)

#: From the State Council's notices. Day of the act, working days allowed, last day; first across 春节, then 国庆.
EXAMPLES = [
    # 2024: holiday 10–17 February, offices worked on Sunday 4 and Sunday 18 February.
    (date(2024, 2, 2), 5, date(2024, 2, 8)),
    (date(2024, 2, 9), 1, date(2024, 2, 18)),
    (date(2024, 2, 8), 5, date(2024, 2, 21)),
    # 2025: holiday 28 January – 4 February, worked on Sunday 26 January and Saturday 8 February.
    (date(2025, 1, 24), 3, date(2025, 2, 5)),
    (date(2025, 1, 27), 5, date(2025, 2, 10)),
    (date(2025, 2, 4), 5, date(2025, 2, 10)),
    # 2026: holiday 15–23 February, worked on Saturday 14 and Saturday 28 February.
    (date(2026, 2, 13), 2, date(2026, 2, 24)),
    (date(2026, 2, 14), 5, date(2026, 2, 28)),
    (date(2026, 2, 12), 10, date(2026, 3, 4)),
    # 2024: holiday 1–7 October, worked on Sunday 29 September and Saturday 12 October.
    (date(2024, 9, 28), 2, date(2024, 9, 30)),
    (date(2024, 9, 30), 5, date(2024, 10, 12)),
    (date(2024, 9, 26), 5, date(2024, 10, 9)),
    # 2025: holiday 1–8 October with 中秋, worked on Sunday 28 September and Saturday 11 October.
    (date(2025, 9, 26), 2, date(2025, 9, 29)),
    (date(2025, 9, 30), 1, date(2025, 10, 9)),
    (date(2025, 9, 30), 3, date(2025, 10, 11)),
    # 2026: holiday 1–7 October, worked on Sunday 20 September and Saturday 10 October.
    (date(2026, 9, 18), 1, date(2026, 9, 20)),
    (date(2026, 9, 30), 3, date(2026, 10, 10)),
    (date(2026, 9, 30), 5, date(2026, 10, 13)),
]

#: A duty in calendar days that would end on the left day ends on the right one (民法典 art. 203).
ROLLED = [
    (date(2024, 2, 10), date(2024, 2, 18)),
    (date(2025, 1, 29), date(2025, 2, 5)),
    (date(2026, 2, 16), date(2026, 2, 24)),
    (date(2024, 10, 5), date(2024, 10, 8)),
    (date(2025, 10, 1), date(2025, 10, 9)),
    (date(2026, 10, 7), date(2026, 10, 8)),
    (date(2026, 2, 14), date(2026, 2, 14)),
    (date(2025, 9, 28), date(2025, 9, 28)),
    (date(2026, 10, 10), date(2026, 10, 10)),
]


@pytest.mark.parametrize(("act", "days", "last"), EXAMPLES)
def test_working_days_across_the_long_holidays_of_three_years(act: date, days: int, last: date) -> None:
    assert LIBRARY.add_working_days(act, days) == last
    assert LIBRARY.working_days_between(act, last) == days


@pytest.mark.parametrize(("due", "rolled"), ROLLED)
def test_a_duty_that_ends_within_a_long_holiday_ends_after_it(due: date, rolled: date) -> None:
    assert LIBRARY.end_on_workday(due) == rolled
    assert LIBRARY.notice(due) == ""


def test_a_make_up_sunday_is_a_working_day_and_a_holiday_monday_is_none() -> None:
    assert LIBRARY.is_workday(date(2025, 9, 28))
    assert not LIBRARY.is_workday(date(2025, 10, 6))
    assert not LIBRARY.is_workday(date(2025, 6, 28)), "an ordinary Saturday"


def test_a_year_that_nobody_arranged_yet_is_an_error_that_names_it() -> None:
    assert not LIBRARY.knows(2099)
    for ask in (
        lambda: LIBRARY.is_workday(date(2099, 1, 5)),
        lambda: LIBRARY.add_working_days(date(2099, 1, 4), 1),
        lambda: LIBRARY.working_days_between(date(2099, 1, 4), date(2099, 1, 6)),
    ):
        with pytest.raises(UnknownYearError, match="2099") as unknown:
            ask()
        assert unknown.value.year == 2099


def test_a_day_of_an_unknown_year_stays_and_a_notice_says_that_it_may_move() -> None:
    sunday = date(2099, 1, 4)
    assert LIBRARY.end_on_workday(sunday) == sunday
    assert LIBRARY.notice(sunday) == NOTICE
    assert LIBRARY.notice(date(2026, 12, 31)) == "", "a working Thursday is settled"


def test_a_weekend_at_the_edge_of_the_known_years_is_not_rolled_into_the_unknown() -> None:
    edge = WorkCalendar({date(2026, 12, 31): False})
    assert edge.end_on_workday(date(2026, 12, 31)) == date(2026, 12, 31)
    assert edge.notice(date(2026, 12, 31)) == NOTICE


def test_days_that_nobody_confirmed_are_a_draft() -> None:
    draft = WorkCalendar(OWN.days)
    assert not draft.knows(2099)
    with pytest.raises(UnknownYearError):
        draft.is_workday(date(2099, 1, 1))


def test_a_confirmed_year_counts_by_its_own_days_and_by_weekends() -> None:
    assert OWN.knows(2099)
    assert not OWN.is_workday(date(2099, 1, 1))
    assert OWN.is_workday(date(2099, 1, 24)), "a Saturday with 班"
    assert not OWN.is_workday(date(2099, 1, 25))
    assert OWN.is_workday(date(2099, 1, 26))
    assert OWN.add_working_days(date(2099, 1, 19), 2) == date(2099, 1, 24)
    assert OWN.notice(date(2099, 1, 21)) == ""


def test_an_administrators_day_wins_over_the_library() -> None:
    extra = WorkCalendar({date(2026, 3, 3): False, date(2026, 10, 1): True})
    assert not extra.is_workday(date(2026, 3, 3))
    assert extra.is_workday(date(2026, 10, 1))
    assert extra.end_on_workday(date(2026, 3, 3)) == date(2026, 3, 4)


def test_the_librarys_days_have_chinese_names() -> None:
    days = library_days(2026)
    assert days[date(2026, 2, 17)] == (False, "春节")
    assert days[date(2026, 2, 14)] == (True, "春节")
    assert library_days(2099) == {}


@given(KNOWN, st.integers(0, 40))
def test_working_days_end_on_a_working_day_with_as_many_in_between(start: date, days: int) -> None:
    end = LIBRARY.add_working_days(start, days)
    assert LIBRARY.working_days_between(start, end) == days
    assert days == 0 or LIBRARY.is_workday(end)
    assert end >= add_calendar_days(start, days)


@given(KNOWN, st.integers(0, 30), st.integers(0, 30))
def test_periods_add_up(start: date, one: int, other: int) -> None:
    there = LIBRARY.add_working_days(LIBRARY.add_working_days(start, one), other)
    assert there == LIBRARY.add_working_days(start, one + other)


@given(st.dates(date(2020, 1, 1), date(2099, 12, 31)))
def test_rolling_over_never_shortens_and_is_settled_at_once(day: date) -> None:
    rolled = LIBRARY.end_on_workday(day)
    assert rolled >= day
    assert LIBRARY.end_on_workday(rolled) == rolled
    assert LIBRARY.notice(day) or LIBRARY.is_workday(rolled)


@given(KNOWN, st.sets(st.dates(date(2026, 7, 1), date(2026, 12, 1)), max_size=5), st.integers(0, 20))
def test_one_more_holiday_never_brings_an_end_forward(start: date, holidays: set[date], days: int) -> None:
    more = WorkCalendar(dict.fromkeys(holidays, False))
    assert more.add_working_days(start, days) >= LIBRARY.add_working_days(start, days)
