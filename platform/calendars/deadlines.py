"""Deadline arithmetic. The start day is not counted (民法典 art. 201); “日” and “工作日” are different units."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar


class UnknownYearError(ValueError):
    """The State Council's arrangement for a year is not known; ``year`` says which."""

    def __init__(self, year: int) -> None:
        super().__init__(f"{year}年的节假日安排尚未收录，请管理员先维护工作日历。")
        self.year = year


def is_workday(day: date) -> bool:
    """Whether offices work on ``day``, with the State Council's holidays and make-up days (调休).

    :raises UnknownYearError: for a year whose arrangement is not published yet; guessing would shorten or lengthen
        somebody's right in silence.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        raise UnknownYearError(day.year) from None


def add_calendar_days(start: date, days: int) -> date:
    """The last day of a period of ``days`` calendar days (日) after ``start``, which is not counted."""
    return start + timedelta(days=days)


def end_on_workday(day: date) -> date:
    """``day``, or the next working day when it is a holiday (民法典 art. 203).

    Where the State Council's arrangement is not published yet the day stays as it is: nobody gets a later day on a
    guess.
    """
    last = day
    try:
        while not is_workday(last):
            last += timedelta(days=1)
    except UnknownYearError:
        return day
    return last


def add_working_days(start: date, days: int) -> date:
    """The last day of a period of ``days`` working days (工作日) after ``start``, which is not counted.

    :raises UnknownYearError: as :func:`is_workday`.
    """
    day, left = start, days
    while left > 0:
        day += timedelta(days=1)
        left -= is_workday(day)
    return day
