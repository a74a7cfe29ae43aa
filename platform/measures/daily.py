"""A union's own daily facts, row by row, for machines that make their own tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select, tuple_

from access.actor import Work
from kernel.errors import ForbiddenError
from measures import policy
from measures.models import OWN, DailyFact
from tenants.models import Category


def daily(
    work: Work, *, first: date, last: date, after: tuple[date, str, str] | None = None, limit: int = 100
) -> Sequence[DailyFact]:
    """Rows of the union's own cases for the days from ``first`` to ``last``, by day, category and channel.

    ``after`` is the key of the last row of the page before. The unions below are not among them: their figures are
    shown with small counts hidden, which single days nearly always are.

    :raises ForbiddenError: for somebody who does not work with petitions.
    """
    if not policy.may_see_figures(work.actor):
        raise ForbiddenError
    key = tuple_(DailyFact.day, DailyFact.category, DailyFact.channel)
    statement = select(DailyFact).where(
        DailyFact.tenant_id == work.tenant_id,
        DailyFact.subject_id == work.tenant_id,
        DailyFact.scope == OWN,
        DailyFact.day.between(first, last),
    )
    if not policy.may_see_sealed(work.actor):
        # 检举控告: a count of one on one day already tells that somebody was reported.
        statement = statement.where(DailyFact.category.not_in(select(Category.code).where(Category.sealed)))
    if after is not None:
        statement = statement.where(key > after)
    return work.session.scalars(
        statement.order_by(DailyFact.day, DailyFact.category, DailyFact.channel).limit(limit)
    ).all()
