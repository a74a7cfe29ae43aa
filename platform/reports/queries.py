"""Read the union's own reports and drafts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from access.actor import Work
from dispatches.models import Letter
from dispatches.statuses import LetterStatus
from documents.models import Document
from kernel.errors import NotFoundError
from reports import policy
from reports.drafting import period_of
from reports.models import Report, ReportDraft
from reports.periods import Period
from reports.submitting import submissions, submissions_of

PAGE = 50


@dataclass(frozen=True, slots=True)
class Issued:
    """An issued report with its paper and whether it went upward."""

    report: Report
    paper: Document
    period: Period
    #: Number of the newest letter and where it stands; ``None`` before there was one.
    letter: str | None
    status: LetterStatus | None
    #: A later edition took its place.
    replaced: bool


def drafts(work: Work) -> Sequence[ReportDraft]:
    """Drafts, those of the newest period first.

    :raises ForbiddenError: for somebody who does not work with petitions.
    """
    work.actor.require(policy.READERS)
    return work.session.scalars(
        select(ReportDraft).order_by(ReportDraft.last_on.desc(), ReportDraft.kind, ReportDraft.id)
    ).all()


def issued(work: Work, *, kind: str = "", offset: int = 0, limit: int = PAGE) -> tuple[list[Issued], bool]:
    """A page of issued reports, the newest period first, and whether there are more.

    :raises ForbiddenError: as :func:`drafts`.
    """
    work.actor.require(policy.READERS)
    statement = select(Report, Document).join(
        Document, (Document.tenant_id == Report.tenant_id) & (Document.id == Report.document_id)
    )
    if kind:
        statement = statement.where(Report.kind == kind)
    statement = statement.order_by(
        Report.last_on.desc(), Report.kind, Report.first_on, Report.edition.desc(), Report.id
    )
    rows = work.session.execute(statement.offset(offset).limit(limit + 1)).all()
    latest = _latest_editions(work, [report for report, _paper in rows])
    sent = submissions_of(work, [report.id for report, _paper in rows])
    found = [_issued(report, paper, latest, sent[report.id]) for report, paper in rows[:limit]]
    return found, len(rows) > limit


def get(work: Work, report_id: UUID) -> Issued:
    """One issued report.

    :raises ForbiddenError: as :func:`drafts`.
    :raises NotFoundError: when there is none.
    """
    work.actor.require(policy.READERS)
    report = work.session.get(Report, (work.tenant_id, report_id))
    if report is None:
        raise NotFoundError
    paper = work.session.get_one(Document, (work.tenant_id, report.document_id))
    return _issued(report, paper, _latest_editions(work, [report]), submissions(work, report.id))


def draft(work: Work, draft_id: UUID) -> ReportDraft:
    """One draft.

    :raises ForbiddenError: as :func:`drafts`.
    :raises NotFoundError: when there is none, or it was issued or thrown away.
    """
    work.actor.require(policy.READERS)
    found = work.session.get(ReportDraft, (work.tenant_id, draft_id))
    if found is None:
        raise NotFoundError("这份草稿已经签发或者删除，请返回报告列表查看。")
    return found


def of_period(work: Work, period: Period) -> tuple[ReportDraft | None, Report | None]:
    """The draft and the newest issued report of a period, for a link in a refusal and for the calendar."""
    mine = work.session.scalars(
        select(ReportDraft).where(ReportDraft.kind == period.kind.value, ReportDraft.first_on == period.first)
    ).first()
    made = work.session.scalars(
        select(Report)
        .where(Report.kind == period.kind.value, Report.first_on == period.first)
        .order_by(Report.edition.desc())
        .limit(1)
    ).first()
    return mine, made


def editions(work: Work, report: Report) -> Sequence[Report]:
    """All editions of a report, the newest first."""
    return work.session.scalars(
        select(Report)
        .where(Report.kind == report.kind, Report.first_on == report.first_on)
        .order_by(Report.edition.desc())
    ).all()


def _issued(
    report: Report,
    paper: Document,
    latest: dict[tuple[str, date], int],
    sent: Sequence[tuple[Letter, LetterStatus]],
) -> Issued:
    letter, status = sent[-1] if sent else (None, None)
    replaced = latest[(report.kind, report.first_on)] > report.edition
    return Issued(report, paper, period_of(report), letter.number if letter else None, status, replaced)


def _latest_editions(work: Work, reports: Sequence[Report]) -> dict[tuple[str, date], int]:
    firsts = {report.first_on for report in reports}
    rows = work.session.execute(
        select(Report.kind, Report.first_on, Report.edition).where(Report.first_on.in_(firsts))
    )
    found: dict[tuple[str, date], int] = {}
    for kind, first, edition in rows:
        found[(kind, first)] = max(edition, found.get((kind, first), 0))
    return found
