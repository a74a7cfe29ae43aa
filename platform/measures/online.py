"""How far what workers filed through the portal got (网上门户): counted from the cases that the union has anyway.

Nobody is watched at the portal: no visit, no opened form and nothing that was typed and not sent leaves a trace. So
whoever gave up before the button is counted nowhere, on purpose. Cases that came from a predecessor or went to a
successor (机构承继) are left out: half of their way is another union's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, timedelta

from sqlalchemy import Date, and_, cast, exists, func, or_, select

from access.actor import Work
from cases.figures import ANSWERED_ENDS
from cases.handling import CaseRating
from cases.handling_rules import BY_PETITIONER
from cases.models import Case
from cases.queries import OPEN_VALUES, day_start
from cases.rules import PORTAL
from kernel.clock import CHINA
from measures.counting import RATING_DAYS
from measures.own_cases import matching
from measures.scopes import Wanted


@dataclass(frozen=True, slots=True)
class Filed:
    """Cases (件) by how far they got; each ``*_ahead`` counts those that may still get there."""

    #: Whatever way they came; the others are of those that were filed through the portal.
    registered: int = 0
    filed: int = 0
    #: Accepted (受理), or answered without that: on the spot, refused with a reason, shown the legal way.
    taken: int = 0
    taken_ahead: int = 0
    #: With an answer on record (事事有回音).
    answered: int = 0
    answered_ahead: int = 0
    #: Answered, and rated by the petitioner with the 查询码; what staff wrote down is not counted.
    rated: int = 0
    rated_ahead: int = 0


def filed(work: Work, wanted: Wanted) -> list[tuple[date, Filed]]:
    """Every month that the period touches, by the day of registration; only cases that the actor may see.

    One pass over the union's cases of the period.
    """
    is_open, answered = Case.status.in_(OPEN_VALUES), Case.replied_on.is_not(None)
    taken = or_(Case.accepted_at.is_not(None), answered)
    rating = exists().where(
        CaseRating.tenant_id == Case.tenant_id, CaseRating.case_id == Case.id, CaseRating.entered_by == BY_PETITIONER
    )
    rated = and_(answered, rating)
    lately = day_start(work.clock.today() - timedelta(days=RATING_DAYS))
    asked = and_(Case.status.in_([status.value for status in ANSWERED_ENDS]), Case.closed_at >= lately)
    portal = Case.source == PORTAL
    conditions = {
        "filed": portal,
        "taken": and_(portal, taken),
        "taken_ahead": and_(portal, ~taken, is_open),
        "answered": and_(portal, answered),
        "answered_ahead": and_(portal, ~answered, is_open),
        "rated": and_(portal, rated),
        "rated_ahead": and_(portal, ~rated, or_(is_open, asked)),
    }
    month = cast(func.date_trunc("month", func.timezone(str(CHINA), Case.registered_at)), Date)
    rows = work.session.execute(
        select(
            month.label("month"),
            func.count().label("registered"),
            *(func.count().filter(condition).label(name) for name, condition in conditions.items()),
        )
        .where(
            *matching(work, wanted),
            Case.arrived_on.is_(None),
            Case.handed_on.is_(None),
            Case.registered_at >= day_start(wanted.first),
            Case.registered_at < day_start(wanted.last + timedelta(days=1)),
        )
        .group_by(month)
    ).all()
    found = {row.month: Filed(**{name: int(getattr(row, name)) for name in _NAMES}) for row in rows}
    return [(first, found.get(first, Filed())) for first in wanted.months]


_NAMES = tuple(one.name for one in fields(Filed))


def together(months: Iterable[tuple[date, Filed]]) -> Filed:
    """The sum of months."""
    parts = [part for _first, part in months]
    return Filed(**{name: sum(getattr(part, name) for part in parts) for name in _NAMES})
