"""Send a report upward as a letter: its figures as data, small ones hidden, and its words as a paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.exc import IntegrityError

from access.actor import Work
from audit.services import record
from dispatches.drafts import Draft
from dispatches.kinds import LetterKind
from dispatches.models import Letter, LetterEvent
from dispatches.queries import newest
from dispatches.services import send
from dispatches.statuses import LetterStatus
from documents.models import Document
from kernel.errors import ConflictError, NotFoundError
from reports import policy, veiling
from reports.canonical import digest
from reports.content import parts
from reports.drafting import period_of
from reports.figures import whole
from reports.gathering import SNAPSHOT
from reports.models import Report, ReportSubmission
from reports.periods import LABELS

_DEAD = (LetterStatus.WITHDRAWN, LetterStatus.RETURNED)


def submit(work: Work, report_id: UUID, *, to: int, note: str = "", skip_reason: str = "") -> Letter:
    """Send a report to a superior; its newest edition only, and once while an earlier letter of it stands.

    :raises ForbiddenError: for a role that the table of letters does not name.
    :raises NotFoundError: when there is no such report, or no such union.
    :raises InvalidError: as ``dispatches.services.send``: at a root, past a suspended superior without a reason.
    :raises ConflictError: when it went upward already, or a later edition is there.
    """
    if not policy.may_submit(work.actor):
        work.actor.require(())
    report = work.session.get(Report, (work.tenant_id, report_id))
    if report is None:
        raise NotFoundError
    earlier = submissions(work, report.id)
    if any(status not in _DEAD for _letter, status in earlier):
        raise ConflictError("这份报告已经报送，不能重复报送；需要更正的，请先修订再报送。")
    period = period_of(report)
    if _newest_edition(work, report) != report.edition:
        raise ConflictError("这份报告已有更新的版次，请报送最新的版次。")
    paper = work.session.get_one(Document, (work.tenant_id, report.document_id))
    draft = Draft(
        kind=LetterKind.REPORT,
        to=to,
        subject=paper.title,
        reason=note.strip() or f"现将{paper.title}报上，请审阅。",
        skip_reason=skip_reason,
        told={SNAPSHOT: told(report, paper), "papers": [_copy(report, paper)]},
    )
    try:
        with work.session.begin_nested():
            letter = send(work, draft)
            work.session.add(ReportSubmission(report_id=report.id, attempt=len(earlier) + 1, letter_id=letter.id))
            work.session.flush()
    except IntegrityError as error:
        if getattr(getattr(error.orig, "diag", None), "constraint_name", None) != "pk_report_submissions":
            raise
        raise ConflictError("同事刚刚报送了这份报告，没有重复报送。") from None
    record(
        work,
        "report:submit",
        subject_type="report",
        subject_id=report.id,
        data={
            "kind": report.kind,
            "first": period.first.isoformat(),
            "last": period.last.isoformat(),
            "edition": report.edition,
            "letter": letter.number,
            "to": letter.recipient_id,
        },
    )
    return letter


def submissions(work: Work, report_id: UUID) -> list[tuple[Letter, LetterStatus]]:
    """The letters by which a report went upward, oldest first, each with where it stands."""
    return submissions_of(work, [report_id])[report_id]


def submissions_of(work: Work, reports: Sequence[UUID]) -> dict[UUID, list[tuple[Letter, LetterStatus]]]:
    """As :func:`submissions`, for many reports in one statement.

    Whoever reads the report may know that it went; the letter itself is looked at under the letters' own policy.
    """
    latest = newest(work)
    rows = work.session.execute(
        select(ReportSubmission.report_id, Letter, latest.status)
        .select_from(Letter)
        .join(
            ReportSubmission,
            (ReportSubmission.tenant_id == Letter.tenant_id) & (ReportSubmission.letter_id == Letter.id),
        )
        .join(latest, true())
        .where(ReportSubmission.report_id.in_(reports))
        .order_by(ReportSubmission.attempt)
    )
    found: dict[UUID, list[tuple[Letter, LetterStatus]]] = {report: [] for report in reports}
    for report, letter, status in rows:
        found[report].append((letter, LetterStatus(status)))
    return found


def standing() -> ColumnElement[bool]:
    """Whether a letter by which a report went upward still stands, as a part of a statement over reports."""
    last = (
        select(LetterEvent.status)
        .where(
            LetterEvent.tenant_id == ReportSubmission.tenant_id, LetterEvent.letter_id == ReportSubmission.letter_id
        )
        .order_by(LetterEvent.seq.desc())
        .limit(1)
        .correlate(ReportSubmission)
        .scalar_subquery()
    )
    return (
        select(ReportSubmission.letter_id)
        .where(
            ReportSubmission.tenant_id == Report.tenant_id,
            ReportSubmission.report_id == Report.id,
            last.not_in([status.value for status in _DEAD]),
        )
        .correlate(Report)
        .exists()
    )


def told(report: Report, paper: Document) -> dict[str, Any]:
    """The figures as the superior gets them: the union's whole block behind the veil, and a hash of their own."""
    block = whole(report.figures)
    said: dict[str, Any] = {
        "format": 1,
        "report": str(report.id),
        "kind": report.kind,
        "first": report.first_on.isoformat(),
        "last": report.last_on.isoformat(),
        "name": f"{LABELS[period_of(report).kind]}（{period_of(report).name}）",
        "edition": report.edition,
        "reason": report.reason,
        "number": paper.number,
        "union": report.figures["union"]["name"],
        "as_of": report.figures["as_of"],
        # By it the superior can ask whether the report at the sender's is still the one that was issued.
        "signature": report.digest.hex(),
        "rule": _rule(report.figures),
        "measures": [_measure(row) for row in block["measures"]],
        "counts": [
            {"key": row["key"], "name": row["name"], "unit": row["unit"], "now": veiling.told(row["now"])}
            for row in block["counts"]
        ],
        "categories": _column(block["categories"]),
        "channels": _column(block["channels"]),
    }
    return said | {"check": digest(said).hex()}


def _rule(figures: Mapping[str, Any]) -> str:
    left_out = figures.get("left_out")
    return f"{veiling.RULE}；不含{left_out}件" if left_out else veiling.RULE


def _measure(row: Mapping[str, Any]) -> dict[str, Any]:
    now: Any
    if row["rate"]:
        met, due = veiling.rate(row["now"]["met"], row["now"]["due"])
        now = {"met": met, "due": due}
    else:
        now = veiling.told(row["now"])
    return {name: row[name] for name in ("key", "name", "unit", "definition", "source", "rate")} | {"now": now}


def _column(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    shown = veiling.column([line["now"] for line in lines])
    return [
        {"key": line["key"], "name": line["name"], "now": count} for line, count in zip(lines, shown, strict=True)
    ]


def _copy(report: Report, paper: Document) -> dict[str, Any]:
    """The words of the report as a paper of the letter. Tables stay at home: their numbers are exact."""
    return {
        "title": paper.title,
        "number": paper.number,
        "body": [
            {"heading": part.heading, "text": part.text} for part in parts(report.figures, report.words) if part.text
        ],
    }


def _newest_edition(work: Work, report: Report) -> int:
    found = work.session.scalar(
        select(func.max(Report.edition)).where(Report.kind == report.kind, Report.first_on == report.first_on)
    )
    return int(found or 0)
