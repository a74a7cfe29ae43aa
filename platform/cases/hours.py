"""Weekday and hour at which a case was registered, in China: when people come, and which cases came then."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import ColumnElement, func, or_

from cases.models import Case
from cases.rules import FORM, PORTAL
from kernel.clock import CHINA

#: Weekday (1 is Monday) and hour of the registration.
WEEKDAY: Any = func.extract("isodow", func.timezone(str(CHINA), Case.registered_at))
HOUR: Any = func.extract("hour", func.timezone(str(CHINA), Case.registered_at))
#: An import writes many files at its own hour, and a letter comes when it was sent: neither says when people come.
CAME_BY_ITSELF: ColumnElement[bool] = or_(Case.source.is_(None), Case.source.in_((FORM, PORTAL)))
_FORM = re.compile(r"[1-7]-([01]\d|2[0-3])")


def checked(place: str) -> str:
    """A weekday and hour as addresses carry them: ``3-09`` is Wednesday from nine to ten.

    :raises ValueError: for anything else.
    """
    if not _FORM.fullmatch(place):
        raise ValueError(f"no weekday and hour: {place}")
    return place


def came(place: str) -> list[ColumnElement[bool]]:
    """The condition under which a case came at a checked place."""
    weekday, hour = int(place[0]), int(place[2:])
    return [CAME_BY_ITSELF, weekday == WEEKDAY, hour == HOUR]
