"""From which day a question can be answered: a union that came last week has no year behind it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from access.actor import Work
from measures.models import OWN, SUBTREE, DailyFact
from measures.scopes import Around, Wanted


def begun(work: Work, here: Around, wanted: Wanted) -> date | None:
    """The first day with figures, when it lies after the period's first day; ``None`` when the period is covered.

    It is the day on which the union came to the platform, or an earlier one of which it brought files along. Weeks
    before it are not weeks without petitions: counted as zeros they would make every limit wrong. One read of the
    index, and only for a union that is younger than the period.
    """
    founded = here.founded_of(wanted.scope.subject_id)
    if founded is None or founded <= wanted.first:
        return None
    first = work.session.scalar(
        select(DailyFact.day)
        .where(
            DailyFact.tenant_id == work.tenant_id,
            DailyFact.subject_id == wanted.scope.subject_id,
            DailyFact.scope == (OWN if wanted.scope.is_own else SUBTREE),
        )
        .order_by(DailyFact.day)
        .limit(1)
    )
    day = min(founded, first) if first is not None else founded
    return day if day > wanted.first else None
