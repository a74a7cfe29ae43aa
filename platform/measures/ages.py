"""How long the open cases of one's own union may still take, from the cases under their policy, not from facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, func, select

from access.actor import Work
from cases.models import Case
from cases.queries import OPEN_VALUES
from measures.own_cases import matching
from measures.scopes import Wanted


@dataclass(frozen=True, slots=True)
class Age:
    """Open cases whose running deadline lies in [first, last]; ``None`` is open-ended. Both ``None``: no deadline."""

    label: str
    first: date | None
    last: date | None
    count: int
    late: bool


#: Bands of days that are left until the running deadline: label, from, to; negative is late.
BANDS: tuple[tuple[str, int | None, int | None], ...] = (
    ("超期30天以上", None, -31),
    ("超期1–30天", -30, -1),
    ("剩0–7天", 0, 7),
    ("剩8–15天", 8, 15),
    ("剩16–30天", 16, 30),
    ("剩31天以上", 31, None),
)


def ageing(work: Work, wanted: Wanted) -> tuple[Age, ...]:
    """Open cases of the viewer's own union that the actor may see, by days left; those without a clock come last.

    From the cases themselves under their policy, because a deadline that moved is known there first.
    """
    today = work.clock.today()
    edges = [
        (
            label,
            None if low is None else today + timedelta(days=low),
            None if high is None else today + timedelta(days=high),
        )
        for label, low, high in BANDS
    ]
    columns = [
        func.count().filter(_within(low, high)).label(f"band{place}") for place, (_, low, high) in enumerate(edges)
    ]
    conditions = [*matching(work, wanted), Case.status.in_(OPEN_VALUES)]
    row = work.session.execute(
        select(*columns, func.count().filter(Case.due_on.is_(None)).label("none")).where(*conditions)
    ).one()
    found = [
        Age(label, low, high, row[place], late=high is not None and high < today)
        for place, (label, low, high) in enumerate(edges)
    ]
    return (*found, Age("无期限", None, None, row.none, late=False))


def _within(low: date | None, high: date | None) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [Case.due_on.is_not(None)]
    if low is not None:
        conditions.append(Case.due_on >= low)
    if high is not None:
        conditions.append(Case.due_on <= high)
    return and_(*conditions)
