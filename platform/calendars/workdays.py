"""Which days offices work: the State Council's arrangements in a kept library, and what administrators add to it.

A year is known when the library has it or the platform's administrator has confirmed it; nothing is counted in a year
that is not, because a guess would shorten or lengthen somebody's right in silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import chinese_calendar
from chinese_calendar import constants

from calendars.deadlines import UnknownYearError

#: Stands beside a date that was counted without the arrangement of its year, and is counted anew once it is known.
PROVISIONAL = "节假日安排未公布，暂按周末推算，公布后重新计算"
#: Stands beside a date that may move once the arrangement of its year is known.
NOTICE = "该年度节假日安排尚未收录，期限可能调整"
LIBRARY_YEARS = frozenset(day.year for day in constants.holidays)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The library's days with the administrators' above them.

    ``days`` says of single dates whether offices work, and wins over the library. In a year that is not known they
    are a draft that nobody counts by yet.
    """

    days: Mapping[date, bool] = field(default_factory=dict)
    confirmed: frozenset[int] = frozenset()
    #: In a year that is not known, weekends alone are days off (:meth:`guessing`).
    guesses: bool = False

    def guessing(self) -> WorkCalendar:
        """The same days, with weekends alone for years that are not known: for dates marked as provisional."""
        return replace(self, guesses=True)

    def knows(self, year: int) -> bool:
        """Whether working days of ``year`` can be counted."""
        return year in LIBRARY_YEARS or year in self.confirmed

    def is_workday(self, day: date) -> bool:
        """Whether offices work on ``day``, with holidays and make-up days (调休).

        :raises UnknownYearError: for a year that is not known.
        """
        if not self.knows(day.year):
            if self.guesses:
                return day.weekday() < _SATURDAY
            raise UnknownYearError(day.year)
        named = self.days.get(day)
        if named is not None:
            return named
        if day.year in LIBRARY_YEARS:
            return bool(chinese_calendar.is_workday(day))
        return day.weekday() < _SATURDAY

    def add_working_days(self, start: date, days: int) -> date:
        """The last day of a period of ``days`` working days (工作日) after ``start``, which is not counted.

        :raises UnknownYearError: as :meth:`is_workday`.
        """
        day, left = start, days
        while left > 0:
            day += timedelta(days=1)
            left -= self.is_workday(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after ``start`` up to ``end``, which is counted; 0 when that is earlier.

        :raises UnknownYearError: as :meth:`is_workday`.
        """
        return sum(self.is_workday(start + timedelta(days=step)) for step in range(1, (end - start).days + 1))

    def end_on_workday(self, day: date) -> date:
        """``day``, or the next working day when it is a holiday (民法典 art. 203).

        Where the arrangement is not known the day stays as it is, and :meth:`notice` says so: nobody gets a later day
        on a guess.
        """
        last = day
        try:
            while not self.is_workday(last):
                last += timedelta(days=1)
        except UnknownYearError:
            return day
        return last

    def notice(self, day: date) -> str:
        """What has to stand beside a deadline that :meth:`end_on_workday` could not settle; else empty."""
        last = day
        try:
            while not self.is_workday(last):
                last += timedelta(days=1)
        except UnknownYearError:
            return NOTICE
        return ""


#: What the library alone knows.
LIBRARY = WorkCalendar()


def library_days(year: int) -> dict[date, tuple[bool, str]]:
    """The days that the library names in ``year``: whether offices work, and the holiday's Chinese name."""
    words = {holiday.value: str(holiday.chinese) for holiday in constants.Holiday}
    found = {day: (False, words.get(name, "")) for day, name in constants.holidays.items() if day.year == year}
    found |= {day: (True, words.get(name, "")) for day, name in constants.workdays.items() if day.year == year}
    return dict(sorted(found.items()))
