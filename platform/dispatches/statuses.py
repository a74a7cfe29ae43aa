"""Where a letter stands, whose copy it is and what a row of the table says. Pure.

A letter has no status column. Both sides hold the same append-only events, and the newest event says where it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from access.roles import Role
from dispatches.kinds import LetterKind


class LetterStatus(StrEnum):
    """Where a letter stands, for both sides alike."""

    SENT = "sent"
    SIGNED = "signed"
    WORKING = "working"
    REPLIED = "replied"
    CLOSED = "closed"
    OBJECTED = "objected"
    EXTENSION = "extension"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    ANSWERED = "answered"
    ORDERED = "ordered"


LETTER_STATUS_LABELS: dict[LetterStatus, str] = {
    LetterStatus.SENT: "待签收",
    LetterStatus.SIGNED: "已签收",
    LetterStatus.WORKING: "办理中",
    LetterStatus.REPLIED: "已反馈待审核",
    LetterStatus.CLOSED: "已办结",
    LetterStatus.OBJECTED: "异议待核实",
    LetterStatus.EXTENSION: "延期待批",
    LetterStatus.RETURNED: "已退回",
    LetterStatus.WITHDRAWN: "已撤回",
    LetterStatus.ANSWERED: "上级已答复",
    LetterStatus.ORDERED: "上级已交办",
}


class Side(StrEnum):
    """Which of the two unions a copy belongs to; SYSTEM is whose hand writes, never a copy's side."""

    SENDER = "sender"
    RECIPIENT = "recipient"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One row: on letters of ``kinds`` that stand in ``sources``, ``side`` may do ``action``."""

    kinds: frozenset[LetterKind]
    side: Side
    action: str
    #: The word on the button.
    label: str
    #: Empty for sending, which makes the letter.
    sources: tuple[LetterStatus, ...]
    #: ``None`` keeps the status.
    target: LetterStatus | None
    roles: frozenset[Role]
    fields: tuple[str, ...] = ()
    #: Those of ``fields`` that may stay empty.
    optional: frozenset[str] = frozenset()
    #: Where the rule comes from.
    source: str = ""
    #: The step that the letter waits for; statuses with such a row are on this side's desk.
    primary: bool = False


#: Statuses in which somebody still has to do something.
OPEN = (
    LetterStatus.SENT,
    LetterStatus.SIGNED,
    LetterStatus.WORKING,
    LetterStatus.REPLIED,
    LetterStatus.OBJECTED,
    LetterStatus.EXTENSION,
)
FINAL = tuple(status for status in LetterStatus if status not in OPEN)
