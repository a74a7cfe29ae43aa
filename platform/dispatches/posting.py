"""The only code that writes across a border: both copies of a letter, both copies of an event, one message.

Each side's rows are written in one transaction by whoever acts; nothing is ever read across, and each union's own log
is written by itself: the actor's now, the other one's when its message arrives (``jobs``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from access.actor import Work
from dispatches.models import Letter, LetterEvent
from dispatches.workflow import LetterStatus, Side
from kernel.db import Base
from kernel.errors import ConflictError
from kernel.ids import uuid7
from kernel.outbox import OutboxMessage

#: The topic that the border's policy on the outbox names (migrations/versions/0001).
TOPIC = "letter.event"


def other_side(letter: Letter) -> int:
    """The union that holds the other copy."""
    return letter.recipient_id if letter.side == Side.SENDER else letter.sender_id


@contextmanager
def reaching(work: Work, union: int) -> Iterator[None]:
    """Let the block write for one other union; two acts on one letter at the same moment collide here.

    :raises ConflictError: for the second of two; nothing of its block is written.
    """
    try:
        # The savepoint takes back the rows and the permission to address, and keeps the caller's transaction usable.
        with work.session.begin_nested(), work.session.addressing([union]):
            yield
    except IntegrityError as error:
        if getattr(getattr(error.orig, "diag", None), "constraint_name", None) != "pk_letter_events":
            raise
        raise ConflictError("对方或同事刚刚处理了这封函件，请刷新后查看；您填写的内容尚未保存。") from None


def deliver(work: Work, shared: Mapping[str, Any], *, enclosure: bytes | None = None) -> None:
    """The recipient's copy. ``enclosure`` is sealed for that union and for it alone."""
    row = {
        "tenant_id": shared["recipient_id"],
        "side": Side.RECIPIENT.value,
        "case_id": None,
        "enclosure": enclosure,
        **shared,
    }
    write(work, Letter, [row])


def append(
    work: Work,
    letter: Letter,
    *,
    seq: int,
    action: str,
    status: LetterStatus,
    text: str | None = None,
    due_on: date | None = None,
    told: Mapping[str, Any] | None = None,
) -> None:
    """One event, once for each side, signed with the name of the office and not of a person."""
    event = {
        "letter_id": letter.id,
        "seq": seq,
        "author_id": work.tenant_id,
        "action": action,
        "status": status.value,
        "at": work.clock.now(),
        "signed_as": letter.sender_name if letter.side == Side.SENDER else letter.recipient_name,
        "text": text,
        "due_on": due_on,
        # SQL's NULL and not JSON's.
        **({"told": dict(told)} if told else {}),
    }
    # Always in the order of tenants, so that two acts that meet wait for each other in one order only.
    sides = sorted((letter.sender_id, letter.recipient_id))
    write(work, LetterEvent, [{"tenant_id": tenant, **event} for tenant in sides])


def wake(work: Work, union: int, letter_id: UUID, *, seq: int) -> None:
    """The message that tells the other union's office, after commit."""
    write(work, OutboxMessage, [message(union, letter_id, seq)])


def message(union: int, letter_id: UUID, seq: int) -> dict[str, Any]:
    """A row of the other union's outbox."""
    return {
        "tenant_id": union,
        "id": uuid7(),
        "topic": TOPIC,
        "payload": {"letter": str(letter_id), "seq": seq},
        "attempts": 0,
    }


def write(work: Work, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of either side."""
    # No RETURNING and no ON CONFLICT (column): both ask for the right to read the row, which the sender has not.
    work.session.connection().execute(insert(model.__table__).inline(), list(rows))  # type: ignore[arg-type]
