"""The letters' table, evaluated: what each side of each kind may write next. Pure."""

from __future__ import annotations

from functools import cache

from access.roles import Role
from dispatches.kinds import KIND_LABELS, RELATIONS, LetterKind
from dispatches.statuses import (
    FINAL,
    LETTER_STATUS_LABELS,
    OPEN,
    LetterRow,
    LetterStatus,
    Side,
)
from dispatches.table import LETTER_TABLE
from kernel.workflow import Transition, Workflow

__all__ = [
    "FINAL",
    "KIND_LABELS",
    "LETTER_STATUS_LABELS",
    "LETTER_TABLE",
    "OPEN",
    "RECIPIENT_WORKFLOW",
    "RELATIONS",
    "LetterKind",
    "LetterRow",
    "LetterStatus",
    "Side",
    "action_label",
    "duties",
    "optional_fields",
    "senders",
    "workflow",
]


@cache
def workflow(kind: LetterKind, side: Side) -> Workflow[LetterStatus]:
    """The rows of one side of one kind; sending is not among them, for it makes the letter."""
    return Workflow(
        tuple(
            Transition(
                row.action,
                row.label,
                row.sources,
                row.target,
                frozenset(row.roles),
                fields=row.fields,
                source=row.source,
                primary=row.primary,
                internal=row.side is Side.SYSTEM,
            )
            for row in LETTER_TABLE
            if kind in row.kinds and row.side is side and row.sources
        )
    )


def senders(kind: LetterKind) -> frozenset[Role]:
    """Roles that may send a letter of a kind."""
    return frozenset(role for row in LETTER_TABLE if row.action == "send" and kind in row.kinds for role in row.roles)


@cache
def optional_fields(kind: LetterKind, side: Side, action: str) -> frozenset[str]:
    """Fields of a row that may stay empty."""
    return frozenset(
        name
        for row in LETTER_TABLE
        if row.action == action and row.side is side and kind in row.kinds
        for name in row.optional
    )


def duties(side: Side, roles: frozenset[Role]) -> frozenset[tuple[LetterKind, LetterStatus]]:
    """Kinds and statuses in which a letter waits for a holder of ``roles`` on this side."""
    return frozenset(
        (kind, status)
        for row in LETTER_TABLE
        if row.primary and row.side is side and row.roles & roles
        for kind in row.kinds
        for status in row.sources
    )


def action_label(kind: LetterKind, action: str) -> str:
    """The word of an action on a letter of a kind, whichever side wrote it."""
    return next((row.label for row in LETTER_TABLE if row.action == action and kind in row.kinds), action)


#: What the recipient of an escalation may do.
RECIPIENT_WORKFLOW: Workflow[LetterStatus] = workflow(LetterKind.ESCALATION, Side.RECIPIENT)
