"""转送、交办、督办 and the three suggestions of a period, from the union's own letters (条例 art. 41)."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, func, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.selectable import ScalarSelect

from access.actor import Work
from cases.queries import day_start
from dispatches.kinds import ADOPTIONS, KIND_LABELS, SUGGESTIONS, LetterKind
from dispatches.models import Letter, LetterEvent
from dispatches.queries import newest
from dispatches.statuses import OPEN, LetterStatus, Side
from documents.models import Document
from reports.periods import Period

#: Kinds that the report tells of, in the order in which the law names them.
TOLD = (
    LetterKind.TRANSFER,
    LetterKind.ORDER,
    LetterKind.SUPERVISION,
    LetterKind.ASSIST,
    LetterKind.ESCALATION,
    LetterKind.URGE,
)
#: 信访工作建议书, issued beside a case (``cases.procedure_papers``).
SUGGESTION_PAPER = "suggestion_letter"


def letters(work: Work, period: Period) -> list[dict[str, Any]]:
    """For each kind how many letters of the period were sent and received, and how many of these are still open."""
    latest = newest(work)
    rows = work.session.execute(
        _of_period(select(Letter.kind, Letter.side, latest.status, func.count().label("letters")), work, period)
        .join(latest, true())
        .where(Letter.kind.in_([kind.value for kind in TOLD]))
        .group_by(Letter.kind, Letter.side, latest.status)
    )
    counts: dict[tuple[str, str, bool], int] = defaultdict(int)
    for row in rows:
        if row.status != LetterStatus.WITHDRAWN:
            counts[(row.kind, row.side, LetterStatus(row.status) in OPEN)] += row.letters
    found = []
    for kind in TOLD:
        line: dict[str, Any] = {"key": kind.value, "name": KIND_LABELS[kind]}
        for side, name in ((Side.SENDER, "sent"), (Side.RECIPIENT, "received")):
            still = counts[(kind.value, side.value, True)]
            line[name] = still + counts[(kind.value, side.value, False)]
            line[f"{name}_open"] = still
        found.append(line)
    return found


def suggestions(work: Work, period: Period) -> list[dict[str, Any]]:
    """For each of the three suggestions how many went out with supervisions of the period and what became of them."""
    kind = Letter.snapshot["details"]["suggestion"].astext
    rows = work.session.execute(
        _of_period(
            select(kind.label("suggestion"), _adoption().label("adoption"), func.count().label("letters")),
            work,
            period,
        )
        .where(
            Letter.kind == LetterKind.SUPERVISION.value, Letter.side == Side.SENDER.value, kind.in_(list(SUGGESTIONS))
        )
        .group_by("suggestion", "adoption")
    )
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        counts[(row.suggestion, row.adoption if row.adoption in ADOPTIONS else "waiting")] += row.letters
    found = []
    for key, name in SUGGESTIONS.items():
        line: dict[str, Any] = {"key": key, "name": name}
        line |= {answer: counts[(key, answer)] for answer in (*ADOPTIONS, "waiting")}
        line["made"] = sum(line[answer] for answer in (*ADOPTIONS, "waiting"))
        found.append(line)
    return found


def suggestion_papers(work: Work, period: Period) -> int:
    """How many 信访工作建议书 were issued in the period."""
    statement = (
        select(func.count())
        .select_from(Document)
        .where(
            Document.tenant_id == work.tenant_id,
            Document.kind == SUGGESTION_PAPER,
            Document.issued_on.between(period.first, period.last),
        )
    )
    return int(work.session.scalar(statement) or 0)


def _of_period(statement: Any, work: Work, period: Period) -> Select[Any]:
    # Any: a statement's type names its columns, and the two that come here have different ones.
    found: Select[Any] = statement.where(
        Letter.tenant_id == work.tenant_id,
        # 检举控告: most readers of the report do not see such letters, and would count the difference.
        Letter.sealed.is_(False),
        Letter.sent_at >= day_start(period.first),
        Letter.sent_at < day_start(period.last + timedelta(days=1)),
    )
    return found


def _adoption() -> ScalarSelect[Any]:
    """What the last answer to a supervision says about its suggestion."""
    told = LetterEvent.told.cast(JSONB)["adoption"].astext
    return (
        select(told)
        .where(LetterEvent.tenant_id == Letter.tenant_id, LetterEvent.letter_id == Letter.id, told.is_not(None))
        .order_by(LetterEvent.seq.desc())
        .limit(1)
        .correlate(Letter)
        .scalar_subquery()
    )
