"""Which reports are due when, and how far each is: for the calendar and the list. The days are [设]."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from access.actor import Work
from dispatches.statuses import LetterStatus
from reports import queries
from reports.figures import since
from reports.models import Report, ReportDraft
from reports.periods import REGULAR, Kind, Period, containing, due_between, finished
from reports.submitting import submissions
from tenants import queries as tenants


class State(StrEnum):
    """How far the report of a period is."""

    AHEAD = "ahead"
    MISSING = "missing"
    DRAFT = "draft"
    ISSUED = "issued"
    SUBMITTED = "submitted"


STATE_LABELS: dict[State, str] = {
    State.AHEAD: "时段未满",
    State.MISSING: "未编写",
    State.DRAFT: "草稿",
    State.ISSUED: "已签发未报送",
    State.SUBMITTED: "已报送",
}
#: Said wherever a deadline of a report is shown.
RULE = "报告期限为平台的默认设置：周报期后2日、月报5日、季报10日、年度报告31日内。"


@dataclass(frozen=True, slots=True)
class Due:
    """A report that is due on ``period.due_on``. ``done``: nothing more is to be done for it."""

    period: Period
    state: State
    done: bool
    draft_id: UUID | None
    report_id: UUID | None

    def late(self, today: date) -> bool:
        """Whether its day has passed and something is still to be done."""
        return not self.done and self.period.due_on < today


def between(work: Work, first: date, last: date) -> list[Due]:
    """Reports due on the days from ``first`` to ``last``, both included, by day.

    :raises ForbiddenError: for somebody who does not work with petitions.
    """
    begun = since(work)
    found = [
        _due(work, period)
        for kind in kinds(work)
        for period in due_between(kind, first, last)
        if period.last >= begun
    ]
    return sorted(found, key=lambda due: (due.period.due_on, due.period.first))


def proposals(work: Work) -> list[Due]:
    """The newest finished period of each kind, for the form of a new report."""
    today, begun = work.clock.today(), since(work)
    found = []
    for kind in Kind:
        period = next(iter(finished(kind, today, begun)), None)
        if period is not None:
            found.append(_due(work, period))
    return found


def kinds(work: Work) -> tuple[Kind, ...]:
    """Kinds that are due here: the regular ones, and the weekly one where somebody has ever written one."""
    weekly = (
        work.session.scalar(select(Report.id).where(Report.kind == Kind.WEEK.value).limit(1))
        or work.session.scalar(select(ReportDraft.id).where(ReportDraft.kind == Kind.WEEK.value).limit(1))
    ) is not None
    return (Kind.WEEK, *REGULAR) if weekly else REGULAR


def _due(work: Work, period: Period) -> Due:
    draft, report = queries.of_period(work, period)
    above = tenants.parent(work.session, work.tenant_id) is not None
    draft_id, report_id = draft.id if draft else None, report.id if report else None
    if report is not None:
        dead = (LetterStatus.WITHDRAWN, LetterStatus.RETURNED)
        sent = any(status not in dead for _letter, status in submissions(work, report.id))
        # At a root nobody waits for it: issued is done.
        state = State.SUBMITTED if sent else State.ISSUED
        return Due(period, state, sent or not above, draft_id, report_id)
    if draft is not None:
        return Due(period, State.DRAFT, False, draft_id, None)
    over = containing(period.kind, period.first).last < work.clock.today()
    return Due(period, State.MISSING if over else State.AHEAD, False, None, None)
