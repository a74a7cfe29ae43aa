"""A report and a draft of one union, with its mark in every word, put in without waiting for figures."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

from access.actor import Work
from documents.services import issue
from kernel.ids import uuid7
from reports import content, figures
from reports.canonical import digest
from reports.models import Report, ReportDraft, ReportSubmission
from reports.periods import Kind, containing
from reports.verifying import signed

FEBRUARY = containing(Kind.MONTH, date(2026, 2, 1))
JANUARY = containing(Kind.MONTH, date(2026, 1, 1))
AS_OF = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)


def report(work: Work, mark: str, letter_id: UUID | None, *, beside: bool = False) -> dict[str, UUID]:
    """An issued report and a draft of the month after it, by the argument that names each in an address.

    ``beside`` takes months before those, for a union that has a copy of its twin's already.
    """
    january, february = (JANUARY.before.before, JANUARY.before) if beside else (JANUARY, FEBRUARY)
    words = {"overview": f"{mark}总体情况", "advice": f"{mark}建议"}
    counted = figures.compute(work, january) | {"as_of": AS_OF.isoformat()}
    made = Report(
        id=uuid7(),
        kind=january.kind.value,
        first_on=january.first,
        last_on=january.last,
        edition=1,
        words=words,
        figures=counted,
        as_of=AS_OF,
        issued_at=work.clock.now(),
        issued_by=work.actor.user_id,
    )
    paper = issue(
        work,
        subject_id=made.id,
        kind="report_month",
        code="双总工信月",
        title=f"{mark}信访工作月报",
        body=content.body(counted, words, reason=None),
        issued_on=work.clock.today(),
    )
    made.document_id, made.digest = paper.id, digest(signed(made, paper.number))
    draft = ReportDraft(
        kind=february.kind.value,
        first_on=february.first,
        last_on=february.last,
        edition=1,
        words=words,
        made_by=work.actor.user_id,
        updated_by=work.actor.user_id,
        updated_at=work.clock.now(),
    )
    work.session.add_all([made, draft])
    work.session.flush()
    if letter_id is not None:
        work.session.add(ReportSubmission(report_id=made.id, attempt=1, letter_id=letter_id))
        work.session.flush()
    return {"report_id": made.id, "report_draft_id": draft.id}
