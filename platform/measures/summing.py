"""Sums of the daily facts of subjects with many rows, so that a year of the largest tree is read in milliseconds.

A line (viewer, subject, scope) that is listed in ``summed_lines`` has sums of exactly its days before ``until``. The
fold adds what comes late for such a day to day and sums alike; here the border moves on, and the sums are checked.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import Connection, text

from measures.models import (
    ALL,
    COUNTS,
    DAY_BY_CATEGORY,
    DAY_BY_CHANNEL,
    MONTH,
    MONTH_BY_CATEGORY,
    MONTH_BY_CHANNEL,
)

#: Rows from which on a line is summed: about two months of a union of whose petitions no two days are alike.
DENSE = 2_000
#: The fold's lock first, then the carrier's, as the fold takes them: while the border moves nothing may be added.
_FOLD_LOCK = text("select pg_advisory_xact_lock(7301002)")
_CARRY_LOCK = text("select pg_advisory_xact_lock(7301003)")

_NAMES = ", ".join(COUNTS)
_SUMS = ", ".join(f"sum({name})::{'bigint' if name == 'days_to_close' else 'int'} as {name}" for name in COUNTS)
_MINUS = ", ".join(f"-{name}" for name in COUNTS)
_ADDED = ", ".join(f"{name} = s.{name} + excluded.{name}" for name in COUNTS)
_UNEQUAL = " or ".join(f"sum({name}) <> 0" for name in COUNTS)
_CELL = "day, category, channel"
_MONTH = "date_trunc('month', day)::date"

#: grain → the cell of a daily row in it.
GRAINS: dict[int, str] = {
    MONTH: f"{_MONTH} as day, category, channel",
    MONTH_BY_CHANNEL: f"{_MONTH} as day, '{ALL}' as category, channel",
    MONTH_BY_CATEGORY: f"{_MONTH} as day, category, '{ALL}' as channel",
    DAY_BY_CHANNEL: f"day, '{ALL}' as category, channel",
    DAY_BY_CATEGORY: f"day, category, '{ALL}' as channel",
}


def summed(source: str, key: str) -> str:
    """Rows of every grain made of daily rows: SQL with the columns ``key``, ``grain``, the cell and the counts.

    Both are constants of the caller.
    """
    return " union all ".join(
        f"select {key}, {grain} as grain, {cell}, {_NAMES} from {source}"  # noqa: S608
        for grain, cell in GRAINS.items()
    )


_KEY = "tenant_id, subject_id, scope"
_SUMMED = summed("daily", _KEY)
_LINE = "tenant_id = :viewer and subject_id = :subject and scope = :scope"
_WRITE = f"""
    insert into summed_facts as s ({_KEY}, grain, {_CELL}, {_NAMES})
    select {_KEY}, grain, {_CELL}, {_NAMES} from wrong order by {_KEY}, grain, {_CELL}
    on conflict ({_KEY}, grain, {_CELL}) do update set {_ADDED}
"""  # noqa: S608
_ADVANCE = text(
    f"""
    with daily as (
        select {_KEY}, {_CELL}, {_NAMES} from daily_facts where {_LINE} and day >= :since and day < :until
    ), wrong as (
        select {_KEY}, grain, {_CELL}, {_SUMS} from ({_SUMMED}) row group by {_KEY}, grain, {_CELL}
    )
    {_WRITE}
    """  # noqa: S608
)
_CHECK = text(
    f"""
    with daily as (
        select f.tenant_id, f.subject_id, f.scope, {_CELL}, {_NAMES}
        from daily_facts f join summed_lines line
            on line.tenant_id = f.tenant_id and line.subject_id = f.subject_id and line.scope = f.scope
        where f.tenant_id = :viewer and f.day < line.until
    ), difference as (
        {_SUMMED}
        union all
        select {_KEY}, grain, {_CELL}, {_MINUS} from summed_facts where tenant_id = :viewer
    ), wrong as (
        select {_KEY}, grain, {_CELL}, {_SUMS} from difference group by {_KEY}, grain, {_CELL} having {_UNEQUAL}
    ), written as ({_WRITE})
    select count(*) from wrong
    """  # noqa: S608
)
_BEHIND = text(
    """
    select f.tenant_id, f.subject_id, f.scope
    from (
        select tenant_id, subject_id, scope, count(*) as rows from daily_facts where day < :until
        group by tenant_id, subject_id, scope
    ) f
    left join summed_lines line on line.tenant_id = f.tenant_id and line.subject_id = f.subject_id
        and line.scope = f.scope
    where (line.until is null and f.rows >= :dense) or line.until < :until
    order by f.tenant_id, f.subject_id, f.scope
    """
)
_MOVE_BORDER = text(
    """
    insert into summed_lines (tenant_id, subject_id, scope, until) values (:viewer, :subject, :scope, :until)
    on conflict (tenant_id, subject_id, scope) do update set until = excluded.until
    """
)
_BORDER = text(f"select until from summed_lines where {_LINE} for update")  # noqa: S608


@dataclass(frozen=True, slots=True)
class Line:
    """What a viewer sees of one subject: ``scope`` own or subtree, as in the daily facts."""

    viewer: int
    subject: int
    scope: int


def behind(connection: Connection, until: date, *, dense: int = DENSE) -> list[Line]:
    """Lines with at least ``dense`` daily rows that are not summed up to the day before ``until``.

    Reads the index of all daily rows once.
    """
    rows = connection.execute(_BEHIND, {"until": until, "dense": dense})
    return [Line(row.tenant_id, row.subject_id, row.scope) for row in rows]


def advance(connection: Connection, line: Line, until: date) -> None:
    """Sum one line up to the day before ``until``, in the caller's transaction.

    The fold waits meanwhile (0.3 s for a year of a dense line). A border never moves back.
    """
    connection.execute(_FOLD_LOCK)
    connection.execute(_CARRY_LOCK)
    asked = {**asdict(line), "until": until}
    border = connection.execute(_BORDER, asked).scalar_one_or_none()
    if border is None or border < until:
        connection.execute(_ADVANCE, {**asked, "since": border or date.min})
        connection.execute(_MOVE_BORDER, asked)


def check(connection: Connection, viewer: int) -> int:
    """Correct the sums of one viewer's lines by their daily rows; how many were wrong.

    For whoever changes daily rows otherwise than by a fold, in the same transaction, and for the nightly second
    count. One statement: a fold may go on meanwhile, because it adds the same to both. The caller holds the
    carrier's lock.
    """
    return int(connection.execute(_CHECK, {"viewer": viewer}).scalar_one())
