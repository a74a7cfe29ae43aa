"""The shape of an exchange of letters: what is sent, by whom, when, and what is written on it. Plain data.

Days are told as working days back (``When``) and dates as calendar days from today, so that a table of exchanges
reads the same whenever the demo is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dispatches.workflow import LetterKind
from infra.federation.stage import When


@dataclass(frozen=True, slots=True)
class Act:
    """Something written on a letter by ``who`` (``login@slug``); ``register`` makes the own case of it.

    In ``data`` a ``due_on`` is calendar days from today and a ``unit`` is a union's slug.
    """

    action: str
    who: str
    when: When
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One letter and all that followed on it."""

    kind: LetterKind
    who: str
    to: str
    when: When
    subject: str
    reason: str
    request: str = ""
    #: 指定办理期限, calendar days from today.
    due: int | None = None
    #: Whether it is about a case of the sender, and whether the people's identities go along.
    case: bool = False
    identity: bool = False
    #: Whether that case has an opinion of which the petitioner asks 复查.
    answered: bool = False
    #: The subject of an earlier letter that it follows.
    follows: str | None = None
    skip_reason: str = ""
    #: Of a supervision; ``from`` and ``to`` are working days back.
    details: Mapping[str, Any] = field(default_factory=dict)
    #: Name and text of a file that goes along.
    file: tuple[str, str] | None = None
    acts: tuple[Act, ...] = ()

    @property
    def sides(self) -> tuple[str, str]:
        """Slugs of the two unions."""
        return self.who.partition("@")[2], self.to


@dataclass(frozen=True, slots=True)
class Circular:
    """One circular to everybody below, and what some of them did with it."""

    who: str
    when: When
    subject: str
    reason: str
    request: str
    acts: tuple[Act, ...] = ()
