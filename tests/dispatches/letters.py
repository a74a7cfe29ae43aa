"""Builders of letters for the tests of this package."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select, text

from dispatches import queries
from dispatches.models import Letter, LetterEvent
from dispatches.services import Draft, act, escalate, send
from dispatches.workflow import LetterKind, LetterStatus
from kernel.outbox import OutboxMessage
from tests.builders import Federation
from tests.ways import Ways

REASON = "涉及多家用工单位，街道无力协调"
REQUEST = "请区总工会牵头约谈用工单位"


def sent(federation: Federation, login: str = "head@street", **changes: Any) -> Letter:
    """A letter about an accepted case of the sender's union."""
    case = federation.accepted(login.partition("@")[2], **changes)
    with federation.work(login) as work:
        return escalate(work, case.number, reason=REASON, request=REQUEST)


def on(federation: Federation, login: str, letter: Letter, action: str, **data: Any) -> Letter:
    """One act of a person on a letter, committed."""
    with federation.work(login) as work:
        return act(work, letter.id, action, data)


def view(federation: Federation, login: str, letter: Letter) -> queries.LetterView:
    """The letter as a person of one side sees it."""
    with federation.work(login) as work:
        return queries.get(work, letter.id)


def nothing_left(federation: Federation, slug: str) -> bool:
    """Whether a union has no letter, no event and no message of one."""
    with federation.work_as_system(slug) as work:
        counts = [
            work.session.scalars(select(func.count()).select_from(model)).one() for model in (Letter, LetterEvent)
        ]
        waiting = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.topic == "letter.event")
        return counts == [0, 0] and work.session.scalars(waiting).one() == 0


#: Who sends each kind to whom in the test federation; a dispute of the east with the west goes to the city.
PAIRS: dict[LetterKind, tuple[str, str]] = {
    LetterKind.ESCALATION: ("street", "east"),
    LetterKind.SUBMISSION: ("street", "east"),
    LetterKind.REPORT: ("street", "east"),
    LetterKind.REVIEW: ("street", "east"),
    LetterKind.DISPUTE: ("east", "city"),
    **dict.fromkeys(
        (
            LetterKind.ORDER,
            LetterKind.TRANSFER,
            LetterKind.ASSIST,
            LetterKind.SUPERVISION,
            LetterKind.URGE,
            LetterKind.CIRCULAR,
            LetterKind.FILE_REQUEST,
            LetterKind.HANDOVER,
        ),
        ("east", "street"),
    ),
}
DUE = date(2026, 3, 20)


def draft(federation: Federation, kind: LetterKind, **changes: Any) -> Draft:
    """A draft of a kind along its usual way."""
    fields: dict[str, Any] = {
        "kind": kind,
        "to": federation.ids[PAIRS[kind][1]],
        "subject": "关于拖欠工资问题的函",
        "reason": REASON,
        "request": REQUEST,
    }
    if kind is LetterKind.ORDER:
        fields["due_on"] = DUE
    if kind is LetterKind.DISPUTE:
        fields["beyond"] = federation.ids["west"]
    if kind is LetterKind.SUPERVISION:
        fields["details"] = {"trigger": "overdue", "count": 3}
    return Draft(**(fields | changes))


def post(federation: Federation, login: str, kind: LetterKind, **changes: Any) -> Letter:
    """A letter of a kind, sent by a person and committed."""
    with federation.work(login) as work:
        return send(work, draft(federation, kind, **changes))


def a_letter(federation: Federation, kind: LetterKind, *, number: int = 0) -> Letter:
    """A letter of any kind along its usual way; ``number`` keeps two supervisions from being one matter."""
    sender = PAIRS[kind][0]
    if kind is LetterKind.ESCALATION:
        return sent(federation)
    changes: dict[str, Any] = {}
    if kind is LetterKind.REVIEW:
        # What is reviewed is an opinion that was served.
        changes["case_number"] = Ways(federation, sender).served().number
    if kind is LetterKind.URGE:
        changes["refers_to"] = post(federation, f"head@{sender}", LetterKind.ORDER).id
    if kind is LetterKind.SUPERVISION:
        start = date(2026, 1, 1) + timedelta(days=number)
        changes["details"] = {"trigger": "overdue", "count": 3, "from": start.isoformat()}
    if kind is LetterKind.HANDOVER:
        with federation.work_as_system(sender) as work:
            return send(work, draft(federation, kind))
    return post(federation, f"head@{sender}", kind, **changes)


def both_stand(federation: Federation, letter: Letter, status: LetterStatus) -> None:
    """Both unions read the same status on their own copies."""
    for tenant in (letter.sender_id, letter.recipient_id):
        slug = next(slug for slug, number in federation.ids.items() if number == tenant)
        assert view(federation, f"head@{slug}", letter).status is status


def set_status(federation: Federation, slug: str, status: str) -> None:
    """Suspend, close or take up a union."""
    with federation.work_as_system("platform") as work:
        work.session.execute(
            text("update tenants set status = :status where slug = :slug"), {"status": status, "slug": slug}
        )
