"""Deadline arithmetic. The start day is not counted (民法典 art. 201); “日” and “工作日” are different units.

Working days are counted by a :class:`calendars.workdays.WorkCalendar`.
"""

from __future__ import annotations

from datetime import date, timedelta


class UnknownYearError(ValueError):
    """The State Council's arrangement for a year is not known; ``year`` says which."""

    def __init__(self, year: int) -> None:
        super().__init__(f"{year}年的节假日安排尚未收录，请管理员先维护工作日历。")
        self.year = year


def add_calendar_days(start: date, days: int) -> date:
    """The last day of a period of ``days`` calendar days (日) after ``start``, which is not counted."""
    return start + timedelta(days=days)
