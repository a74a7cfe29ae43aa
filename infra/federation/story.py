"""The shape of a story: a case, what was done about it and what came back from above. Plain data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """One action of the table: what is done, when, by whom (login) and with which fields."""

    action: str
    at: datetime
    actor: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the union above wrote on a letter."""

    action: str
    at: datetime
    actor: str
    text: str | None = None
    due_on: date | None = None


#: Whoever acts with the 查询码 and has no account.
PETITIONER = "petitioner"


@dataclass(frozen=True, slots=True)
class Settled:
    """How the supervisor closed the task that a 不满意 leaves."""

    at: datetime
    resolution: str


@dataclass(frozen=True, slots=True)
class Story:
    """A case from the day it came to where it stands today."""

    channel: str
    category: str
    title: str
    content: str
    claims: tuple[str, ...]
    received_on: date
    registered_at: datetime
    firm: str
    name: str | None
    phone: str | None
    subject_type: str
    headcount: int
    confidential: bool
    urgent: bool
    repeat: bool
    steps: tuple[Step, ...]
    replies: tuple[Reply, ...] = ()
    settled: Settled | None = None


def digest(told: Sequence[Story]) -> str:
    """A digest of stories, every word and moment of them."""
    return sha256(json.dumps([asdict(story) for story in told], default=str, sort_keys=True).encode()).hexdigest()
