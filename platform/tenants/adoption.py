"""Who is on the platform: unions by kind and state, and when they came. The tree only; no person and no case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Date, cast, func, select
from sqlalchemy.orm import Session

from kernel.clock import CHINA
from tenants.models import Kind, Tenant


@dataclass(frozen=True, slots=True)
class KindCount:
    """Unions of one kind by state."""

    kind: Kind
    active: int
    suspended: int
    closed: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.active + self.suspended + self.closed


def by_kind(session: Session) -> Sequence[KindCount]:
    """Every kind that there is, in the order of the law; the platform itself is none. One statement."""
    states = ("active", "suspended", "closed")
    counts = [func.count().filter(Tenant.status == state).label(state) for state in states]
    rows = session.execute(select(Tenant.kind, *counts).where(Tenant.id > 0).group_by(Tenant.kind)).all()
    found = {Kind(row.kind): KindCount(Kind(row.kind), row.active, row.suspended, row.closed) for row in rows}
    return [found[kind] for kind in Kind if kind in found]


def came_by_month(session: Session, since: date) -> Sequence[tuple[date, int]]:
    """How many unions came in each month from ``since`` on (its first day), months without one left out."""
    month = cast(func.date_trunc("month", func.timezone(str(CHINA), Tenant.created_at)), Date)
    rows = session.execute(
        select(month, func.count()).where(Tenant.id > 0, month >= since).group_by(month).order_by(month)
    )
    return [(row[0], row[1]) for row in rows]
