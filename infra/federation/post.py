"""Letters of the demo: each union's own copy and log, as both sides would have written them in life."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from access.actor import Work
from access.models import User
from calendars.deadlines import add_calendar_days
from cases.queries import File
from dispatches.disclosure import snapshot
from dispatches.models import Letter, LetterEvent
from dispatches.services import REPLY_DAYS
from dispatches.workflow import LetterKind, LetterStatus, Side
from documents.services import format_number
from infra.federation.shelf import Shelf
from infra.federation.story import Reply, Step
from kernel.clock import china_date
from tenants.models import Tenant

#: What the relay and the worker take in life.
_ON_THE_WAY = timedelta(seconds=40)
_STATUS = {"sign": LetterStatus.SIGNED, "answer": LetterStatus.ANSWERED, "order": LetterStatus.ORDERED}


@dataclass(frozen=True, slots=True)
class Post:
    """A letter on its way up: what both copies share, and what the superior wrote on it."""

    shared: dict[str, Any]
    replies: tuple[Reply, ...]


def compose(work: Work, shelf: Shelf, sides: tuple[Tenant, Tenant], file: File, step: Step) -> dict[str, Any]:
    """What both copies of an escalation share. Its identifier comes from its number, so that a second run agrees."""
    sender, recipient = sides
    today = china_date(step.at)
    number = format_number(f"{sender.code}报", today.year, shelf.number("letter", today.year))
    return {
        "id": uuid5(NAMESPACE_URL, f"{sender.slug}/{number}"),
        "kind": LetterKind.ESCALATION.value,
        "sender_id": sender.id,
        "recipient_id": recipient.id,
        "sender_name": sender.name,
        "recipient_name": recipient.name,
        "number": number,
        "subject": file.case.title,
        "reason": step.data["reason"],
        "request": step.data["request"],
        "snapshot": snapshot(work, file),
        "sealed": file.case.sealed,
        "sent_at": step.at,
        "reply_due_on": add_calendar_days(today, REPLY_DAYS),
    }


def send(shelf: Shelf, letter: Post, file: File, staff: Mapping[str, User]) -> None:
    """The sender's copy, and what comes back on it."""
    shared, case = letter.shared, file.case
    shelf.put([Letter(side=Side.SENDER.value, case_id=case.id, **shared), *_events(letter)])
    data = {"number": shared["number"], "case": case.number, "to": shared["recipient_id"]}
    shelf.note(shared["sent_at"], staff["head"], "letter:send", about="letter", subject_id=shared["id"], data=data)
    for seq, reply in enumerate(letter.replies, start=2):
        _arrived(shelf, shared, seq, reply, author=shared["recipient_id"])


def resume(shelf: Shelf, letter: Post, file: File, step: Step, staff: Mapping[str, User]) -> None:
    """The event of taking a case up again."""
    due_on = letter.replies[-1].due_on
    data = {
        "number": letter.shared["number"],
        "case": file.case.number,
        "due_on": due_on.isoformat() if due_on else None,
    }
    who = staff[step.actor]
    shelf.note(step.at, who, "letter:resume", about="letter", subject_id=letter.shared["id"], data=data)


def receive(shelf: Shelf, letter: Post, staff: Mapping[str, User]) -> None:
    """The recipient's copy, its arrival and what was written on it."""
    shared, status = letter.shared, LetterStatus.SENT
    shelf.put([Letter(side=Side.RECIPIENT.value, case_id=None, **shared), *_events(letter)])
    _arrived(shelf, shared, 1, _sending(shared), author=shared["sender_id"])
    for reply in letter.replies:
        before, status = status, _STATUS[reply.action]
        given = {"text": reply.text, "due_on": str(reply.due_on) if reply.due_on else None}
        data = {"number": shared["number"], "from": before.value, "to": status.value}
        data |= {name: value for name, value in given.items() if value}
        who, action = staff[reply.actor], f"letter:{reply.action}"
        shelf.note(reply.at, who, action, about="letter", subject_id=shared["id"], data=data)


def _sending(shared: Mapping[str, Any]) -> Reply:
    return Reply("send", shared["sent_at"], "head")


def _events(letter: Post) -> list[LetterEvent]:
    """Every event on a letter, as either side keeps it."""
    shared = letter.shared
    return [
        LetterEvent(
            letter_id=shared["id"],
            seq=seq,
            author_id=shared["sender_id"] if seq == 1 else shared["recipient_id"],
            action=reply.action,
            status=_STATUS.get(reply.action, LetterStatus.SENT).value,
            at=reply.at,
            signed_as=shared["sender_name"] if seq == 1 else shared["recipient_name"],
            text=reply.text,
            due_on=reply.due_on,
        )
        for seq, reply in enumerate((_sending(shared), *letter.replies), start=1)
    ]


def _arrived(shelf: Shelf, shared: Mapping[str, Any], seq: int, reply: Reply, *, author: int) -> None:
    data = {"number": shared["number"], "seq": seq, "action": reply.action, "from": author}
    at = reply.at + _ON_THE_WAY
    shelf.note(at, None, "letter:arrived", about="letter", subject_id=shared["id"], data=data)
