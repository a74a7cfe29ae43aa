"""Fold deltas into the daily facts of the tenant and of every union above it (figures flow up the tree)."""

from __future__ import annotations

from sqlalchemy import Connection, text

from kernel.leases import beat
from measures.models import COUNTS, HEARTBEAT

#: One fold at a time. Two would meet at the root's rows anyway; the second waits and then finds its own deltas.
_LOCK = text("select pg_advisory_xact_lock(7301002)")
#: Sorting 100,000 cells on disk doubles their time.
_MEMORY = text("set local work_mem = '64MB'")

_NAMES = ", ".join(COUNTS)
# Sums of sums would become numeric, which is slow: back to integers each time.
_SUMS = ", ".join(f"sum({name})::{'bigint' if name == 'days_to_close' else 'int'} as {name}" for name in COUNTS)
_ADDED = ", ".join(f"{name} = f.{name} + excluded.{name}" for name in COUNTS)
_CELL = "day, category, channel"

# One statement: the deltas leave and the facts arrive together. Taken by physical place (``ctid``): the rows are
# never updated, and the queue's front would otherwise be searched through an index full of the dead. Grouped by
# tenant before the tree is joined, because a busy tenant leaves many deltas for one cell. Sorted, so that row locks
# are taken in one order whoever folds. Every text in it is a constant of this module.
_FOLD = text(
    f"""
    with taken as (
        delete from fact_deltas where ctid = any(array(select ctid from fact_deltas limit :limit))
        returning tenant_id, {_CELL}, {_NAMES}
    ), own as (
        select tenant_id, {_CELL}, {_SUMS} from taken group by tenant_id, {_CELL}
    ), seen as (
        select tenant_id as viewer, tenant_id as subject, 0 as scope, {_CELL}, {_NAMES} from own
        union all
        select up.ancestor_id, up.ancestor_id, 1, {_CELL}, {_NAMES}
        from own join tenant_closure up on up.descendant_id = own.tenant_id
        union all
        select up.ancestor_id, child.ancestor_id, 1, {_CELL}, {_NAMES}
        from own
        join tenant_closure up on up.descendant_id = own.tenant_id and up.depth > 0
        join tenant_closure child on child.descendant_id = own.tenant_id and child.depth = up.depth - 1
    ), cells as (
        select viewer, subject, scope, {_CELL}, {_SUMS} from seen
        group by viewer, subject, scope, {_CELL}
        order by viewer, subject, scope, {_CELL}
    ), written as (
        insert into daily_facts as f (tenant_id, subject_id, scope, {_CELL}, {_NAMES})
        select viewer, subject, scope, {_CELL}, {_NAMES} from cells
        on conflict (tenant_id, subject_id, scope, {_CELL}) do update set {_ADDED}
    )
    select count(*) from taken
    """  # noqa: S608
)


def fold(connection: Connection, *, limit: int = 20_000) -> int:
    """Fold at most ``limit`` deltas, as the rollup role, in the caller's transaction; the number folded.

    A caller repeats while the answer equals ``limit``. The heartbeat (数据截至) moves only when the queue was
    emptied: with deltas still waiting, the facts are not yet those of now. A crash before the commit leaves deltas
    and facts as they were; a fold cannot count a delta twice, because it deletes what it counts.
    """
    connection.execute(_LOCK)
    connection.execute(_MEMORY)
    folded = connection.execute(_FOLD, {"limit": limit}).scalar_one()
    if folded < limit:
        beat(connection, HEARTBEAT)
    return int(folded)
