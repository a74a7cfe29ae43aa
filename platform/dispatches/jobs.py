"""What a union does when something was written on one of its letters by the other side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from access.actor import Work
from access.roles import Role
from audit.services import record
from cases.papers import chinese_date
from dispatches.models import Letter, LetterEvent
from dispatches.services import TOPIC
from dispatches.workflow import LETTER_STATUS_LABELS, LetterStatus, Side
from kernel.errors import NotFoundError
from notices.services import post


def arrived(work: Work, payload: Mapping[str, Any]) -> None:
    """Tell the petition office and write the arrival into this union's own log.

    The payload is ``{"letter": id, "seq": number}``. The notice names the letter and the date and repeats nothing of
    the matter: it is shown on a desk, and a sealed letter is not for everybody who passes it.

    :raises NotFoundError: for a letter that this union has no copy of: a message without a cause.
    """
    letter_id, seq = UUID(str(payload["letter"])), int(payload["seq"])
    found = work.session.execute(
        select(Letter, LetterEvent)
        .join(LetterEvent, (LetterEvent.tenant_id == Letter.tenant_id) & (LetterEvent.letter_id == Letter.id))
        .where(Letter.id == letter_id, LetterEvent.seq == seq)
    ).first()
    if found is None:
        raise NotFoundError("消息所指的函件不存在。")
    letter, event = found[0], found[1]
    post(
        work.session,
        kind="letter",
        title=_sentence(letter, event),
        link=f"/dispatches/{letter.id}",
        role=Role.OFFICE_HEAD,
    )
    record(
        work,
        "letter:arrived",
        subject_type="letter",
        subject_id=letter.id,
        data={"number": letter.number, "seq": seq, "action": event.action, "from": event.author_id},
    )


def _sentence(letter: Letter, event: LetterEvent) -> str:
    if letter.side == Side.RECIPIENT:
        due = chinese_date(letter.reply_due_on)
        return f"收到{letter.sender_name}上报的函件（{letter.number}），请于{due}前答复。"
    stand = LETTER_STATUS_LABELS[LetterStatus(event.status)]
    due = f"，办结期限{chinese_date(event.due_on)}" if event.due_on else ""
    return f"{letter.recipient_name}：{letter.number} {stand}{due}。"


#: What the worker wires: topic → handler, called as the system in the message's tenant.
CONSUMERS = {TOPIC: arrived}
