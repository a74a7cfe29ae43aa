"""What follows when a letter of a succession arrives: the file is taken up, a returned letter is written again.

Called for every arrival, in the tenant to which the message belongs, as the system.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from access.actor import Actor, Work
from access.roles import Role
from cases.models import Case
from cases.succession import take_over
from dispatches import enclosing, files, handing, heritage, linking, policy, relaying
from dispatches.acting import act, resume
from dispatches.answering import MAX_TEXT
from dispatches.drafts import Draft
from dispatches.kinds import LetterKind
from dispatches.models import Letter, LetterCase, LetterEvent
from dispatches.sending import send
from dispatches.succession import handed_over, recipient_of
from dispatches.taking import SOURCE
from dispatches.workflow import Side, action_label
from kernel.errors import LianxinError
from notices.tasks import open_task
from tenants import succession

#: Letters that make no sense a second time: a reminder, and what the successor was sent anyway.
NOT_AGAIN = frozenset({LetterKind.URGE, LetterKind.CIRCULAR, LetterKind.HANDOVER})


def follow(work: Work, letter: Letter, event: LetterEvent) -> None:
    """Do what an arrival asks for in a succession; nothing for every other one."""
    if letter.side == Side.RECIPIENT and event.action == "send":
        if letter.kind == LetterKind.HANDOVER:
            _take_up(work, letter)
        elif letter.refers_to is not None:
            _link(work, letter)
            relaying.rejoin(work, letter, act)
    elif letter.side == Side.SENDER and event.action == "succeed":
        if event.author_id == letter.recipient_id:
            _again(work, letter, event)
    elif letter.side == Side.SENDER and letter.kind != LetterKind.HANDOVER:
        _pass_on(work, letter, event)


def _take_up(work: Work, letter: Letter) -> None:
    """Make the successor's own case of the file, once, and let it answer and ask in its predecessor's place."""
    if letter.enclosure is None:
        heritage.write_again(work, letter, letter.snapshot.get(handing.LETTERS, ()), None)
        return
    if linking.was_taken(work, letter.id):
        return
    told = json.loads(work.cipher.decrypt(work.tenant_id, enclosing.FIELD, letter.enclosure))["carried"]
    enclosed = enclosing.unseal(work, letter)
    assert enclosed is not None
    case = take_over(
        work,
        told=told,
        title=enclosed.title,
        content=enclosed.content,
        parties=enclosed.parties,
        anonymous=enclosed.anonymous,
        source=(SOURCE, str(letter.id)),
    )
    work.session.add(LetterCase(letter_id=letter.id, case_id=case.id))
    work.session.flush()
    for again in work.session.scalars(select(Letter).where(Letter.side == Side.RECIPIENT.value)).all():
        if again.refers_to is not None and str(again.refers_to) in letter.snapshot.get("answers_to", ()):
            _answer_for(work, again, case)
    heritage.write_again(work, letter, told.get("letters", ()), case.number)


def _link(work: Work, letter: Letter) -> None:
    """A letter that was written again after a succession belongs to the case that is there, not to a second one.

    The case came over from our own predecessor, or we made it of the letter that the sender's predecessor wrote;
    where a common superior passed it on, of the one that the superior's predecessor passed on.
    """
    statement = select(Letter).where(
        Letter.kind == LetterKind.HANDOVER.value,
        Letter.side == Side.RECIPIENT.value,
        Letter.snapshot["answers_to"].contains([str(letter.refers_to)]),
    )
    earlier = [
        *work.session.scalars(statement).all(),
        *relaying.ended(work, letter, Letter.id == letter.refers_to),
        *relaying.ended(work, letter, Letter.refers_to == _uuid(letter.snapshot.get("follows"))),
    ]
    for before in earlier:
        case_id = linking.case_id_of(work, before.id)
        if case_id is not None:
            _answer_for(work, letter, work.session.get_one(Case, (work.tenant_id, case_id)))


def _uuid(word: object) -> UUID | None:
    return UUID(str(word)) if word else None


def _answer_for(work: Work, letter: Letter, case: Case) -> None:
    if not linking.was_taken(work, letter.id):
        work.session.add(LetterCase(letter_id=letter.id, case_id=case.id))
        work.session.flush()


def _again(work: Work, letter: Letter, event: LetterEvent) -> None:
    """Write a returned letter again, to the successor; where the tree does not allow it, a person must decide."""
    kind, unit = LetterKind(letter.kind), (event.told or {}).get("unit") or {}
    if kind in NOT_AGAIN or not unit:
        return
    # The office's own hand: the table gives these steps to the office, and the office sent the first letter.
    office = replace(work, actor=Actor(work.tenant_id, None, "系统", frozenset({Role.OFFICE_HEAD})))
    try:
        with work.session.begin_nested():
            if kind is LetterKind.ESCALATION:
                resume(office, letter.id)
            send(office, _draft(work, letter, kind, int(unit["id"])))
    except LianxinError as error:
        open_task(
            work,
            kind="letter_returned",
            title=f"函件 {letter.number} 因{letter.recipient_name}机构变动退回，由{unit['name']}承继，"
            f"未能自动另发：{error.message}",
            link=f"/dispatches/{letter.id}",
            role=Role.OFFICE_HEAD,
            key=f"letter:{letter.id}:succeed",
        )


def _draft(work: Work, letter: Letter, kind: LetterKind, to: int) -> Draft:
    number = None
    if letter.case_id is not None:
        number = work.session.scalars(select(Case.number).where(Case.id == letter.case_id)).one()
    details: Mapping[str, Any] = letter.snapshot.get("details", {})
    return Draft(
        kind=kind,
        to=to,
        # Through a common superior that ended: its successor passes the matter on, if it stands above both.
        beyond=letter.beyond_id if letter.beyond_id != to else None,
        subject=letter.subject,
        reason=letter.reason,
        request=letter.request,
        case_number=number,
        due_on=max(letter.due_on, work.clock.today()) if letter.due_on else None,
        refers_to=letter.id,
        skip_reason=letter.skip_reason or f"原收函单位{letter.recipient_name}机构变动，由承继单位接续办理",
        details=details,
        files=files.copies(work, letter.id, (1,)),
    )


def _pass_on(work: Work, letter: Letter, event: LetterEvent) -> None:
    """What comes back to a union whose case, or which itself, went to a successor follows there."""
    word = action_label(LetterKind(letter.kind), event.action)
    text = f"{letter.recipient_name}对{letter.number}：{word}。{event.text or ''}"[:MAX_TEXT]
    handover = handed_over(work, letter.case_id) if letter.case_id is not None else None
    if handover is None:
        handover = handing.handed_letter(work, letter.id)
    if handover is not None:
        sent = files.copies(work, letter.id, (event.seq,))
        act(work, handover.id, "pass_on", {"text": text, "files": sent})
    elif event.text:
        merged = (row for row in succession.of_union(work.session, work.tenant_id) if row.kind == succession.MERGE)
        found = next(merged, None)
        if found is not None:
            # A report or a circular of ours asks nothing of us; a remark on it is for whoever carries on our work.
            heir = recipient_of(work, found, policy.shut_out(work, letter.snapshot.get("accused", ())))
            handing.hand_letter_over(work, found, heir, letter, again=False, more=text)
