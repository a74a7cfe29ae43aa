"""到期日: how many open cases are due on which day, for the calendar. It counts what the list would show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Date, cast, func, select
from sqlalchemy import case as sql_case

from access.actor import Work
from cases import queries
from cases.models import Case
from cases.queries import Filter
from cases.rules import ClockKind


@dataclass(frozen=True, slots=True)
class Due:
    """So many cases are due on one day whose clocks began on one day (``None``: not known)."""

    due_on: date
    begun: date | None
    count: int


#: The same as ``clocks.begun_on``, for cases whose deadline was carried before its first day was kept beside it.
_BEGUN = func.coalesce(
    Case.due_begun_on,
    sql_case(
        (
            Case.due_kind == ClockKind.HANDLING.value,
            cast(func.timezone("Asia/Shanghai", Case.accepted_at), Date),
        ),
        (Case.due_kind == ClockKind.NOTICE.value, Case.received_on),
    ),
)


def between(work: Work, first: date, last: date, wanted: Filter) -> Sequence[Due]:
    """Sums by day, both days included, of the open cases of ``wanted``: one statement, as many rows as day pairs."""
    narrowed = replace(wanted, open_only=True, due_from=first, due_to=last)
    rows = work.session.execute(
        select(Case.due_on, _BEGUN.label("begun"), func.count().label("cases"))
        .where(*queries.matching(work, narrowed))
        .group_by(Case.due_on, _BEGUN)
        .order_by(Case.due_on)
    )
    return [Due(row.due_on, row.begun, row.cases) for row in rows]


def late(work: Work, wanted: Filter) -> int:
    """How many open cases of ``wanted`` are past their day."""
    return work.session.scalars(
        select(func.count()).select_from(Case).where(*queries.matching(work, replace(wanted, overdue=True)))
    ).one()
