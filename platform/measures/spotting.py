"""Look for hotspots in a union's own rows of the daily facts, and keep what is found. One night, one union.

A superior looks at each direct child's subtree, at its own cases and at all of them together; units further below are
their own superiors' business. Cases that nobody has classified yet are in no category, so the last days count a
little low: a hotspot may be found a day or two late, never invented by the desk's delay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import func, or_, select

from access.actor import Work
from access.roles import Role
from audit.services import record
from cases.figures import UNCLASSIFIED
from kernel.ids import uuid7
from measures import gathering, grains, policy
from measures.detection import Finding, find
from measures.expecting import Ints
from measures.grains import Matter, Stretch
from measures.models import OWN, SUBTREE
from measures.phases import days_between
from measures.spot_rules import ENDING, EVERY, QUIET_DAYS, RECENT_DAYS, SpotAction, SpotStatus, note_of_evidence
from measures.spots import Hotspot, HotspotEvent
from measures.suppression import outside
from notices.services import post
from tenants import queries as tenants
from tenants.models import Tenant

#: How far back the search reads: two years tell a season, the rest is for the level of before.
HISTORY_DAYS = 3 * 364


@dataclass(frozen=True, slots=True)
class Place:
    """Whose figures a row of the counts is: the viewer's own cases, a child with its subtree, or all together."""

    subject_id: int
    scope: int
    name: str
    is_child: bool


@dataclass(frozen=True, slots=True)
class Ground:
    """The counts of the night: ``counts[place, category, day]``, days from ``first`` to ``last``."""

    places: tuple[Place, ...]
    categories: tuple[str, ...]
    first: date
    last: date
    counts: Ints


def look(work: Work) -> int:
    """Search, keep what is new, refresh what goes on, end what is over; the number of hotspots that go on.

    Runs any number of times a day with the same result. Only complete days are looked at, up to yesterday.

    :raises ForbiddenError: for anybody but the system.
    """
    work.actor.require((Role.SYSTEM,))
    ground = read(work)
    if ground is None:
        return 0
    # One search at a time: the rows of before are held until the commit.
    live = {
        (spot.subject_id, spot.scope, spot.category): spot
        for spot in work.session.scalars(
            select(Hotspot).where(Hotspot.ended_on.is_(None)).order_by(Hotspot.id).with_for_update()
        )
    }
    categories = tenants.categories(work.session)
    names = {category.code: category.name for category in categories}
    # All together counts the sealed ones (检举控告) too.
    sealed = {EVERY, *(category.code for category in categories if category.sealed)}
    going_on = 0
    for finding in find(ground.counts, days_between(ground.first, ground.last)):
        place = ground.places[finding.row]
        code = ground.categories[finding.column] if finding.column < len(ground.categories) else EVERY
        name = "全部类别" if code == EVERY else names.get(code, code)
        seen = _seen(work, ground, place, name, finding)
        before = live.get((place.subject_id, place.scope, code))
        if before is None:
            _tell(work, _keep(work, seen, code), sealed=code in sealed)
        else:
            _refresh(before, seen)
        going_on += 1
    for spot in live.values():
        if (ground.last - spot.last_on).days >= QUIET_DAYS:
            _end(work, spot, ground.last)
    work.session.flush()
    return going_on


def read(work: Work) -> Ground | None:
    """The registered cases of every place by first-level category and day; ``None`` without any.

    One statement over the viewer's own rows; it grows with the number of direct children, not with the tree.
    """
    last = work.clock.today() - timedelta(days=1)
    first = last - timedelta(days=HISTORY_DAYS - 1)
    own, children = _around(work)
    places = _places(own, children)
    lines = [(own.id, OWN), *((child.id, SUBTREE) for child in children)]
    facts = grains.rows(work, lines, [Stretch(first, last, by_month=False)], Matter(categories=True))
    rows = work.session.execute(
        select(facts.c.subject_id, facts.c.category, facts.c.day, func.sum(facts.c.registered))
        .where(facts.c.category != UNCLASSIFIED)
        .group_by(facts.c.subject_id, facts.c.category, facts.c.day)
        .having(func.sum(facts.c.registered) > 0),
        facts.values,
    ).all()
    if not rows:
        return None
    first = max(first, min(row.day for row in rows))
    categories = tuple(sorted({row.category for row in rows}))
    down = {place.subject_id: number for number, place in enumerate(places[:-1])}
    across = {code: number for number, code in enumerate(categories)}
    counts = np.zeros((1 + len(children), len(categories), (last - first).days + 1), dtype=np.int64)
    for subject, category, day, registered in rows:
        counts[down[subject], across[category], (day - first).days] = registered
    return Ground(places, categories, first, last, counts)


