"""Between a letter and each side's own case: which case was made of it, and which letters a case still answers to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, true

from access.actor import Work
from cases import policy as case_policy
from cases.models import Case
from dispatches import policy
from dispatches.copies import SETS_DATE, newest
from dispatches.models import Letter, LetterCase, LetterEvent
from dispatches.workflow import OPEN, LetterStatus, Side
from kernel.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Answerable:
    """A letter that a case of ours was made of and whose sender still waits."""

    letter: Letter
    status: LetterStatus


def was_taken(work: Work, letter_id: UUID) -> bool:
    """Whether a case was made of the letter, whoever may see it."""
    return case_id_of(work, letter_id) is not None


def case_id_of(work: Work, letter_id: UUID) -> UUID | None:
    """The identifier of the case that was made of a letter."""
    return work.session.scalars(select(LetterCase.case_id).where(LetterCase.letter_id == letter_id)).first()


def taken_from(work: Work, case_id: UUID) -> Sequence[UUID]:
    """The letters that a case was made of, or that belong to it since they were written again."""
    statement = select(LetterCase.letter_id).where(LetterCase.case_id == case_id)
    return work.session.scalars(statement.order_by(LetterCase.letter_id)).all()


def waiting_for(work: Work, case_id: UUID) -> Sequence[Letter]:
    """Open letters that a case was made of, whoever may see them."""
    latest = newest(work)
    statement = (
        select(Letter)
        .select_from(Letter)
        .join(latest, true())
        .where(Letter.tenant_id == work.tenant_id, Letter.id.in_(taken_from(work, case_id)))
        .where(latest.status.in_([status.value for status in OPEN]))
    )
    return work.session.scalars(statement.order_by(Letter.id)).all()


def case_of(work: Work, letter_id: UUID) -> Case:
    """The case that was made of a letter.

    :raises NotFoundError: when there is none, or it is not the actor's to see.
    """
    statement = (
        select(Case)
        .join(LetterCase, (LetterCase.tenant_id == Case.tenant_id) & (LetterCase.case_id == Case.id))
        .where(LetterCase.letter_id == letter_id, case_policy.visible(work.actor))
    )
    case = work.session.scalars(statement).first()
    if case is None:
        raise NotFoundError
    return case


def answerable(work: Work, case_id: UUID) -> Sequence[Answerable]:
    """Open letters that a case was made of: whoever works on it may tell their senders how it stands."""
    latest = newest(work)
    statement = (
        select(Letter, latest.status.label("status"))
        .select_from(Letter)
        .join(latest, true())
        .join(LetterCase, (LetterCase.tenant_id == Letter.tenant_id) & (LetterCase.letter_id == Letter.id))
        .where(
            Letter.tenant_id == work.tenant_id,
            Letter.side == Side.RECIPIENT.value,
            LetterCase.case_id == case_id,
            latest.status.in_([status.value for status in OPEN]),
            policy.visible(work.actor),
        )
        .order_by(Letter.sent_at, Letter.id)
    )
    return [Answerable(row.Letter, LetterStatus(row.status)) for row in work.session.execute(statement)]


def sets_date(work: Work, letter: Letter) -> bool:
    """Whether somebody set a date for the work: the sender with the letter, or an act on it since."""
    if letter.due_on is not None:
        return True
    dated = select(LetterEvent.seq).where(
        LetterEvent.letter_id == letter.id, LetterEvent.action.in_(SETS_DATE), LetterEvent.due_on.is_not(None)
    )
    return work.session.scalars(dated.limit(1)).first() is not None
