"""催办: a reminder follows an earlier letter of ours that is still open, and goes to whoever holds it."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from access.actor import Work
from dispatches import policy
from dispatches.drafts import Draft
from dispatches.models import Letter, LetterEvent
from dispatches.workflow import OPEN, LetterStatus, Side
from kernel.errors import IllegalTransitionError, InvalidError, NotFoundError


def checked(work: Work, draft: Draft) -> Draft:
    """The draft of a reminder, with a subject.

    :raises NotFoundError: for an earlier letter that the actor does not see.
    :raises InvalidError: without one, for one that we did not send, and for another recipient than its own.
    :raises IllegalTransitionError: when it is done.
    """
    if draft.refers_to is None:
        raise InvalidError("请选择要催办的函件。", fields={"refers_to": "必填"})
    latest = (
        select(LetterEvent.status)
        .where(LetterEvent.tenant_id == Letter.tenant_id, LetterEvent.letter_id == Letter.id)
        .order_by(LetterEvent.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = work.session.execute(
        select(Letter, latest.label("status")).where(Letter.id == draft.refers_to, policy.visible(work.actor))
    ).first()
    if found is None:
        raise NotFoundError("没有找到所指的函件，或者您无权查看。")
    earlier, status = found[0], LetterStatus(found.status)
    if earlier.side != Side.SENDER:
        raise InvalidError("只能催办本单位发出的函件。", fields={"refers_to": "不是本单位发出的函件"})
    if status not in OPEN:
        raise IllegalTransitionError("该函件已经办结，无须催办。")
    if draft.to != earlier.recipient_id:
        raise InvalidError(
            f"催办函应发给原函的收函单位（{earlier.recipient_name}）。", fields={"to": "不是原函的收函单位"}
        )
    return draft if draft.subject.strip() else replace(draft, subject=f"催办：{earlier.number}")
