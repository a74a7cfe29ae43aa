"""Who is away and who stands in (外出代办). Both days of an absence count; it ends by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select

from access.models import Delegation, User
from kernel.clock import china_date
from kernel.db import TenantSession


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody who is away today: until when (inclusive) and who stands in."""

    user_id: UUID
    deputy_id: UUID
    deputy: str
    until_on: date


def holds_on(day: date) -> ColumnElement[bool]:
    """The condition under which an absence holds on ``day``."""
    row = Delegation
    return and_(row.from_on <= day, row.until_on >= day, or_(row.ended_on.is_(None), row.ended_on > day))


def absent_colleagues(now: datetime) -> ScalarSelect[Any]:
    """For a statement about ``User``: the colleagues for whom the person stands in at that moment."""
    return (
        select(func.array_agg(Delegation.user_id))
        .where(Delegation.tenant_id == User.tenant_id, Delegation.deputy_id == User.id, holds_on(china_date(now)))
        .scalar_subquery()
    )


def stands_in_for(session: TenantSession, user_id: UUID, now: datetime) -> frozenset[UUID]:
    """The colleagues for whom one person stands in at that moment."""
    found = session.scalars(
        select(Delegation.user_id).where(Delegation.deputy_id == user_id, holds_on(china_date(now)))
    )
    return frozenset(found)


def on(session: TenantSession, day: date, people: Iterable[UUID] | None = None) -> Mapping[UUID, Absence]:
    """Who of ``people`` (of everybody, when none is named) is away on ``day``, by account."""
    statement = (
        select(Delegation.user_id, Delegation.deputy_id, User.display_name, Delegation.until_on)
        .join(User, and_(User.tenant_id == Delegation.tenant_id, User.id == Delegation.deputy_id))
        .where(Delegation.tenant_id == session.tenant_id, holds_on(day))
    )
    if people is not None:
        wanted: Sequence[UUID] = list(people)
        if not wanted:
            return {}
        statement = statement.where(Delegation.user_id.in_(wanted))
    return {row[0]: Absence(row[0], row[1], row[2], row[3]) for row in session.execute(statement)}
