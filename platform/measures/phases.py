"""Days as the detection knows them: working, free or holiday, and their place in the year of festivals. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from calendars.deadlines import UnknownYearError
from calendars.workdays import LIBRARY
from measures.expecting import Days

#: The first day of the lunar year (春节); wages are fought for in the weeks before it, whenever it falls.
FESTIVALS = tuple(
    date(year, month, day)
    for year, month, day in (
        *((2018, 2, 16), (2019, 2, 5), (2020, 1, 25), (2021, 2, 12), (2022, 2, 1), (2023, 1, 22), (2024, 2, 10)),
        *((2025, 1, 29), (2026, 2, 17), (2027, 2, 6), (2028, 1, 26), (2029, 2, 13), (2030, 2, 3), (2031, 1, 23)),
        *((2032, 2, 11), (2033, 1, 31), (2034, 2, 19), (2035, 2, 8), (2036, 1, 28)),
    )
)
_WORKING, _WEEKEND, _HOLIDAY = 0, 1, 2


def days_between(first: date, last: date) -> Days:
    """Kinds and phases of the days from ``first`` to ``last``, both counted in."""
    span = [first + timedelta(days=place) for place in range((last - first).days + 1)]
    return Days(
        np.array([_kind(day) for day in span], dtype=np.int64), np.array([_phase(day) for day in span], dtype=float)
    )


def _kind(day: date) -> int:
    """Whether offices work, as far as the calendar's library knows the year; weekends elsewhere."""
    weekend = day.isoweekday() > 5
    try:
        if LIBRARY.is_workday(day):
            return _WORKING
    except UnknownYearError:
        return _WEEKEND if weekend else _WORKING
    return _WEEKEND if weekend else _HOLIDAY


def _phase(day: date) -> float:
    """The share of the way from one Spring Festival to the next, in [0, 1)."""
    for begin, end in pairwise(FESTIVALS):
        if begin <= day < end:
            return (day - begin).days / (end - begin).days
    # Beyond the table the solar year has to do; seasons move by two weeks at most.
    return ((day - date(day.year, 2, 5)).days % 365) / 365
