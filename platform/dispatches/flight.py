"""Letters in flight (在途函件): our own copies that are not finished, by kind and by how long they have been away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, true

from access.actor import Work
from cases.queries import day_start
from dispatches import policy
from dispatches.copies import newest
from dispatches.kinds import LetterKind
from dispatches.models import Letter
from dispatches.oversight import late
from dispatches.workflow import OPEN, Side

#: Whole days since the letter was sent: label, from, to.
AGES: tuple[tuple[str, int, int | None], ...] = (
    ("7天内", 0, 7),
    ("8–15天", 8, 15),
    ("16–30天", 16, 30),
    ("31天以上", 31, None),
)


@dataclass(frozen=True, slots=True)
class Flight:
    """Open letters of one kind on one side; ``ages`` in the order of :data:`AGES`, which add up to ``open``."""

    side: Side
    kind: LetterKind
    open: int
    #: Of those, the recipient is late.
    overdue: int
    ages: tuple[int, ...]


def in_flight(work: Work) -> Sequence[Flight]:
    """What is under way on either side that the actor may see, in the order of the kinds; one statement."""
    latest, today = newest(work), work.clock.today()
    edges = [
        (
            day_start(today - timedelta(days=low) + timedelta(days=1)),
            None if high is None else day_start(today - timedelta(days=high)),
        )
        for _label, low, high in AGES
    ]
    ages = [
        func.count().filter(Letter.sent_at < before, *([] if since is None else [Letter.sent_at >= since]))
        for before, since in edges
    ]
    rows = work.session.execute(
        select(Letter.side, Letter.kind, func.count(), func.count().filter(late(work, latest)), *ages)
        .select_from(Letter)
        .join(latest, true())
        .where(
            Letter.tenant_id == work.tenant_id,
            latest.status.in_([status.value for status in OPEN]),
            policy.visible(work.actor),
        )
        .group_by(Letter.side, Letter.kind)
    ).all()
    order = {kind: place for place, kind in enumerate(LetterKind)}
    found = [Flight(Side(row[0]), LetterKind(row[1]), row[2], row[3], tuple(row[4:])) for row in rows]
    return sorted(found, key=lambda flight: (flight.side != Side.SENDER, order[flight.kind]))
