"""The timeline of a case: what its events say, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from archives.telling import people_in, said, what
from audit.models import AuditEvent
from doorway.words import _

__all__ = ["Happening", "people_in", "timeline"]


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline; ``minor`` ones did not move the case."""

    what: str
    who: str
    at: datetime
    said: tuple[str, ...]
    minor: bool


def timeline(
    history: Sequence[AuditEvent],
    people: Mapping[UUID, str],
    categories: Mapping[str, str],
    own: Mapping[str, Mapping[str, str]],
) -> list[Happening]:
    """What happened, newest first, in words; ``own`` are the union's words for codes, by key of an event's data."""
    return [
        Happening(
            what=_what(event),
            who=event.actor_name,
            at=event.at,
            said=tuple(said(event.data, people, categories, own)),
            minor=event.data.get("from") == event.data.get("to") and event.action != "case:register",
        )
        for event in reversed(history)
    ]


def _what(event: AuditEvent) -> str:
    if event.action == "party:reveal":
        return _("查看第%(place)s位当事人的身份信息", place=event.data.get("party", ""))
    return what(event) or event.action.partition(":")[2]
