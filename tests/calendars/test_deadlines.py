"""日 run through everything; the first day is not counted. Working days are in test_workdays."""

from __future__ import annotations

from datetime import date

from calendars.deadlines import UnknownYearError, add_calendar_days


def test_the_day_on_which_it_begins_is_not_counted() -> None:
    assert add_calendar_days(date(2026, 3, 2), 15) == date(2026, 3, 17)
    assert add_calendar_days(date(2026, 3, 2), 60) == date(2026, 5, 1)


def test_calendar_days_run_through_holidays_and_a_leap_day() -> None:
    assert add_calendar_days(date(2024, 2, 28), 2) == date(2024, 3, 1)
    assert add_calendar_days(date(2025, 9, 30), 8) == date(2025, 10, 8)


def test_an_unknown_year_says_who_has_to_do_something() -> None:
    assert "2099年的节假日安排尚未收录" in str(UnknownYearError(2099))
