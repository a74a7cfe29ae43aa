"""One of our copies as a page or a machine reads it: a letter with where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from dispatches.kinds import WORKED, LetterKind
from dispatches.models import Letter, LetterEvent
from dispatches.workflow import OPEN, LetterStatus, Side
from kernel.workflow import Transition

_UNDERWAY = frozenset(status.value for status in OPEN)


@dataclass(frozen=True, slots=True)
class LetterView:
    """One of our copies with where it stands; a list leaves ``events`` at the newest one."""

    letter: Letter
    #: Oldest first; a list holds the newest event only.
    events: tuple[LetterEvent, ...]
    #: The own case's number and version: the sender's, or the one that the recipient made of the letter.
    case_number: str | None
    case_version: int | None
    status: LetterStatus
    #: What the actor may write next, on this side, for buttons.
    actions: tuple[Transition[LetterStatus], ...]
    #: The sender's case may be taken up again by this actor (“按上级意见继续办理”).
    may_resume: bool
    #: Days are calendar dates: true from the day after ``due_on`` while the recipient has the next step.
    overdue: bool
    #: The date that binds now: the last one that was ordered, granted or set, or else the rule's.
    due_on: date
    #: The last day to object; ``None`` for kinds that know no objection, and past the known calendar.
    objection_until: date | None

    @property
    def latest(self) -> LetterEvent:
        """The newest event, which says where the letter stands."""
        return self.events[-1]

    @property
    def incoming(self) -> bool:
        """Whether this union received the letter."""
        return self.letter.side == Side.RECIPIENT

    @property
    def waits_for_me(self) -> bool:
        """Whether the next step is this actor's; what may be done at any time is no step."""
        return (any(row.primary for row in self.actions) and not self.underway_behind) or self.may_resume

    @property
    def underway_behind(self) -> bool:
        """Whether we passed the letter on and the unit behind us has it now: then nothing is ours to do on it."""
        if self.letter.beyond_id is None or not self.incoming:
            return False
        relayed = (self.latest.told or {}).get("relayed", {}) if self.latest.action == "relayed" else {}
        return self.latest.action in ("forward", "rejoin") or relayed.get("status") in _UNDERWAY

    @property
    def kind(self) -> LetterKind:
        """What the letter is."""
        return LetterKind(self.letter.kind)

    @property
    def my_side(self) -> Side:
        """Which copy this is."""
        return Side(self.letter.side)

    @property
    def refers_to(self) -> UUID | None:
        """The earlier letter that this one follows."""
        return self.letter.refers_to

    @property
    def extension_asked(self) -> date | None:
        """The date that the recipient asks for, while the sender has not answered."""
        return self.latest.due_on if self.status is LetterStatus.EXTENSION else None

    @property
    def objection_unsettled(self) -> bool:
        """Whether there is a right to object whose last day lies in a year that nobody has published yet."""
        return self.kind in WORKED and self.objection_until is None
