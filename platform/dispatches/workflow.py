"""The escalation letter's table: what each side may write next. Pure.

A letter has no status column. Both sides hold the same append-only events, and the newest event says where it stands.
"""

from __future__ import annotations

from enum import StrEnum

from access.roles import Role
from kernel.workflow import Transition, Workflow


class LetterKind(StrEnum):
    """What crosses: upward escalation (上报)."""

    ESCALATION = "escalation"


KIND_LABELS: dict[LetterKind, str] = {LetterKind.ESCALATION: "上报"}


class LetterStatus(StrEnum):
    """Where a letter stands, for both sides alike."""

    SENT = "sent"
    SIGNED = "signed"
    ANSWERED = "answered"
    ORDERED = "ordered"


LETTER_STATUS_LABELS: dict[LetterStatus, str] = {
    LetterStatus.SENT: "待签收",
    LetterStatus.SIGNED: "已签收",
    LetterStatus.ANSWERED: "上级已答复",
    LetterStatus.ORDERED: "上级已交办",
}


class Side(StrEnum):
    """Which of the two unions a copy belongs to."""

    SENDER = "sender"
    RECIPIENT = "recipient"


_OFFICE = frozenset({Role.OFFICE_HEAD, Role.LEADER})

#: What the recipient may do. The sender's only act is sending; it then waits for an event.
RECIPIENT_WORKFLOW: Workflow[LetterStatus] = Workflow(
    (
        Transition(
            "sign",
            "签收",
            (LetterStatus.SENT,),
            LetterStatus.SIGNED,
            _OFFICE | frozenset({Role.CLERK, Role.SUPERVISOR}),
            primary=True,
        ),
        Transition(
            "answer",
            "答复",
            (LetterStatus.SIGNED,),
            LetterStatus.ANSWERED,
            _OFFICE,
            fields=("text",),
            primary=True,
        ),
        Transition(
            "order",
            "交办下级办理",
            (LetterStatus.SIGNED,),
            LetterStatus.ORDERED,
            _OFFICE,
            fields=("text", "due_on"),
            source="《信访工作条例》第二十二条第三项",
        ),
    )
)
