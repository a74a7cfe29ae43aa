"""The letter of a handover (移交): what it says, what it carries, and how it crosses. Only the system writes one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, true

from access.actor import Work
from audit.services import record
from cases.models import Case
from cases.queries import File
from dispatches import enclosing, files, heritage, posting
from dispatches.acting import act
from dispatches.copies import newest
from dispatches.drafts import Draft, NewFile
from dispatches.kinds import KIND_LABELS, LetterKind
from dispatches.models import Letter, LetterCase
from dispatches.sending import MAX_SUBJECT, answer_by, number_of
from dispatches.workflow import LetterStatus, Side
from documents.carrying import blobs_of
from kernel.ids import uuid7
from tenants import queries as tenants
from tenants import succession
from tenants.lifetimes import Succession
from tenants.models import Tenant

#: The key of a handover's snapshot under which a single letter is told, where no case goes along.
LETTERS = "letters"


def enclosure(work: Work, file: File, told: Mapping[str, Any], recipient_id: int) -> bytes:
    """The people and the words of a case with what its snapshot does not tell, sealed for the successor alone."""
    draft = Draft(kind=LetterKind.HANDOVER, to=recipient_id, subject="", reason="", share_identity=True)
    sealed = enclosing.seal(work, draft, file, recipient_id)
    assert sealed is not None
    opened = json.loads(work.cipher.decrypt(recipient_id, enclosing.FIELD, sealed))
    return work.cipher.encrypt(
        recipient_id, enclosing.FIELD, json.dumps({**opened, "carried": told}, ensure_ascii=False)
    )


def awaited(work: Work) -> set[str]:
    """Keys of files that came with a handover which has not become a case yet: no sweep may take them away."""
    statement = (
        select(Letter)
        .outerjoin(LetterCase, (LetterCase.tenant_id == Letter.tenant_id) & (LetterCase.letter_id == Letter.id))
        .where(Letter.kind == LetterKind.HANDOVER.value, Letter.side == Side.RECIPIENT.value)
        .where(Letter.enclosure.is_not(None), LetterCase.letter_id.is_(None))
    )
    keys = set[str]()
    for letter in work.session.scalars(statement):
        assert letter.enclosure is not None
        opened = json.loads(work.cipher.decrypt(work.tenant_id, enclosing.FIELD, letter.enclosure))
        keys |= blobs_of(opened.get("carried", {}).get("paper", {}))
    return keys


def request(told: Mapping[str, Any], letters: Sequence[str], veil: Callable[[str], str]) -> str:
    """What a handover asks, with the notes, the findings and the letters of the case in words, names masked."""
    lines = ["请接续办理，收到日期和各项办理期限不变。"]
    lines += [f"{note['on']} 办理情况：{veil(note['text'])}" for note in told["notes"]]
    lines += [
        f"诉求{position}原处理意见：{veil(claim['finding'])}"
        for position, claim in enumerate(told["claims"], start=1)
        if claim["finding"]
    ]
    return "\n".join([*lines, *(veil(line) for line in letters)])


def written_about(work: Work, case_id: UUID) -> list[str]:
    """Every letter that we sent about a case, with where it stands and what was said last, oldest first."""
    latest = newest(work)
    statement = (
        select(Letter, latest)
        .select_from(Letter)
        .join(latest, true())
        .where(Letter.tenant_id == work.tenant_id, Letter.case_id == case_id, Letter.side == Side.SENDER.value)
        .order_by(Letter.id)
    )
    return [heritage.words_of(row.Letter, row.latest) for row in work.session.execute(statement)]


def sent_about(work: Work, case_id: UUID) -> Sequence[UUID]:
    """Letters of ours about a case, handovers apart."""
    statement = select(Letter.id).where(Letter.case_id == case_id, Letter.kind != LetterKind.HANDOVER.value)
    return work.session.scalars(statement.order_by(Letter.id)).all()


def post(
    work: Work,
    found: Succession,
    recipient: Tenant,
    *,
    subject: str,
    shown: Mapping[str, Any],
    request: str,
    case: Case | None = None,
    sealed: bool = False,
    enclosure: bytes | None = None,
    new: Sequence[NewFile] = (),
) -> Letter:
    """Both copies of a handover with its first event, and the message that wakes the other office."""
    own = tenants.get(work.session, work.tenant_id)
    shared: dict[str, Any] = {
        "id": uuid7(),
        "kind": LetterKind.HANDOVER.value,
        "sender_id": own.id,
        "recipient_id": recipient.id,
        "sender_name": own.name,
        "recipient_name": recipient.name,
        "number": number_of(work, LetterKind.HANDOVER, own.code),
        "subject": subject[:MAX_SUBJECT],
        "reason": f"{own.name}机构{succession.KIND_WORDS[found.kind]}（{found.basis}），工作由{recipient.name}承继。",
        "request": request,
        "snapshot": dict(shown),
        "sealed": case.sealed if case is not None else sealed,
        "sent_at": work.clock.now(),
        "reply_due_on": answer_by(work, LetterKind.HANDOVER, None),
    }
    letter = Letter(tenant_id=own.id, side=Side.SENDER.value, case_id=case.id if case else None, **shared)
    work.session.add(letter)
    work.session.flush()  # the first event points at it
    with work.session.addressing([recipient.id]):
        posting.deliver(work, shared, enclosure=enclosure)
        posting.append(work, letter, seq=1, action="send", status=LetterStatus.SENT)
        files.attach(work, letter, 1, new)
        posting.wake(work, recipient.id, letter.id, seq=1)
    told = {"number": letter.number, "kind": letter.kind, "to": recipient.id}
    if case is not None:
        told["case"] = case.number
    record(work, "letter:send", subject_type="letter", subject_id=letter.id, data=told)
    return letter


def send_files(work: Work, handover: Letter, letter_ids: Sequence[UUID]) -> None:
    """The files of these letters, each content once, after a handover: as many acts as the limit of an act asks."""
    for several in files.of_matter(work, letter_ids):
        names = "、".join(file.name for file in several)
        act(work, handover.id, "pass_on", {"text": f"随案移交附件：{names}", "files": several})


def hand_letter_over(
    work: Work, found: Succession, heir: Tenant, letter: Letter, *, again: bool, more: str = ""
) -> None:
    """Tell the successor of a letter that no case brings along; ``again`` asks it to write that letter anew."""
    what = f"{KIND_LABELS[LetterKind(letter.kind)]}函（{letter.number}，收函单位：{letter.recipient_name}）"
    line = heritage.told(work, letter)
    asked = (
        f"请接续{what}：系统已代为另行发函；未能发出的，另有任务说明原因。" if again else f"请知悉{what}的后续往来。"
    )
    post(
        work,
        found,
        heir,
        subject=f"移交函件：{letter.subject}",
        # Only what is to be written again is told whole; of the others the successor hears what comes back.
        shown={LETTERS: [line] if again else [], "of": str(letter.id), **_accused(letter)},
        request="\n".join(part for part in (asked, more) if part),
        sealed=letter.sealed,
        new=files.copies(work, letter.id, (1,)) if again else (),
    )


def _accused(letter: Letter) -> dict[str, Any]:
    accused = letter.snapshot.get("accused")
    return {"accused": accused} if accused else {}


def handed_letter(work: Work, letter_id: UUID) -> Letter | None:
    """The handover by which a letter without a case went to the successor, or ``None``."""
    statement = select(Letter).where(
        Letter.kind == LetterKind.HANDOVER.value,
        Letter.side == Side.SENDER.value,
        Letter.snapshot["of"].astext == str(letter_id),
    )
    return work.session.scalars(statement.limit(1)).first()
