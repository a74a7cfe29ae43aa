"""Read hotspots: whose an actor sees, the list, one with its steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, false, func, select, true

from access.actor import Actor, Work
from kernel.errors import ForbiddenError, NotFoundError
from measures import policy
from measures.models import OWN
from measures.spot_rules import EVERY, RECENT_DAYS, SpotStatus
from measures.spots import Hotspot, HotspotEvent
from tenants.models import Category

PAGE = 30
#: Those that wait for a person come first.
_ORDER = (SpotStatus.OPEN, SpotStatus.CONFIRMED, SpotStatus.SUPERVISED)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many hotspots go on, and how many of them nobody has judged yet."""

    live: int
    waiting: int


def visible(actor: Actor) -> ColumnElement[bool]:
    """The condition under which an actor sees a hotspot: as the figures of which it is made."""
    if not policy.may_see_figures(actor):
        return false()
    whose = true() if policy.may_see_below(actor) else Hotspot.scope == OWN
    if policy.may_see_sealed(actor):
        return whose
    # 检举控告: that a rise of them was found tells that somebody was reported (条例 art. 30(3)). All together counts
    # them too, and beside the totals that the actor sees it would tell how many.
    sealed = select(Category.code).where(Category.sealed)
    return and_(whose, Hotspot.category != EVERY, Hotspot.category.not_in(sealed))


def page(work: Work, *, live: bool = True, offset: int = 0, limit: int = PAGE) -> tuple[Sequence[Hotspot], bool]:
    """Hotspots that go on (dismissed ones aside), or those that were dismissed or are over; whether there are more.

    :raises ForbiddenError: for somebody who does not work with petitions.
    """
    if not policy.may_see_figures(work.actor):
        raise ForbiddenError
    wanted = _live() if live else ~_live()
    order = case({status.value: place for place, status in enumerate(_ORDER)}, value=Hotspot.status, else_=9)
    rows = work.session.scalars(
        select(Hotspot)
        .where(Hotspot.tenant_id == work.tenant_id, visible(work.actor), wanted)
        .order_by(order, Hotspot.found_on.desc(), Hotspot.score.desc(), Hotspot.id)
        .offset(offset)
        .limit(limit + 1)
    ).all()
    return rows[:limit], len(rows) > limit


def tally(work: Work) -> Tally:
    """The numbers beside the word; one statement."""
    row = work.session.execute(
        select(func.count(), func.count().filter(Hotspot.status == SpotStatus.OPEN.value)).where(
            Hotspot.tenant_id == work.tenant_id, visible(work.actor), _live()
        )
    ).one()
    return Tally(row[0], row[1])


def get(work: Work, spot_id: UUID) -> Hotspot:
    """One hotspot.

    :raises NotFoundError: when it is not there or not the actor's to see.
    """
    found = work.session.scalars(
        select(Hotspot).where(Hotspot.tenant_id == work.tenant_id, Hotspot.id == spot_id, visible(work.actor))
    ).first()
    if found is None:
        raise NotFoundError
    return found


def events(work: Work, spot: Hotspot) -> Sequence[HotspotEvent]:
    """Its steps, the oldest first."""
    return work.session.scalars(
        select(HotspotEvent)
        .where(HotspotEvent.tenant_id == work.tenant_id, HotspotEvent.hotspot_id == spot.id)
        .order_by(HotspotEvent.at, HotspotEvent.id)
    ).all()


def recent_days(spot: Hotspot) -> tuple[date, date]:
    """First and last of the days that its count is about."""
    return date.fromordinal(spot.last_on.toordinal() - RECENT_DAYS + 1), spot.last_on


def _live() -> ColumnElement[bool]:
    return and_(Hotspot.ended_on.is_(None), Hotspot.status != SpotStatus.DISMISSED.value)
