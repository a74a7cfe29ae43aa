"""Send what a form says exactly once, however often its button is pressed."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from flask import url_for

from access.actor import Work
from dispatches.drafts import Draft
from dispatches.kinds import LetterKind
from dispatches.services import send, send_circular
from doorway.words import _
from kernel.idempotency import Kept, claim, keep

#: The mark of a form stands for the form, whatever was written in it the second time.
_ONE_FORM = sha256(b"desk letter form").digest()
_LONGEST_TOKEN = 64


@dataclass(frozen=True, slots=True)
class Sent:
    """Where the letter is now, and the sentence for the person."""

    place: str
    words: str
    new: bool


def send_once(work: Work, draft: Draft, token: str, version: int | None) -> Sent:
    """Send a draft, or find what the same form sent before.

    :raises LianxinError: as ``dispatches.services.send`` and ``send_circular``; nothing is kept of the attempt then.
    """
    key, user = f"letter:{token[:_LONGEST_TOKEN]}", str(work.actor.user_id)
    if not token:
        return _send(work, draft, version)
    earlier = claim(work.session, user_key=user, key=key, request_hash=_ONE_FORM)
    if earlier is not None:
        return Sent(str(earlier.body["place"]), _("这份函件已经发出过，没有重复发送。"), False)
    sent = _send(work, draft, version)
    keep(work.session, user_key=user, key=key, answer=Kept(303, {"place": sent.place}))
    return sent


def _send(work: Work, draft: Draft, version: int | None) -> Sent:
    if draft.kind is LetterKind.CIRCULAR:
        send_circular(
            work,
            subject=draft.subject,
            reason=draft.reason,
            request=draft.request,
            files=draft.files,
        )
        place = url_for("desk.letter_list", box="out", kind=draft.kind.value)
        return Sent(place, _("通报已发出，每个下级单位各一份。"), True)
    letter = send(work, draft, version=version)
    words = _("%(number)s已发出，等待%(name)s签收。", number=letter.number, name=letter.recipient_name)
    return Sent(url_for("desk.letter_page", letter_id=letter.id), words, True)
