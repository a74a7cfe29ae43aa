"""What follows when a letter of a succession arrives: the file is taken up, a returned letter is written again.

Called for every arrival, in the tenant to which the message belongs, as the system.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from access.actor import Actor, Work
from access.roles import Role
from cases.models import Case
from cases.succession import take_over
from dispatches import enclosing, linking
from dispatches.acting import act, resume
from dispatches.drafts import Draft
from dispatches.kinds import LetterKind
from dispatches.models import Letter, LetterCase, LetterEvent
from dispatches.sending import send
from dispatches.succession import handed_over
from dispatches.taking import SOURCE
from dispatches.workflow import Side, action_label
from kernel.errors import LianxinError
from notices.tasks import open_task

#: Letters that make no sense a second time: a reminder, and what the successor was sent anyway.
NOT_AGAIN = frozenset({LetterKind.URGE, LetterKind.CIRCULAR, LetterKind.HANDOVER})


def follow(work: Work, letter: Letter, event: LetterEvent) -> None:
    """Do what an arrival asks for in a succession; nothing for every other one."""
    if letter.side == Side.RECIPIENT and event.action == "send":
        if letter.kind == LetterKind.HANDOVER:
            _take_up(work, letter)
        elif letter.refers_to is not None:
            _link(work, letter)
    elif letter.side == Side.SENDER and event.action == "succeed":
        _again(work, letter, event)
    elif letter.side == Side.SENDER and letter.kind != LetterKind.HANDOVER and letter.case_id is not None:
        _pass_on(work, letter, event)


def _take_up(work: Work, letter: Letter) -> None:
    """Make the successor's own case of the file, once, and let it answer for letters that were written again."""
    if linking.was_taken(work, letter.id) or letter.enclosure is None:
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


def _link(work: Work, letter: Letter) -> None:
    """A letter that was written again after a succession belongs to the case that came over, not to a second one."""
    statement = select(Letter).where(
        Letter.kind == LetterKind.HANDOVER.value,
        Letter.side == Side.RECIPIENT.value,
        Letter.snapshot["answers_to"].contains([str(letter.refers_to)]),
    )
    for handover in work.session.scalars(statement).all():
        case_id = linking.case_id_of(work, handover.id)
        if case_id is not None:
            _answer_for(work, letter, work.session.get_one(Case, (work.tenant_id, case_id)))


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
        subject=letter.subject,
        reason=letter.reason,
        request=letter.request,
        case_number=number,
        due_on=max(letter.due_on, work.clock.today()) if letter.due_on else None,
        refers_to=letter.id,
        skip_reason=letter.skip_reason or f"原收函单位{letter.recipient_name}机构变动，由承继单位接续办理",
        details=details,
    )


def _pass_on(work: Work, letter: Letter, event: LetterEvent) -> None:
    """What comes back on a letter whose case went to a successor follows the case."""
    assert letter.case_id is not None
    handover = handed_over(work, letter.case_id)
    if handover is None:
        return
    word = action_label(LetterKind(letter.kind), event.action)
    text = f"{letter.recipient_name}对{letter.number}：{word}。{event.text or ''}"
    act(work, handover.id, "pass_on", {"text": text})
