"""日 and 工作日 are different units; the first day is not counted; an unknown year is said to be unknown."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.deadlines import UnknownYearError, add_calendar_days, add_working_days, is_workday

KNOWN = st.dates(date(2020, 1, 1), date(2025, 11, 30))


def test_the_day_on_which_it_begins_is_not_counted() -> None:
    assert add_calendar_days(date(2026, 3, 2), 15) == date(2026, 3, 17)
    assert add_calendar_days(date(2026, 3, 2), 60) == date(2026, 5, 1)


def test_calendar_days_run_through_holidays_and_a_leap_day() -> None:
    assert add_calendar_days(date(2024, 2, 28), 2) == date(2024, 3, 1)
    assert add_calendar_days(date(2025, 9, 30), 8) == date(2025, 10, 8)


def test_a_make_up_sunday_is_a_working_day_and_a_holiday_monday_is_none() -> None:
    assert is_workday(date(2025, 9, 28))  # Sunday before the National Day holiday, 调休
    assert not is_workday(date(2025, 10, 6))  # Mid-Autumn Monday within it
    assert not is_workday(date(2025, 6, 28))  # an ordinary Saturday


def test_working_days_step_over_the_national_day_holiday() -> None:
    assert add_working_days(date(2025, 9, 30), 1) == date(2025, 10, 9)


def test_a_year_that_nobody_arranged_yet_is_an_error_that_names_it() -> None:
    with pytest.raises(UnknownYearError, match="2099") as unknown:
        is_workday(date(2099, 1, 4))
    assert unknown.value.year == 2099
    with pytest.raises(UnknownYearError):
        add_working_days(date(2099, 1, 4), 1)


@given(KNOWN, st.integers(0, 40))
def test_working_days_end_on_a_working_day_with_as_many_in_between(start: date, days: int) -> None:
    if start > date(2025, 9, 1):
        start -= timedelta(days=100)
    end = add_working_days(start, days)
    between = [start + timedelta(days=step) for step in range(1, (end - start).days + 1)]
    assert sum(map(is_workday, between)) == days
    assert days == 0 or is_workday(end)


@given(KNOWN, st.integers(0, 60))
def test_as_many_working_days_never_end_before_calendar_days(start: date, days: int) -> None:
    if start > date(2025, 6, 1):
        start -= timedelta(days=200)
    assert add_working_days(start, days) >= add_calendar_days(start, days)
