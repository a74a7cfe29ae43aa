"""A year that the administrator has entered and confirmed."""

from __future__ import annotations

from datetime import date, timedelta

from access.actor import Work
from tenants import workdays


def holidays(year: int) -> dict[date, tuple[bool, str]]:
    """Thirteen days off and one Saturday on which offices work."""
    days = {date(year, 1, 1): (False, "元旦")}
    days |= {date(year, 2, 5) + timedelta(days=step): (False, "春节") for step in range(6)}
    days |= {date(year, 5, day): (False, "劳动节") for day in (1, 2)}
    days |= {date(year, 10, day): (False, "国庆节") for day in (1, 2, 3, 4)}
    saturday = date(year, 9, 20)
    while saturday.weekday() != 5:
        saturday += timedelta(days=1)
    return days | {saturday: (True, "国庆节")}


def arrange(work: Work, year: int) -> None:
    """Enter and confirm ``year``."""
    workdays.change(work, year, put=holidays(year))
    workdays.confirm(work, year)