def _around(work: Work) -> tuple[Tenant, Sequence[Tenant]]:
    rows = work.session.scalars(
        select(Tenant).where(or_(Tenant.id == work.tenant_id, Tenant.parent_id == work.tenant_id)).order_by(Tenant.id)
    ).all()
    own = next(row for row in rows if row.id == work.tenant_id)
    return own, [row for row in rows if row.id != own.id]


def _places(own: Tenant, children: Sequence[Tenant]) -> tuple[Place, ...]:
    """In the order of the rows of the counts; the last one is their sum."""
    whole = "及全部下级" if children else ""
    return (
        Place(own.id, OWN, own.short_name, False),
        *(Place(child.id, SUBTREE, child.short_name, True) for child in children),
        Place(own.id, SUBTREE if children else OWN, f"{own.short_name}{whole}", False),
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """What tonight says about a place: the columns of a hotspot that may change while it goes on."""

    place: Place
    columns: dict[str, Any]


def _seen(work: Work, ground: Ground, place: Place, category: str, finding: Finding) -> Seen:
    since = ground.last - timedelta(days=RECENT_DAYS - 1)
    # Employers and words are read from files, and the union's own are all that there are; of its whole subtree they
    # are a part, and are told as that.
    is_own = not place.is_child
    wanted = ground.categories[finding.column] if finding.column < len(ground.categories) else None
    show = outside if place.is_child else int
    words = note_of_evidence(
        place.name,
        category,
        counted=show(finding.counted),
        hoped=finding.hoped,
        window=finding.window,
        recent=show(finding.recent),
        recent_hoped=finding.recent_hoped,
        places=gathering.employers(work, wanted, since) if is_own else None,
        outside=place.is_child,
        in_part=place.scope != OWN,
    )
    return Seen(
        place,
        {
            "last_on": ground.last,
            "counted": finding.counted,
            "hoped": finding.hoped,
            "score": finding.score,
            "terms": list(gathering.terms(work, wanted, since)) if is_own else [],
            "evidence": words,
        },
    )


def _refresh(spot: Hotspot, seen: Seen) -> None:
    for name, value in seen.columns.items():
        setattr(spot, name, value)


def _keep(work: Work, seen: Seen, code: str) -> Hotspot:
    spot = Hotspot(
        id=uuid7(),
        subject_id=seen.place.subject_id,
        scope=seen.place.scope,
        category=code,
        found_on=work.clock.today(),
        created_at=work.clock.now(),
        **seen.columns,
    )
    work.session.add(spot)
    work.session.flush()
    note(work, spot, SpotAction.FOUND, spot.evidence)
    told = {"subject": spot.subject_id, "scope": spot.scope, "category": code, "after": SpotStatus.OPEN.value}
    record(work, "hotspot:found", subject_type="hotspot", subject_id=spot.id, data=told)
    return spot


def _tell(work: Work, spot: Hotspot, *, sealed: bool) -> None:
    """Leave a notice for whoever may act: that there is one and where, once; which matter and how many, it shows."""
    whose = "下级单位" if spot.subject_id != work.tenant_id else "本单位及下级" if spot.scope != OWN else "本单位"
    for role in policy.spot_roles(sealed=sealed):
        post(
            work.session,
            kind="hotspot",
            title=f"夜间比对发现{whose}有一个新热点，请核实：确认、排除，或者部署处置。",
            link=f"/dashboards/hotspots/{spot.id}",
            role=role,
        )


def _end(work: Work, spot: Hotspot, last: date) -> None:
    before = spot.status
    spot.ended_on = last
    if SpotStatus(before) in ENDING:
        spot.status = SpotStatus.ENDED.value
    work.session.flush()
    note(work, spot, SpotAction.END)
    told = {"before": before, "after": spot.status}
    record(work, "hotspot:end", subject_type="hotspot", subject_id=spot.id, data=told)


def note(work: Work, spot: Hotspot, action: SpotAction, words: str = "") -> None:
    """Add a step to a hotspot's events."""
    work.session.add(
        HotspotEvent(
            id=uuid7(),
            hotspot_id=spot.id,
            at=work.clock.now(),
            user_id=work.actor.user_id,
            user_name=work.actor.name,
            action=action.value,
            note=words,
        )
    )
    work.session.flush()
