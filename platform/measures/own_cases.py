"""What facts cannot say: figures of the own union's cases, from the cases themselves under their policy.

Only one's own: a superior has counts and never files. Costs one pass over the union's cases that match.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Date, cast, func, or_, select
from sqlalchemy import case as sql_case

from access import queries as accounts
from access.actor import Work
from cases import hours
from cases import policy as case_policy
from cases.figures import UNCLASSIFIED
from cases.models import Case
from cases.queries import OPEN_VALUES, day_start
from kernel.clock import CHINA
from kernel.errors import ForbiddenError
from measures import policy
from measures.scopes import Wanted

#: Fewer whole weeks than this make an hour look busy because of one day.
SHORTEST_WEEKS = 8
#: Days ahead that “soon” means, as on the desk.
SOON_DAYS = 7
WEEKDAYS, HOURS = 7, 24


@dataclass(frozen=True, slots=True)
class Load:
    """Open cases in one person's hands, or in nobody's yet (``None``). A load, and no word about how they work."""

    user_id: UUID | None
    name: str
    open: int
    #: Of those, with a deadline within :data:`SOON_DAYS` days, today included.
    soon: int


@dataclass(frozen=True, slots=True)
class Durations:
    """Whole days of cases that were registered in the period, and whether they have ended; one entry a case."""

    days: npt.NDArray[np.int64]
    closed: npt.NDArray[np.bool_]


def matching(work: Work, wanted: Wanted) -> list[ColumnElement[bool]]:
    """The union's cases that the actor may see, of the wanted category and channel."""
    conditions: list[ColumnElement[bool]] = [Case.tenant_id == work.tenant_id, case_policy.visible(work.actor)]
    if wanted.channel is not None:
        conditions.append(Case.channel == wanted.channel)
    if wanted.category == UNCLASSIFIED:
        conditions.append(Case.category_code.is_(None))
    elif wanted.category is not None:
        below = f"{wanted.category}."
        conditions.append(or_(Case.category_code == wanted.category, Case.category_code.startswith(below)))
    return conditions


def per_handler(work: Work, wanted: Wanted) -> Sequence[Load]:
    """Open cases by whose hands they are in, by name, those in nobody's last; people without one are not listed.

    :raises ForbiddenError: for whoever does not distribute the work.
    """
    if not policy.may_see_loads(work.actor):
        raise ForbiddenError
    today = work.clock.today()
    soon = Case.due_on.between(today, today + timedelta(days=SOON_DAYS))
    rows = work.session.execute(
        select(Case.assignee_id, func.count().label("open"), func.count().filter(soon).label("soon"))
        .where(*matching(work, wanted), Case.status.in_(OPEN_VALUES))
        .group_by(Case.assignee_id)
    ).all()
    names = accounts.names(work.session, (row.assignee_id for row in rows))
    found = [Load(row.assignee_id, names.get(row.assignee_id, ""), row.open, row.soon) for row in rows]
    return sorted(found, key=lambda load: (load.user_id is None, by_sound(load.name), str(load.user_id)))


def by_sound(name: str) -> bytes:
    """A key that sorts Chinese names as address books do: GB 18030 has the common characters in order of pinyin."""
    return name.encode("gb18030", errors="replace")


def by_hour(work: Work, wanted: Wanted) -> tuple[tuple[int, ...], ...] | None:
    """Registered cases by weekday (Monday first) and hour in China, over the whole weeks of the period.

    ``None`` for a period of fewer than :data:`SHORTEST_WEEKS` whole weeks. Imported files, and those that came by
    letter, are left out.
    """
    if len(wanted.weeks) < SHORTEST_WEEKS:
        return None
    rows = work.session.execute(
        select(hours.WEEKDAY.label("weekday"), hours.HOUR.label("hour"), func.count().label("cases"))
        .where(
            *matching(work, wanted),
            hours.CAME_BY_ITSELF,
            Case.registered_at >= day_start(wanted.first_monday),
            Case.registered_at < day_start(wanted.last_sunday + timedelta(days=1)),
        )
        .group_by(hours.WEEKDAY, hours.HOUR)
    ).all()
    counts = [[0] * HOURS for _day in range(WEEKDAYS)]
    for row in rows:
        counts[int(row.weekday) - 1][int(row.hour)] = row.cases
    return tuple(map(tuple, counts))


def durations(work: Work, wanted: Wanted) -> Durations:
    """How long the cases took that were registered in the period, to their end or, while open, to today.

    One that went to a successor (机构承继) counts as open until that day. One that came from a predecessor is left
    out: its first days were another union's.
    """
    today = work.clock.today()
    begun, ended = _china(Case.registered_at), _china(Case.closed_at)
    left = sql_case((Case.handed_on.is_not(None), Case.handed_on), (Case.closed_at.is_not(None), ended), else_=today)
    days = func.greatest(left - begun, 0)
    closed = Case.closed_at.is_not(None) & Case.handed_on.is_(None)
    rows = work.session.execute(
        select(days.label("days"), closed.label("closed"), func.count().label("cases"))
        .where(
            *matching(work, wanted),
            Case.arrived_on.is_(None),
            Case.registered_at >= day_start(wanted.first),
            Case.registered_at < day_start(wanted.last + timedelta(days=1)),
        )
        .group_by(days, closed)
    ).all()
    counts = np.array([row.cases for row in rows], dtype=np.int64)
    return Durations(
        np.repeat(np.array([row.days for row in rows], dtype=np.int64), counts),
        np.repeat(np.array([row.closed for row in rows], dtype=np.bool_), counts),
    )


def _china(moment: Any) -> ColumnElement[date]:
    return cast(func.timezone(str(CHINA), moment), Date)
