"""Who is away now or soon (外出代办), with what they leave on the table: for the head's desk and the deputy's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import and_, func, or_, select, true
from sqlalchemy import case as sql_case
from sqlalchemy.orm import aliased

from access.actor import Work
from access.models import Delegation, User
from cases import policy
from cases.models import Case
from cases.queries import OPEN_VALUES
from cases.table import OFFICE

#: An absence that begins later than this is not yet anybody's work.
AHEAD = timedelta(days=14)
#: A desk shows no more; whoever keeps them has the list of absences.
MOST = 20


@dataclass(frozen=True, slots=True)
class Away:
    """One absence: both days included. ``due`` of the ``open`` cases fall due before the person is back."""

    user_id: UUID
    name: str
    deputy_id: UUID
    deputy: str
    from_on: date
    until_on: date
    open: int
    due: int


def people(work: Work) -> Sequence[Away]:
    """Absences of today and of the next fortnight: all of them for the heads, for others those that concern them.

    Cases are counted by the policy of lists. One statement.
    """
    today = work.clock.today()
    user, deputy = aliased(User), aliased(User)
    row = Delegation
    wanted = [
        row.tenant_id == work.tenant_id,
        row.until_on >= today,
        row.from_on <= today + AHEAD,
        or_(row.ended_on.is_(None), row.ended_on > today),
    ]
    if not work.actor.roles & OFFICE:
        wanted.append(or_(row.user_id == work.actor.user_id, row.deputy_id == work.actor.user_id))
    # Laterally: on the optional side of a join, row-level security would have all of the union's cases read.
    held = (
        select(
            func.count().label("open"),
            func.coalesce(func.sum(sql_case((Case.due_on <= row.until_on, 1), else_=0)), 0).label("due"),
        )
        .where(
            Case.tenant_id == work.tenant_id,
            Case.assignee_id == row.user_id,
            Case.status.in_(OPEN_VALUES),
            policy.visible(work.actor),
        )
        .lateral("held")
    )
    found = work.session.execute(
        select(row, user.display_name, deputy.display_name, held.c.open, held.c.due)
        .join(user, and_(user.tenant_id == row.tenant_id, user.id == row.user_id))
        .join(deputy, and_(deputy.tenant_id == row.tenant_id, deputy.id == row.deputy_id))
        .join(held, true())
        .where(*wanted)
        .order_by(row.from_on, row.until_on, row.id)
        .limit(MOST)
    )
    return [
        Away(each.user_id, name, each.deputy_id, stands_in, each.from_on, each.until_on, count, soon)
        for each, name, stands_in, count, soon in found
    ]
