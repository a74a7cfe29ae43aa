"""Rebuild the daily facts from the cases themselves: the nightly check that counting and folding lost nothing.

The sums below are written a second time, in SQL, on purpose: a check that called ``measures.counting`` would repeat
its mistakes. Every correction is a difference that is added, so that writers and folds may go on meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Connection, select, text

from kernel.db import PLATFORM_TENANT, Database
from measures.models import COUNTS, OWN
from tenants.models import Tenant, TenantClosure

#: One rebuild at a time: two would both see a difference and both add it.
_LOCK = text("select pg_advisory_xact_lock(7301003)")

_CELL = "day, category, channel"
_NAMES = ", ".join(COUNTS)
_SUMS = ", ".join(f"sum({name}) as {name}" for name in COUNTS)
_MINUS = ", ".join(f"-{name}" for name in COUNTS)
_ADDED = ", ".join(f"{name} = f.{name} + excluded.{name}" for name in COUNTS)
_UNEQUAL = " or ".join(f"sum({name}) <> 0" for name in COUNTS)
_ZERO = " and ".join(f"{name} = 0" for name in COUNTS)


def _when(day: str, **amounts: str) -> str:
    """One branch of the truth: what cases add on the day that one of their dates names."""
    columns = ", ".join(f"({amounts.get(name, '0')})::bigint as {name}" for name in COUNTS)
    return f"select {day} as day, category, channel, {columns} from file where {day} is not null"  # noqa: S608


# Truth of one tenant, minus its own facts, minus what waits for the fold; one statement is one snapshot, so a case
# that somebody changes meanwhile is either in all three or in none. A case has one clock of a kind at most
# (``cases.clocks.start``). The texts are constants of this module.
_TRUTH = " union all ".join(
    (
        _when(
            "registered_on",
            registered="1",
            persons="headcount",
            repeats="repeat::int",
            collectives="collective::int",
        ),
        _when("accepted_on", accepted="1"),
        _when("refused_on", refused="1"),
        _when("escalated_on", escalated="1"),
        _when("closed_on", closed="1", days_to_close="closed_on - registered_on"),
        _when("notice_due", notice_due="1", notice_met="(coalesce(notice_stop <= notice_due, false))::int"),
        _when("handling_due", due="1", due_met="(coalesce(handling_stop <= handling_due, false))::int"),
    )
)
_OWN_DIFFERENCE = text(
    f"""
    with file as (
        select coalesce(split_part(c.category_code, '.', 1), '-') as category, c.channel, c.headcount,
            c.repeat, c.collective,
            (c.registered_at at time zone 'Asia/Shanghai')::date as registered_on,
            (c.accepted_at at time zone 'Asia/Shanghai')::date as accepted_on,
            (c.escalated_at at time zone 'Asia/Shanghai')::date as escalated_on,
            (c.closed_at at time zone 'Asia/Shanghai')::date as closed_on,
            case when c.status = 'refused' then (c.closed_at at time zone 'Asia/Shanghai')::date end as refused_on,
            n.due_on as notice_due, n.stopped_on as notice_stop,
            h.due_on as handling_due, h.stopped_on as handling_stop
        from cases c
        left join case_clocks n on n.tenant_id = c.tenant_id and n.case_id = c.id and n.kind = 'C-15'
        left join case_clocks h on h.tenant_id = c.tenant_id and h.case_id = c.id and h.kind = 'C-60'
        where c.tenant_id = :tenant
    ), difference as (
        {_TRUTH}
        union all
        select {_CELL}, {_MINUS} from daily_facts
        where tenant_id = :tenant and subject_id = :tenant and scope = 0
        union all
        select {_CELL}, {_MINUS} from fact_deltas where tenant_id = :tenant
    )
    select {_CELL}, {_SUMS} from difference group by {_CELL} having {_UNEQUAL}
    """  # noqa: S608
)

_ADD = text(
    f"""
    insert into daily_facts as f (tenant_id, subject_id, scope, {_CELL}, {_NAMES})
    values (:tenant, :subject, :scope, :day, :category, :channel, {", ".join(f":{name}" for name in COUNTS)})
    on conflict (tenant_id, subject_id, scope, {_CELL}) do update set {_ADDED}
    """  # noqa: S608
)

# What a viewer is shown of its subtree must equal its own cells plus what its children are shown of theirs. Children
# come first, so that a level reads one level below and the cost stays that of the rows, not of rows times depth.
_CARRY = text(
    f"""
    with child as (
        select f.subject_id, f.day, f.category, f.channel, {_NAMES}
        from daily_facts f join tenants t on t.id = f.tenant_id
        where t.parent_id = :viewer and f.subject_id = f.tenant_id and f.scope = 1
    ), difference as (
        select subject_id, {_CELL}, {_NAMES} from child
        union all
        select cast(:viewer as bigint), {_CELL}, {_NAMES} from child
        union all
        select subject_id, {_CELL}, {_NAMES} from daily_facts
        where tenant_id = :viewer and subject_id = :viewer and scope = 0
        union all
        select subject_id, {_CELL}, {_MINUS} from daily_facts where tenant_id = :viewer and scope = 1
    ), wrong as (
        select subject_id, {_CELL}, {_SUMS} from difference group by subject_id, {_CELL} having {_UNEQUAL}
    ), written as (
        insert into daily_facts as f (tenant_id, subject_id, scope, {_CELL}, {_NAMES})
        select :viewer, subject_id, 1, {_CELL}, {_NAMES} from wrong order by subject_id, {_CELL}
        on conflict (tenant_id, subject_id, scope, {_CELL}) do update set {_ADDED}
    )
    select count(*) from wrong
    """  # noqa: S608
)

# A case that is classified leaves a cell of zeros under “not yet classified”; the nightly pass sweeps them up.
_SWEEP = text(f"delete from daily_facts where tenant_id = :viewer and {_ZERO}")  # noqa: S608


def rebuild(app: Database, rollup: Database, tenants: Iterable[int] | None = None) -> dict[int, int]:
    """Compare facts with cases and correct them; the number of corrected cells of every tenant that had one.

    A cell is one (viewer, subject, scope, day, category, channel). ``app`` reads each tenant's cases in that
    tenant's own context; ``rollup`` writes facts and never sees a case. ``tenants`` limits whose cases are read
    (``None``: everybody's); the unions above them are corrected too. One transaction a tenant and step: about as many
    row reads as the federation has cases and fact rows.
    """
    named = None if tenants is None else set(tenants)
    corrected: dict[int, int] = defaultdict(int)
    with rollup.engine.connect() as connection:
        order = _deepest_first(connection, named)
    for tenant in order:
        if named is None or tenant in named:
            corrected[tenant] += _correct_own(app, rollup, tenant)
        with rollup.engine.begin() as connection:
            connection.execute(_LOCK)
            corrected[tenant] += int(connection.execute(_CARRY, {"viewer": tenant}).scalar_one())
            connection.execute(_SWEEP, {"viewer": tenant})
    return {tenant: cells for tenant, cells in corrected.items() if cells}


def _deepest_first(connection: Connection, named: set[int] | None) -> list[int]:
    """The tenants to visit with all of their ancestors, children before parents."""
    statement = select(Tenant.id).where(Tenant.id != PLATFORM_TENANT)
    if named is not None:
        above = select(TenantClosure.ancestor_id).where(TenantClosure.descendant_id.in_(named))
        statement = statement.where(Tenant.id.in_(above))
    return list(connection.scalars(statement.order_by(Tenant.level.desc(), Tenant.id)))


def _correct_own(app: Database, rollup: Database, tenant: int) -> int:
    with rollup.engine.begin() as connection:
        connection.execute(_LOCK)
        with app.transaction(tenant) as session:
            wrong = session.execute(_OWN_DIFFERENCE, {"tenant": tenant}).mappings().all()
        key = {"tenant": tenant, "subject": tenant, "scope": OWN}
        if wrong:
            connection.execute(_ADD, [key | dict(row) for row in wrong])
    return len(wrong)
