"""A case as the predicates of the table see it, and what a predicate is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from access.actor import Actor
from cases.models import Case, CaseClock, Claim
from cases.rules import ClockKind


@dataclass(frozen=True, slots=True)
class Standing:
    """A case as predicates see it. ``claims`` and ``clocks`` are ``None`` where nobody has read them."""

    case: Case
    actor: Actor
    today: date
    claims: Sequence[Claim] | None = None
    clocks: Sequence[CaseClock] | None = None
    #: Whether 复查 and 复核 of this union's opinions are outside the platform; ``None``: not asked.
    outside: bool | None = None
    #: How many tasks of departments are still open.
    open_tasks: int | None = None

    def running(self, *kinds: ClockKind) -> CaseClock | None:
        """The newest clock of one of the kinds that has not stopped."""
        return next(
            (clock for clock in reversed(self.clocks or ()) if clock.kind in kinds and clock.stopped_on is None), None
        )

    def in_time(self, *kinds: ClockKind) -> bool:
        """Whether a clock of one of the kinds runs and its last day has not passed."""
        clock = self.running(*kinds)
        return clock is not None and self.today <= clock.due_on

    def newest(self, kind: ClockKind) -> CaseClock | None:
        """The newest clock of a kind, running or not."""
        return next((clock for clock in reversed(self.clocks or ()) if clock.kind == kind), None)

    def has(self, kind: ClockKind) -> bool:
        """Whether a clock of the kind was ever started."""
        return any(clock.kind == kind for clock in self.clocks or ())


@dataclass(frozen=True, slots=True)
class Condition:
    """One predicate. ``sentence`` is shown when it does not hold; ``source`` is the article behind it."""

    sentence: str
    holds: Callable[[Standing], bool]
    source: str = ""
    #: Needs what only the file's own page has read.
    needs: str = ""
