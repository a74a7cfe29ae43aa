"""What travels sealed: who the people of a case are and what they told, for the union that will handle the matter.

The enclosure stands on the recipient's copy only, under the recipient's key. No page, list or answer shows it: it is
opened by registering the own case, where identities live masked, and by the system when it passes a letter on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from access.actor import Work
from audit.services import record
from cases.intake import NewParty
from cases.models import Party
from cases.queries import File
from dispatches.drafts import Draft
from dispatches.kinds import LetterKind
from dispatches.models import Letter
from kernel.errors import InvalidError

#: Kinds that hand a matter over to be handled; the others tell about it.
SHARING = frozenset(
    {LetterKind.ORDER, LetterKind.TRANSFER, LetterKind.ASSIST, LetterKind.HANDOVER, LetterKind.REVIEW}
)
MIN_REASON = 4
#: The name under which ``kernel.crypto`` binds an enclosure.
FIELD = "enclosure"
_IDENTITY = ("name", "phone", "id_number", "address")


@dataclass(frozen=True, slots=True)
class Enclosed:
    """An enclosure in clear; it lives as long as one registration and is never logged."""

    title: str
    content: str
    claims: tuple[str, ...]
    parties: tuple[NewParty, ...]
    anonymous: bool


def seal(work: Work, draft: Draft, file: File | None, recipient_id: int) -> bytes | None:
    """The parties and the content of the draft's case, sealed for the recipient; ``None`` when nobody asked for it.

    :raises InvalidError: for a kind that hands nothing over, without a case, for an anonymous petitioner, and for one
        who asked for secrecy (要求保密) or a report (检举控告) without an explicit confirmation and a reason.
    """
    if not draft.share_identity:
        return None
    if draft.kind not in SHARING:
        raise _refused("只有交办、转送、协办函可以随函移交信访人身份信息。")
    if file is None:
        raise _refused("没有选择信访件，不能移交身份信息。")
    if draft.kind is not LetterKind.HANDOVER:
        _check_consent(draft, file)
    # Title and claims once more as they were written: the letter shows them with the names masked.
    told = {
        "title": file.case.title,
        "content": file.case.content,
        "claims": [claim.text for claim in file.claims],
        "parties": [_told(work, party) for party in file.parties],
        "anonymous": file.case.anonymous,
    }
    return work.cipher.encrypt(recipient_id, FIELD, json.dumps(told, ensure_ascii=False))


def _check_consent(draft: Draft, file: File) -> None:
    if file.case.anonymous:
        raise _refused("信访人匿名，没有可以移交的身份信息。")
    if file.case.confidential or file.case.sealed:
        why = "信访人要求保密" if file.case.confidential else "本件是检举控告"
        if not draft.share_confirmed:
            raise _refused(f"{why}：确需移交身份信息的，请先征得同意并勾选确认，同时写明理由。")
        if len(draft.share_reason.strip()) < MIN_REASON:
            sentence = f"{why}：请写明移交身份信息的理由（不少于{MIN_REASON}个字）。"
            raise InvalidError(sentence, fields={"share_reason": sentence})


def _refused(sentence: str) -> InvalidError:
    return InvalidError(sentence, fields={"share_identity": sentence})


def _told(work: Work, party: Party) -> dict[str, str | None]:
    told: dict[str, str | None] = {
        "role": party.role,
        "subject_type": party.subject_type,
        "organisation": party.organisation,
        "authority": party.authority,
    }
    for name in _IDENTITY:
        sealed = getattr(party, f"{name}_sealed")
        told[name] = work.cipher.decrypt(work.tenant_id, name, sealed) if sealed else None
    return told


def note_sent(work: Work, draft: Draft, letter: Letter) -> None:
    """The sender's event of handing identities over: that it was done, to whom and why, and no identity."""
    record(
        work,
        "letter:enclose",
        subject_type="letter",
        subject_id=letter.id,
        data={"number": letter.number, "to": letter.recipient_id, "reason": draft.share_reason.strip()},
    )


def note_received(work: Work, letter: Letter) -> None:
    """The recipient's event of having been given identities."""
    record(
        work,
        "letter:enclosure_received",
        subject_type="letter",
        subject_id=letter.id,
        data={"number": letter.number, "from": letter.sender_id},
    )


def unseal(work: Work, letter: Letter) -> Enclosed | None:
    """The enclosure of this union's own copy, or ``None`` where nothing was enclosed; leaves an event.

    :raises DecryptionError: for another union's enclosure.
    """
    if letter.enclosure is None:
        return None
    record(
        work,
        "letter:enclosure_open",
        subject_type="letter",
        subject_id=letter.id,
        data={"number": letter.number},
    )
    told: Mapping[str, Any] = json.loads(work.cipher.decrypt(work.tenant_id, FIELD, letter.enclosure))
    return Enclosed(
        title=str(told["title"]),
        content=str(told["content"]),
        claims=tuple(map(str, told["claims"])),
        parties=tuple(NewParty(**party) for party in told["parties"]),
        anonymous=bool(told["anonymous"]),
    )


def reseal(work: Work, letter_id: UUID, recipient_id: int) -> bytes | None:
    """The enclosure of a letter that is passed on, sealed for the next union; nobody in between sees into it."""
    letter = work.session.get(Letter, (work.tenant_id, letter_id))
    if letter is None or letter.enclosure is None:
        return None
    return work.cipher.encrypt(recipient_id, FIELD, work.cipher.decrypt(work.tenant_id, FIELD, letter.enclosure))
