"""The letter that is being written: its kind, its addressee, and the case or earlier letter that it is about."""

from __future__ import annotations

from dataclasses import dataclass

from cases.queries import File
from desk.addressing import Target
from dispatches.kinds import LetterKind
from dispatches.queries import LetterView


@dataclass(frozen=True, slots=True)
class Writing:
    """What is chosen before anything is said. ``target`` is ``None`` for a circular: it goes to all below."""

    kind: LetterKind
    target: Target | None
    file: File | None
    refers: LetterView | None

    @property
    def case_number(self) -> str | None:
        """The case that the letter tells of."""
        return self.file.case.number if self.file is not None else None
