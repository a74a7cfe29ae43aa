"""What a person writes before a letter exists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from dispatches.kinds import LetterKind


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that is to travel: its name as people see it and its bytes, which alone say what it is."""

    name: str
    content: bytes
    #: The last day on which the other side may open its copy; ``None``: as long as the letter is kept.
    open_until: date | None = None


@dataclass(frozen=True, slots=True)
class Continued:
    """A predecessor's letter that a successor writes again (机构承继); only the system's own hand makes one."""

    #: What the new letter follows, for the recipient: the predecessor's letter, or the one that it followed itself.
    follows: UUID
    snapshot: Mapping[str, Any]
    sealed: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter as written. ``to`` is the union that gets it; for a SIDEWAYS letter the common superior, with the unit
    meant in ``beyond`` (or simply the unit meant: the superior is then found).
    """

    kind: LetterKind
    to: int
    subject: str
    reason: str
    request: str = ""
    #: One of our own cases that the letter is about; its matter is told, its people are not.
    case_number: str | None = None
    #: 指定办理期限, a calendar date.
    due_on: date | None = None
    #: A letter of ours, in or out, that this one follows.
    refers_to: UUID | None = None
    #: Why a level is passed over (越级).
    skip_reason: str = ""
    beyond: int | None = None
    #: Of a supervision: ``trigger``, ``ladder``, ``suggestion``, ``count``, ``category``, ``from``, ``to``.
    details: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[NewFile] = ()
    #: Documents of the case that go along as copies.
    papers: Sequence[UUID] = ()
    #: Whether the identities of the case's people go along, sealed for the recipient.
    share_identity: bool = False
    #: Said explicitly by the sender where the petitioner asked for secrecy (要求保密), together with the reason.
    share_confirmed: bool = False
    share_reason: str = ""
    #: Tell the recipient what the letter in ``refers_to`` told us.
    forward: bool = False
    #: Of a report: the figures as data and its words as a paper (``reports.submitting``), told as they are.
    told: Mapping[str, Any] = field(default_factory=dict)
    #: The predecessor's letter that this one takes the place of.
    continues: Continued | None = None
