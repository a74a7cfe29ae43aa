"""What is signed when a report is issued, and whether it still holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from access.actor import Work
from audit.models import AuditEvent
from documents.models import Document
from documents.services import digest as paper_digest
from reports.canonical import digest
from reports.models import Report

#: The event of issuing, which holds the signature in the union's chained log.
ISSUED = "report:issue"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a report is what was issued; ``problems`` says in words what is not."""

    holds: bool
    problems: tuple[str, ...]


def signed(report: Report, number: str) -> dict[str, Any]:
    """Everything under the signature: period, union and as-of time (inside the figures), words and number."""
    return {
        "format": 1,
        "number": number,
        "kind": report.kind,
        "first": report.first_on.isoformat(),
        "last": report.last_on.isoformat(),
        "edition": report.edition,
        "reason": report.reason,
        "words": dict(report.words),
        "figures": dict(report.figures),
    }


def verify(work: Work, report: Report) -> Verdict:
    """Count the hash again and set it beside the row's and the log's; the paper is looked at likewise."""
    problems = []
    paper = work.session.get(Document, (work.tenant_id, report.document_id))
    if paper is None:
        return Verdict(False, ("报告的正式文本不在了。",))
    now = digest(signed(report, paper.number))
    if now != report.digest:
        problems.append("数据、文字或者时段与签发时不一致。")
    logged = work.session.scalars(
        select(AuditEvent.data).where(AuditEvent.subject_id == report.id, AuditEvent.action == ISSUED)
    ).first()
    if logged is None or logged.get("digest") != report.digest.hex():
        problems.append("校验值与审计日志中的记录不一致。")
    if paper.digest != paper_digest(paper.number, paper.title, paper.body, paper.issued_on):
        problems.append("正式文本与出具时不一致。")
    return Verdict(not problems, tuple(problems))


def holds_as_told(told: Mapping[str, Any]) -> bool:
    """Whether figures that came in a letter are those that were sent: their own hash is told with them."""
    bare = {name: value for name, value in told.items() if name != "check"}
    return told.get("check") == digest(bare).hex()


def halves(digest: bytes) -> tuple[str, str]:
    """As :func:`readable`, in two lines."""
    middle = len(digest) // 2
    return f"{readable(digest[:middle])}-", readable(digest[middle:])


def readable(digest: bytes) -> str:
    """A signature as people compare it: fours of capitals and figures."""
    text = digest.hex().upper()
    return "-".join(text[place : place + 4] for place in range(0, len(text), 4))
