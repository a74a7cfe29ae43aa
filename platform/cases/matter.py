"""A matter as typed, before anything of it was checked. Plain values, no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from cases.rules import PartyRole


@dataclass(frozen=True, slots=True)
class NewParty:
    """A party as typed."""

    role: str = PartyRole.PETITIONER.value
    name: str | None = None
    phone: str | None = None
    id_number: str | None = None
    address: str | None = None
    subject_type: str | None = None
    organisation: str | None = None
    #: 代理权限 of an agent, one of :data:`cases.rules.AUTHORITIES`.
    authority: str | None = None


@dataclass(frozen=True, slots=True)
class NewCase:
    """A matter as typed at the window. ``claims`` are one sentence each; none means that the title is the claim."""

    channel: str
    title: str
    content: str
    received_on: date
    parties: Sequence[NewParty] = ()
    claims: Sequence[str] = ()
    headcount: int = 1
    anonymous: bool = False
    confidential: bool = False
    #: 联名: signed by ``headcount`` people; letters and online petitions only.
    joint: bool = False
    urgent: bool = False
    repeat: bool = False
    #: Code of the shared classification, where the one who hands the matter over has already chosen one.
    category: str | None = None
    source: str | None = None
    source_key: str | None = None
    #: Another union sent it: the fifteen days are those of the unit that received the letter (C-15R).
    by_letter: bool = False
    #: ``review`` or ``recheck``: the file of the body that reviews another union's opinion.
    review_stage: str | None = None
    #: The union's own channel and what belongs to it (cases/arrivals.py).
    way: str | None = None
    arrival: Mapping[str, str] = field(default_factory=dict)
    #: 目的 and 背景; the claims are the 诉求.
    aim: str = ""
    background: str = ""
    #: Whether the petitioner says to have brought it to no union before; ``None`` when nobody asked.
    first_in_system: bool | None = None
    #: 检举控告: accounts of the union's own people whom the matter accuses. Naming somebody closes the file.
    accused_staff: frozenset[UUID] = frozenset()
    #: Number of the first case of the same matter, where the clerk found one.
    repeat_of: str | None = None
