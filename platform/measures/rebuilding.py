"""Rebuild the daily facts from the cases themselves: the nightly check that counting and folding lost nothing.

The sums below are written a second time, in SQL, on purpose: a check that called ``measures.counting`` would repeat
its mistakes. Every correction is a difference that is added, so that writers and folds may go on meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager

from sqlalchemy import Connection, func, select, text

from kernel.db import PLATFORM_TENANT, Database
from measures.carrying import ADDED, CELL, LOCK, MINUS, NAMES, SUMS, UNEQUAL, carry, passes
from measures.models import COUNTS, OWN
from measures.recounting import ended, mark
from measures.summing import check
from tenants.models import Tenant, TenantLine, TenantParent

_ZERO = " and ".join(f"{name} = 0" for name in COUNTS)


def _when(day: str, **amounts: str) -> str:
    """One branch of the truth: what cases add on the day that one of their dates names."""
    columns = ", ".join(f"({amounts.get(name, '0')})::bigint as {name}" for name in COUNTS)
    return f"select {day} as day, category, channel, {columns} from file where {day} is not null"  # noqa: S608


def _here(day: str, after: str, before: str) -> str:
    """Whether a day of a file that a successor has taken over counts on this side of the border."""
    return f"(arrived_on is null or {day} {after} arrived_on) and (handed_on is null or {day} {before} handed_on)"


# What happened on the day of a handover happened before it; a deadline of that day is the successor's.
def _happened(day: str) -> str:
    return f"case when {_here(day, '>', '<=')} then {day} end"


def _fell_due(day: str) -> str:
    return f"case when {_here(day, '>=', '<')} then {day} end"


_DAY = "at time zone 'Asia/Shanghai')::date"
_ANSWERED = "status in ('closed', 'concluded', 'answered', 'archived')"
_SATISFIED = "in ('satisfied', 'mostly_satisfied')"
#: 一次办结 and overdue ratings (domain.md C): 90 and 30 days after the closing.
_HELD = " and ".join(
    ("in_first_period", *(f"coalesce({day} > judged, true)" for day in ("repeated", "unhappy", "asked")))
)


def _rating(about: str) -> str:
    return f"""
        left join (
            select distinct on (case_id) case_id, rating, entered_by, (recorded_at {_DAY} as day
            from case_ratings where tenant_id = :tenant and about = '{about}'
            order by case_id, recorded_at desc, id desc
        ) {about} on {about}.case_id = c.id"""  # noqa: S608


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
            firsts="first::int",
            split_off="split::int",
            collectives="collective::int",
            collective_persons="case when collective then headcount else 0 end",
            skip_levels="skipped::int",
            skip_persons="case when skipped then headcount else 0 end",
        ),
        _when("arrived_on", moved="1"),
        _when("handed_on", moved="-1"),
        _when("accepted_on", accepted="1"),
        _when("refused_on", refused="1"),
        _when("escalated_on", escalated="1"),
        _when("reopened_on", reopened="1"),
        _when("referred_on", referred="1", referred_back="back::int"),
        _when(
            "closed_on",
            closed="1",
            days_to_close="closed_on - begun_on",
            **{end: f"(status = '{end}')::int" for end in ("withdrawn", "merged", "diverted", "terminated")},
        ),
        _when("judged", once_due="1", once_met=f"({_HELD})::int"),
        _when("asked_to_rate", rating_due="1", rating_met="(office_word is not null or unit_word is not null)::int"),
        *(
            _when(
                f"{about}_day",
                **{
                    f"{about}_rated": "1",
                    f"{about}_satisfied": f"({about}_word {_SATISFIED})::int",
                    "staff_rated": f"({about}_hand = 'staff')::int",
                },
            )
            for about in ("office", "unit")
        ),
        _when(
            "notice_due",
            notice_due="1",
            notice_met="notice_kept::int",
            unit_notice_due="of_unit::int",
            unit_notice_met="(of_unit and notice_kept)::int",
        ),
        _when(
            "handling_due",
            due="1",
            due_met="(coalesce(handling_stop <= handling_due, false))::int",
            due_extended="(handling_due > handling_first)::int",
        ),
    )
)
_OFFICE = _rating("office")
_UNIT = _rating("unit")
_ACCEPTED = _happened("accepted")
_ESCALATED = _happened("escalated")
_REOPENED = _happened("reopened")
_REFERRED = _happened("referred")
_OFFICE_DAY = _happened("office")
_UNIT_DAY = _happened("unit")
_NOTICE = _fell_due("notice")
_HANDLING = _fell_due("handling")
_OWN_DIFFERENCE = text(
    f"""
    with dated as (
        select coalesce(split_part(c.category_code, '.', 1), '-') as category, c.channel, c.headcount,
            c.repeat, c.collective, c.status, c.anonymous, c.arrived_on, c.handed_on,
            coalesce(c.first_at_this_org, not c.repeat) and c.origin_id is null and c.review_stage is null as first,
            c.origin_id is not null as split,
            c.channel = 'visit' and coalesce(c.refusal_code = 'N5', false) as skipped,
            (c.registered_at {_DAY} as begun_on,
            (c.accepted_at {_DAY} as accepted,
            (c.escalated_at {_DAY} as escalated,
            (c.closed_at {_DAY} as closed,
            c.reopened_on as reopened, c.referred_on as referred, c.returned_on is not null as back,
            n.due_on as notice, coalesce(n.stopped_on <= n.due_on, false) as notice_kept, n.kind = 'C-15R' as of_unit,
            case when not h.uncounted then h.due_on end as handling, h.stopped_on as handling_stop,
            h.original_due_on as handling_first,
            h.id is null or coalesce(h.stopped_on <= h.original_due_on, false) as in_first_period,
            office.day as office, office.rating as office_word, office.entered_by as office_hand,
            unit.day as unit, unit.rating as unit_word, unit.entered_by as unit_hand,
            again.day as repeated, unhappy.day as unhappy, review.day as asked
        from cases c
        left join case_clocks n on n.tenant_id = c.tenant_id and n.case_id = c.id
            and n.kind in ('C-15', 'C-15R') and not n.uncounted
        left join case_clocks h on h.tenant_id = c.tenant_id and h.case_id = c.id and h.kind = 'C-60'
        {_OFFICE}
        {_UNIT}
        left join (
            select case_id, min((recorded_at {_DAY}) as day from case_ratings
            where tenant_id = :tenant and rating = 'dissatisfied' group by case_id
        ) unhappy on unhappy.case_id = c.id
        left join (
            select first_id, min((registered_at {_DAY}) as day from cases
            where tenant_id = :tenant and first_id is not null group by first_id
        ) again on again.first_id = c.id
        left join (
            select case_id, min(started_on) as day from case_clocks
            where tenant_id = :tenant and kind = 'C-R30' group by case_id
        ) review on review.case_id = c.id
        where c.tenant_id = :tenant
    ), file as materialized (
        select *, case when arrived_on is null then begun_on end as registered_on,
            case when handed_on is null then closed end as closed_on,
            case when handed_on is null and status = 'refused' then closed end as refused_on,
            case when handed_on is null and {_ANSWERED} and first then closed + 90 end as judged,
            case when handed_on is null and {_ANSWERED} and not anonymous then closed + 30 end as asked_to_rate,
            {_ACCEPTED} as accepted_on,
            {_ESCALATED} as escalated_on,
            {_REOPENED} as reopened_on,
            {_REFERRED} as referred_on,
            {_OFFICE_DAY} as office_day,
            {_UNIT_DAY} as unit_day,
            {_NOTICE} as notice_due,
            {_HANDLING} as handling_due
        from dated
    ), difference as (
        {_TRUTH}
        union all
        select {CELL}, {MINUS} from daily_facts
        where tenant_id = :tenant and subject_id = :tenant and scope = 0
        union all
        select {CELL}, {MINUS} from fact_deltas where tenant_id = :tenant
    )
    select {CELL}, {SUMS} from difference group by {CELL} having {UNEQUAL}
    """  # noqa: S608
)

_ADD = text(
    f"""
    insert into daily_facts as f (tenant_id, subject_id, scope, {CELL}, {NAMES})
    values (:tenant, :subject, :scope, :day, :category, :channel, {", ".join(f":{name}" for name in COUNTS)})
    on conflict (tenant_id, subject_id, scope, {CELL}) do update set {ADDED}
    """  # noqa: S608
)

# A case that is classified leaves a cell of zeros under “not yet classified”; the nightly pass sweeps them up.
_SWEEP = text(f"delete from daily_facts where tenant_id = :viewer and {_ZERO}")  # noqa: S608


#: A transaction as the rollup role: the command's own, or one that only the leading scheduler gets.
Begin = Callable[[], AbstractContextManager[Connection]]


def rebuild(app: Database, rollup: Database, tenants: Iterable[int] | None = None) -> dict[int, int]:
    """Compare facts with cases and correct them; the number of corrected cells of every tenant that had one.

    A cell is one (viewer, subject, scope, day, category, channel). ``app`` reads each tenant's cases in that
    tenant's own context; ``rollup`` writes facts and never sees a case. ``tenants`` limits whose cases are read
    (``None``: everybody's); the unions above them are corrected too. One transaction a tenant and step: about as many
    row reads as the federation has cases and fact rows.
    """
    corrected: dict[int, int] = defaultdict(int)
    for tenant, cells in steps(app, rollup.engine.begin, tenants):
        corrected[tenant] += cells
    return {tenant: cells for tenant, cells in corrected.items() if cells}


def steps(app: Database, begin: Begin, tenants: Iterable[int] | None = None) -> Iterator[tuple[int, int]]:
    """:func:`rebuild` step by step: a tenant and how many of its cells were wrong, each step a transaction.

    The fold waits for one step at most, and whoever asks for the next one may rest or stop before it; what was
    corrected stays. From the first correction on figures carry a mark (``measures.recounting``). It goes when a count
    of everybody ends, or one of some tenants that set it itself.
    """
    named = None if tenants is None else set(tenants)
    with begin() as connection:
        order, moved = _deepest_first(connection, named), _anybody_moved(connection)
    marked = False
    for tenant in order:
        if named is None or tenant in named:
            cells, set_now = _correct_own(app, begin, tenant)
            marked |= set_now
            yield tenant, cells
        cells, set_now = _correct_carried(begin, tenant)
        marked |= set_now
        yield tenant, cells
    # Where the tree changed over time, today's order is not the order of every day: again, until nothing is found.
    for _ in range(passes(order) if moved else 0):
        wrong = 0
        for tenant in order:
            cells, set_now = _correct_carried(begin, tenant)
            marked |= set_now
            wrong += cells
            yield tenant, cells
        if not wrong:
            break
    if marked or named is None:
        with begin() as connection:
            ended(connection)


def _deepest_first(connection: Connection, named: set[int] | None) -> list[int]:
    """The tenants to visit with everybody who ever stood above them, children before parents as the tree is today."""
    statement = select(Tenant.id).where(Tenant.id != PLATFORM_TENANT)
    if named is not None:
        above = select(TenantLine.ancestor_id).where(TenantLine.descendant_id.in_(named))
        statement = statement.where(Tenant.id.in_(above))
    return list(connection.scalars(statement.order_by(Tenant.level.desc(), Tenant.id)))


def _anybody_moved(connection: Connection) -> bool:
    finite = select(TenantParent.child_id).where(func.isfinite(TenantParent.until)).limit(1)
    return connection.scalars(finite).first() is not None


def _correct_carried(begin: Begin, tenant: int) -> tuple[int, bool]:
    with begin() as connection:
        connection.execute(LOCK)
        cells = carry(connection, tenant)
        cells += check(connection, tenant)
        connection.execute(_SWEEP, {"viewer": tenant})
        return cells, mark(connection, cells)


def _correct_own(app: Database, begin: Begin, tenant: int) -> tuple[int, bool]:
    with begin() as connection:
        connection.execute(LOCK)
        with app.transaction(tenant) as session:
            wrong = session.execute(_OWN_DIFFERENCE, {"tenant": tenant}).mappings().all()
        key = {"tenant": tenant, "subject": tenant, "scope": OWN}
        if wrong:
            connection.execute(_ADD, [key | dict(row) for row in wrong])
            check(connection, tenant)
        return len(wrong), mark(connection, len(wrong))
