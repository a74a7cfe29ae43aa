"""What a viewer is shown of its subtree, compared with what its children are shown of theirs, and corrected.

One difference for everybody who needs it: the nightly rebuild and a union that moved. A second run finds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

from measures.models import COUNTS
from measures.summing import check

#: One at a time: two would both see a difference and both add it.
LOCK = text("select pg_advisory_xact_lock(7301003)")

CELL = "day, category, channel"
NAMES = ", ".join(COUNTS)
SUMS = ", ".join(f"sum({name}) as {name}" for name in COUNTS)
MINUS = ", ".join(f"-{name}" for name in COUNTS)
ADDED = ", ".join(f"{name} = f.{name} + excluded.{name}" for name in COUNTS)
UNEQUAL = " or ".join(f"sum({name}) <> 0" for name in COUNTS)
_STOCK = "sum(edge.sign * (f.registered + f.moved - f.closed))"
_ONLY_MOVED = ", ".join(f"{_STOCK} as moved" if name == "moved" else f"0 as {name}" for name in COUNTS)

# What a viewer is shown of its subtree must equal its own cells plus what its children of each day are shown of
# theirs. A child that came or went brought or took the stock which it had before that day. Children come first, so
# that a level reads one level below and the cost stays that of the rows, not of rows times depth.
_CARRY = text(
    f"""
    with child as (
        select child_id, since, until from tenant_parents where parent_id = :viewer
    ), shown as (
        select f.subject_id, f.day, f.category, f.channel, {NAMES}
        from child join daily_facts f on f.tenant_id = child_id and f.subject_id = child_id and f.scope = 1
            and f.day >= since and f.day < until
        union all
        select f.subject_id, edge.at, f.category, f.channel, {_ONLY_MOVED}
        from (
            select child_id, since as at, 1 as sign from child where isfinite(since)
            union all
            select child_id, until, -1 from child where isfinite(until)
        ) edge
        join daily_facts f on f.tenant_id = child_id and f.subject_id = child_id and f.scope = 1 and f.day < edge.at
        group by f.subject_id, edge.at, f.category, f.channel
    ), difference as (
        select subject_id, {CELL}, {NAMES} from shown
        union all
        select cast(:viewer as bigint), {CELL}, {NAMES} from shown
        union all
        select subject_id, {CELL}, {NAMES} from daily_facts
        where tenant_id = :viewer and subject_id = :viewer and scope = 0
        union all
        select subject_id, {CELL}, {MINUS} from daily_facts where tenant_id = :viewer and scope = 1
    ), wrong as (
        select subject_id, {CELL}, {SUMS} from difference group by subject_id, {CELL} having {UNEQUAL}
    ), written as (
        insert into daily_facts as f (tenant_id, subject_id, scope, {CELL}, {NAMES})
        select :viewer, subject_id, 1, {CELL}, {NAMES} from wrong order by subject_id, {CELL}
        on conflict (tenant_id, subject_id, scope, {CELL}) do update set {ADDED}
    )
    select count(*) from wrong
    """  # noqa: S608
)


def carry(connection: Connection, viewer: int) -> int:
    """Correct one viewer's subtree cells from its children's, and then its sums; how many cells were wrong.

    The caller holds ``LOCK``.
    """
    wrong = int(connection.execute(_CARRY, {"viewer": viewer}).scalar_one())
    # What the carrying has put right is right in the sums too, and is no second mistake.
    if wrong:
        check(connection, viewer)
    return wrong


def passes(viewers: Sequence[int]) -> int:
    """How often viewers may have to be visited when the tree changed over time: each visit in today's order puts at
    least one more stretch of days right."""
    return len(viewers) + 2
