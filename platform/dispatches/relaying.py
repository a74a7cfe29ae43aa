"""Letters through the common superior: passed on under its name, and what comes of them told back.

A letter between unions of two lines is handed to the superior of both. Its office passes the matter on (``forward``)
without seeing who the people are; from then on the system tells the first sender what happens on the second letter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, true

from access.actor import Work, system_actor
from cases.papers import chinese_date
from dispatches import files
from dispatches.answering import MAX_TEXT
from dispatches.copies import newest
from dispatches.drafts import Draft
from dispatches.following import last_reply
from dispatches.kinds import PASSED_ON, LetterKind
from dispatches.models import Letter, LetterEvent
from dispatches.sending import send
from dispatches.workflow import OPEN, LetterStatus, Side, action_label
from kernel.errors import ConflictError, InvalidError
from tenants import queries as tenants
from tenants.models import Tenant

#: ``acting.act``, which imports this module.
Act = Callable[[Work, UUID, str, Mapping[str, Any]], Letter]
#: Where the first letter still hears from the second.
_LISTENING = frozenset({LetterStatus.SIGNED, LetterStatus.WORKING, LetterStatus.EXTENSION})


def forward(work: Work, letter: Letter, values: Mapping[str, Any]) -> None:
    """Pass the matter of a letter on to the unit that shall handle it: a letter of our own, referring to the first.

    The unit is the one that the sender meant, or another one below us after that one objected (改派). Snapshot and
    files go along as they came, and the enclosure is sealed anew for the unit by the system.

    :raises ConflictError: while an earlier unit still has the matter.
    :raises InvalidError: when the tree does not allow it, as ``sending.send``.
    """
    if _passed_on(work, letter, only_open=True) is not None:
        raise ConflictError("这封函件已经转交承办单位，尚未退回，不能再次转交。")
    unit = values["unit"]
    today = work.clock.today()
    send(
        work,
        Draft(
            kind=LetterKind(letter.kind),
            to=unit.id,
            subject=letter.subject,
            reason=letter.reason,
            request=values.get("note") or letter.request,
            due_on=letter.due_on if letter.due_on and letter.due_on >= today else None,
            refers_to=letter.id,
            skip_reason="共同的上级转交承办单位",
            files=files.copies(work, letter.id, (1,)),
            forward=True,
        ),
    )


def meant(work: Work, letter: Letter) -> Tenant:
    """The unit that the sender of a letter meant.

    :raises InvalidError: when it does not work on the platform now: another one has to be chosen.
    """
    unit = tenants.get(work.session, letter.beyond_id or 0)
    if unit.status != "active":
        raise InvalidError(
            f"{unit.name}目前不能接收函件，请选择其他承办单位。", fields={"unit": "请选择其他承办单位"}
        )
    return unit


def tell_first_sender(work: Work, second: Letter, seq: int, write: Act) -> None:
    """Put an act on a letter that we passed on onto the letter that it came from, so that its sender knows.

    Called for our own acts and for those that arrive (``seq``), with ``acting.act`` as ``write``; each event is told
    once. Our approval of the report is the report to the first sender, with its text and its files; everything else
    is progress.
    """
    if second.side != Side.SENDER or second.refers_to is None or second.kind not in PASSED_ON or seq == 1:
        return
    first = _first(work, second)
    if first is None:
        return
    letter, status = first
    event = work.session.scalars(
        select(LetterEvent).where(LetterEvent.letter_id == second.id, LetterEvent.seq == seq)
    ).one()
    if status not in _LISTENING or _told_before(work, letter, second, event):
        return
    hand = replace(work, actor=system_actor(work.tenant_id))
    mark = {"relayed": {"number": second.number, "seq": event.seq, "status": event.status}}
    if event.action == "approve":
        reply = last_reply(work, second.id)
        told = {**(reply.told or {}), **mark}
        data = {"text": reply.text, "files": files.copies(work, second.id, (reply.seq,)), "told": told}
        write(hand, letter.id, "reply", data)
        return
    write(hand, letter.id, "relayed", {"text": _words(second, event), "told": mark})


def _words(second: Letter, event: LetterEvent) -> str:
    who = second.recipient_name if event.author_id == second.recipient_id else second.sender_name
    told = f"{who}：{action_label(LetterKind(second.kind), event.action)}"
    if event.due_on is not None:
        told += f"（{chinese_date(event.due_on)}）"
    told = f"{told}。{event.text}" if event.text else f"{told}。"
    # The longest words of the second letter and the name before them must still fit into the first.
    return told if len(told) <= MAX_TEXT else told[: MAX_TEXT - 1] + "…"


def rejoin(work: Work, letter: Letter, write: Act) -> None:
    """Let a letter that a successor wrote again hear from the letter by which we passed its predecessor's on.

    The unit behind us has the matter already: it is not passed on a second time.
    """
    if letter.beyond_id is None or letter.kind not in PASSED_ON:
        return
    for before in ended(work, letter, Letter.id == letter.refers_to):
        second = _passed_on(work, before, only_open=False)
        if second is None:
            continue
        latest = work.session.scalars(
            select(LetterEvent).where(LetterEvent.letter_id == second.id).order_by(LetterEvent.seq.desc()).limit(1)
        ).one()
        if latest.status in (LetterStatus.RETURNED, LetterStatus.WITHDRAWN):
            return
        hand = replace(work, actor=system_actor(work.tenant_id))
        words = f"原函已由{second.number}转交{second.recipient_name}办理，不再重复转交。"
        write(hand, letter.id, "rejoin", {"text": words})
        tell_first_sender(work, second, latest.seq, write)


def ended(work: Work, letter: Letter, which: ColumnElement[bool]) -> Sequence[Letter]:
    """Our copies of letters like this one that a succession ended, among ``which``; one statement."""
    latest = newest(work)
    statement = (
        select(Letter)
        .select_from(Letter)
        .join(latest, true())
        .where(Letter.tenant_id == work.tenant_id, Letter.side == letter.side, Letter.kind == letter.kind)
        .where(Letter.id != letter.id, latest.action == "succeed", which)
    )
    return work.session.scalars(statement).all()


def _first(work: Work, second: Letter) -> tuple[Letter, LetterStatus] | None:
    """The letter that a letter of ours passed on; after a succession, the one that took its place."""
    found = _incoming(work, second, Letter.id == second.refers_to)
    while found is not None and found[2] == "succeed":
        found = _incoming(work, second, Letter.refers_to == found[0].id)
    return found[:2] if found is not None else None


def _incoming(work: Work, second: Letter, which: ColumnElement[bool]) -> tuple[Letter, LetterStatus, str] | None:
    latest = newest(work)
    found = work.session.execute(
        select(Letter, latest.status.label("status"), latest.action.label("action"))
        .select_from(Letter)
        .join(latest, true())
        .where(
            Letter.tenant_id == work.tenant_id,
            which,
            Letter.side == Side.RECIPIENT.value,
            Letter.kind == second.kind,
            Letter.beyond_id.is_not(None),
        )
        .order_by(Letter.sent_at.desc(), Letter.id.desc())
        .limit(1)
    ).first()
    return (found.Letter, LetterStatus(found.status), str(found.action)) if found is not None else None


def _told_before(work: Work, first: Letter, second: Letter, event: LetterEvent) -> bool:
    mark = {"relayed": {"number": second.number, "seq": event.seq}}
    statement = select(LetterEvent.seq).where(LetterEvent.letter_id == first.id, LetterEvent.told.contains(mark))
    return work.session.scalars(statement.limit(1)).first() is not None


def _passed_on(work: Work, first: Letter, *, only_open: bool) -> Letter | None:
    """The newest letter by which we passed a letter on."""
    latest = newest(work)
    statement = (
        select(Letter)
        .join(latest, true())
        .where(
            Letter.tenant_id == work.tenant_id,
            Letter.refers_to == first.id,
            Letter.side == Side.SENDER.value,
            Letter.kind == first.kind,
        )
        .order_by(Letter.sent_at.desc(), Letter.id.desc())
        .limit(1)
    )
    if only_open:
        statement = statement.where(latest.status.in_([status.value for status in OPEN]))
    return work.session.scalars(statement).first()
