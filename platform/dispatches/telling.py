"""办理情况反馈: what happens to the own case is told to whoever sent the letter that it was made of."""

from __future__ import annotations

from uuid import UUID

from access.actor import Work
from dispatches import linking
from dispatches.acting import act
from dispatches.copies import own_copy
from dispatches.models import Letter
from dispatches.workflow import Side
from kernel.errors import ForbiddenError


def tell(work: Work, letter_id: UUID, text: str) -> Letter:
    """Write progress on the letter that an own case was made of; names of its people are masked on the way.

    Offered beside a note, an opinion and the closing of such a case (``linking.answerable`` lists the letters).

    :raises NotFoundError: when the letter is not there or not the actor's to see.
    :raises ForbiddenError: for the sender, and for a letter without an own case.
    :raises InvalidError, IllegalTransitionError, ConflictError: as ``acting.act``.
    """
    letter, _, _ = own_copy(work, letter_id)
    if letter.side != Side.RECIPIENT or not linking.was_taken(work, letter.id):
        raise ForbiddenError("只能就根据来函登记的信访件向发函单位反馈进展。")
    return act(work, letter_id, "progress", {"text": text})
