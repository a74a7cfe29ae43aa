"""Fold deltas into the daily facts of the tenant and of every union above it (figures flow up the tree).

A figure of a day belongs to the line as it was on that day. A viewer is shown a subject while the subject stood on
the tenant's line and, for a child, while it stood directly below the viewer: an interval of days. The open stock must
be true on every line and day, so a case that was open when an interval began or ended is counted as ``moved`` there.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from kernel.leases import beat
from measures.models import COUNTS, HEARTBEAT
from measures.moves import apply_moves
from measures.summing import summed

#: One fold at a time. Two would meet at the root's rows anyway; the second waits and then finds its own deltas.
_LOCK = text("select pg_advisory_xact_lock(7301002)")
#: Sorting 100,000 cells on disk doubles their time.
_MEMORY = text("set local work_mem = '64MB'")

_NAMES = ", ".join(COUNTS)
# Sums of sums would become numeric, which is slow: back to integers each time.
_SUMS = ", ".join(f"sum({name})::{'bigint' if name == 'days_to_close' else 'int'} as {name}" for name in COUNTS)
_ADDED = ", ".join(f"{name} = f.{name} + excluded.{name}" for name in COUNTS)
_CELL = "day, category, channel"
_LINE = "viewer, subject, scope"
_SUMMED = summed("late", _LINE)
_ADDED_UP = ", ".join(f"{name} = s.{name} + excluded.{name}" for name in COUNTS)
_STOCK = "(registered + moved - closed)"
_ONLY_MOVED = ", ".join(f"edges.sign * {_STOCK}" if name == "moved" else "0" for name in COUNTS)

# One statement: the deltas leave and the facts arrive together. Taken by physical place (``ctid``): the rows are
# never updated, and the queue's front would otherwise be searched through an index full of the dead. Grouped by
# tenant before the tree is joined, because a busy tenant leaves many deltas for one cell. Sorted, so that row locks
# are taken in one order whoever folds. ``edges`` is empty for everybody who never moved, and then costs nothing. What
# comes late, for a day that is summed already, joins the sums as well. Every text in it is a constant of this module.
_FOLD = text(
    f"""
    with taken as (
        delete from fact_deltas where ctid = any(array(select ctid from fact_deltas limit :limit))
        returning tenant_id, {_CELL}, {_NAMES}
    ), own as (
        select tenant_id, {_CELL}, {_SUMS} from taken group by tenant_id, {_CELL}
    ), pairs as materialized (
        select descendant_id as tenant, ancestor_id as viewer, ancestor_id as subject, since, until
        from tenant_lines where descendant_id in (select tenant_id from own)
        union all
        select line.descendant_id, up.parent_id, line.ancestor_id,
            greatest(line.since, up.since), least(line.until, up.until)
        from tenant_lines line
        join tenant_parents up on up.child_id = line.ancestor_id and up.since < line.until and line.since < up.until
        where line.descendant_id in (select tenant_id from own)
    ), edges as materialized (
        select tenant, viewer, subject, since as at, 1 as sign from pairs where isfinite(since)
        union all
        select tenant, viewer, subject, until, -1 from pairs where isfinite(until)
    ), seen as (
        select tenant_id as viewer, tenant_id as subject, 0 as scope, {_CELL}, {_NAMES} from own
        union all
        select viewer, subject, 1, {_CELL}, {_NAMES}
        from own join pairs on tenant = tenant_id and day >= since and day < until
        union all
        select viewer, subject, 1, at, category, channel, {_ONLY_MOVED}
        from own join edges on tenant = tenant_id and at > day where {_STOCK} <> 0
    ), cells as (
        select viewer, subject, scope, {_CELL}, {_SUMS} from seen
        group by viewer, subject, scope, {_CELL}
        order by viewer, subject, scope, {_CELL}
    ), written as (
        insert into daily_facts as f (tenant_id, subject_id, scope, {_CELL}, {_NAMES})
        select viewer, subject, scope, {_CELL}, {_NAMES} from cells
        on conflict (tenant_id, subject_id, scope, {_CELL}) do update set {_ADDED}
    ), late as materialized (
        select cells.* from cells join summed_lines line
            on line.tenant_id = viewer and line.subject_id = subject and line.scope = cells.scope and day < line.until
    ), summed as (
        select {_LINE}, grain, {_CELL}, {_SUMS} from ({_SUMMED}) row group by {_LINE}, grain, {_CELL}
        order by {_LINE}, grain, {_CELL}
    ), added as (
        insert into summed_facts as s (tenant_id, subject_id, scope, grain, {_CELL}, {_NAMES})
        select {_LINE}, grain, {_CELL}, {_NAMES} from summed
        on conflict (tenant_id, subject_id, scope, grain, {_CELL}) do update set {_ADDED_UP}
    )
    select count(*) from taken
    """  # noqa: S608
)


def fold(connection: Connection, *, limit: int = 20_000) -> int:
    """Fold at most ``limit`` deltas, as the rollup role, in the caller's transaction; the number folded.

    A caller repeats while the answer equals ``limit``. The heartbeat (数据截至) moves only when the queue was
    emptied: with deltas still waiting, the facts are not yet those of now. A crash before the commit leaves deltas
    and facts as they were; a fold cannot count a delta twice, because it deletes what it counts. Unions that moved
    since the last fold take their figures along first.
    """
    connection.execute(_LOCK)
    connection.execute(_MEMORY)
    apply_moves(connection)
    folded = connection.execute(_FOLD, {"limit": limit}).scalar_one()
    if folded < limit:
        beat(connection, HEARTBEAT)
    return int(folded)
