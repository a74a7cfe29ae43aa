"""Which reports are due when (a setting of the union), and how far each is: for the calendar and the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from access.actor import Work
from reports.figures import since
from reports.models import Report, ReportDraft
from reports.periods import LABELS, REGULAR, Kind, Period, due_between, finished
from reports.submitting import standing
from tenants import queries as tenants
from tenants import settings

#: Who wrote a weekly report in this time writes them.
HABIT = timedelta(days=92)


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


def rule(work: Work) -> str:
    """Said wherever a deadline of a report is shown."""
    days = days_of(work)
    told = "、".join(f"{LABELS[kind]}{days[kind]}日" for kind in Kind)
    return f"报告期限为期满后{told}内，由租户管理员在“单位设置”中按上级的要求填写。"


def days_of(work: Work) -> Mapping[Kind, int]:
    """Days after a period's end by which the union's report of it is to be with the superior."""
    return {Kind(kind): days for kind, days in settings.of(work.session).report_days.items()}


@dataclass(frozen=True, slots=True)
class Due:
    """A report and the day by which it is due. ``done``: nothing more is to be done for it."""

    period: Period
    due_on: date
    state: State
    done: bool
    draft_id: UUID | None
    report_id: UUID | None

    def late(self, today: date) -> bool:
        """Whether its day has passed and something is still to be done."""
        return not self.done and self.due_on < today


def between(work: Work, first: date, last: date) -> list[Due]:
    """Reports due on the days from ``first`` to ``last``, both included, by day.

    Costs the same few statements however many there are.
    """
    begun, days = since(work), days_of(work)
    shelf = _Shelf.of(work, since_day=first - timedelta(days=max(days.values())))
    found = [
        shelf.due(period)
        for kind in (*((Kind.WEEK,) if shelf.weekly else ()), *REGULAR)
        for period in due_between(kind, first, last, days[kind])
        if period.last >= begun
    ]
    return sorted(found, key=lambda due: (due.due_on, due.period.first))


def proposals(work: Work) -> list[Due]:
    """The newest finished period of each kind, for the list and for the form of a new report."""
    today, begun = work.clock.today(), since(work)
    newest = [next(iter(finished(kind, today, begun)), None) for kind in Kind]
    periods = [period for period in newest if period is not None]
    if not periods:
        return []
    shelf = _Shelf.of(work, since_day=min(period.last for period in periods))
    return [shelf.due(period) for period in periods]


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Drafts and newest reports of some time, by kind and first day."""

    today: date
    days: Mapping[Kind, int]
    #: Whether there is a superior who waits.
    above: bool
    #: Whether somebody here writes weekly reports (lately): then they are due as well.
    weekly: bool
    drafts: Mapping[tuple[str, date], UUID]
    #: The newest edition and whether a letter of it stands.
    reports: Mapping[tuple[str, date], tuple[UUID, bool]]

    @classmethod
    def of(cls, work: Work, *, since_day: date) -> _Shelf:
        rows = work.session.execute(
            select(Report.kind, Report.first_on, Report.id, standing().label("sent"))
            .where(Report.last_on >= since_day - HABIT)
            .order_by(Report.edition)
        ).all()
        drafts = work.session.execute(select(ReportDraft.kind, ReportDraft.first_on, ReportDraft.id)).all()
        return cls(
            today=work.clock.today(),
            days=days_of(work),
            above=tenants.get(work.session, work.tenant_id).parent_id is not None,
            weekly=any(row.kind == Kind.WEEK for row in (*rows, *drafts)),
            drafts={(row.kind, row.first_on): row.id for row in drafts},
            reports={(row.kind, row.first_on): (row.id, row.sent) for row in rows},
        )

    def due(self, period: Period) -> Due:
        """How far the report of one period is."""
        key = (period.kind.value, period.first)
        due_on = period.last + timedelta(days=self.days[period.kind])
        draft_id = self.drafts.get(key)
        if key in self.reports:
            report_id, sent = self.reports[key]
            # At a root nobody waits for it: issued is done.
            state = State.SUBMITTED if sent else State.ISSUED
            return Due(period, due_on, state, sent or not self.above, draft_id, report_id)
        if draft_id is not None:
            return Due(period, due_on, State.DRAFT, False, draft_id, None)
        state = State.MISSING if period.last < self.today else State.AHEAD
        return Due(period, due_on, state, False, None, None)
