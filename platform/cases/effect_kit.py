"""What an effect is given: one act on one file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cases.models import Case, CaseClock, Claim
from cases.rules import ClockKind


@dataclass(frozen=True, slots=True)
class Turn:
    """One act on one file: what it may change and what it was told."""

    case: Case
    claims: list[Claim]
    clocks: list[CaseClock]
    values: Mapping[str, Any]
    today: date

    def clock(self, kind: ClockKind) -> CaseClock | None:
        """The newest clock of a kind that still runs."""
        return next(
            (clock for clock in reversed(self.clocks) if clock.kind == kind and clock.stopped_on is None), None
        )
