"""What a union does when something was written on one of its letters by the other side."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from access.actor import Work
from access.roles import Role
from audit.services import record
from cases.papers import chinese_date
from dispatches import enclosing, following, relaying, reviewing, succeeding
from dispatches.acting import act
from dispatches.kinds import KIND_LABELS, LetterKind
from dispatches.models import Letter, LetterEvent
from dispatches.posting import TOPIC
from dispatches.workflow import LETTER_STATUS_LABELS, LetterStatus, Side, action_label
from kernel.errors import NotFoundError
from notices.services import post

#: Who is told besides the head of the petition office.
_ALSO: dict[LetterKind, tuple[Role, ...]] = {
    LetterKind.SUPERVISION: (Role.SUPERVISOR, Role.LEADER),
    LetterKind.URGE: (Role.SUPERVISOR,),
}
#: What a new letter asks of whoever gets it.
_ASKS: dict[LetterKind, str] = {
    LetterKind.ESCALATION: "请于{due}前答复",
    LetterKind.SUBMISSION: "请签收阅知",
    LetterKind.ORDER: "请于{due}前办结并反馈",
    LetterKind.TRANSFER: "请于{due}前办理并反馈",
    LetterKind.ASSIST: "请于{due}前协助办理并反馈",
    LetterKind.SUPERVISION: "请于{due}前反馈整改情况",
    LetterKind.URGE: "请于{due}前回复",
    LetterKind.CIRCULAR: "请签收阅知",
    LetterKind.REPORT: "请签收阅知",
    LetterKind.DISPUTE: "请于{due}前指定受理单位",
    LetterKind.FILE_REQUEST: "请于{due}前提供材料",
    LetterKind.HANDOVER: "请签收并接续办理",
    LetterKind.REVIEW: "请于{due}前提出复查（复核）意见",
}


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
    title = sentence(letter, event)
    for role in (Role.OFFICE_HEAD, *_told_besides(letter)):
        post(work.session, kind="letter", title=title, link=f"/dispatches/{letter.id}", role=role)
    record(
        work,
        "letter:arrived",
        subject_type="letter",
        subject_id=letter.id,
        data={"number": letter.number, "seq": seq, "action": event.action, "from": event.author_id},
    )
    if seq == 1 and letter.enclosure is not None:
        enclosing.note_received(work, letter)
    following.after_their_act(work, letter, event)
    reviewing.after_their_act(work, letter, event)
    relaying.tell_first_sender(work, letter, seq, act)
    succeeding.follow(work, letter, event)


def _told_besides(letter: Letter) -> tuple[Role, ...]:
    roles = _ALSO.get(LetterKind(letter.kind), ())
    # A sealed letter is seen by the office head and the leader only; nobody else is called to a closed door.
    return tuple(role for role in roles if role is Role.LEADER) if letter.sealed else roles


def sentence(letter: Letter, event: LetterEvent) -> str:
    """What a notice says of one event on a letter: who, which letter, what to do and by when."""
    kind = LetterKind(letter.kind)
    if event.action == "send":
        asked = _ASKS[kind].format(due=chinese_date(letter.reply_due_on))
        return f"收到{letter.sender_name}{_verb(kind)}的函件（{letter.number}），{asked}。"
    other = letter.sender_name if letter.side == Side.RECIPIENT else letter.recipient_name
    words = _EVENTS.get(event.action)
    if words is None:
        stand = LETTER_STATUS_LABELS[LetterStatus(event.status)]
        words = stand if kind is LetterKind.ESCALATION else action_label(kind, event.action)
    return f"{other}：{letter.number} {words}{_by(event.due_on, event.action)}。"


def _verb(kind: LetterKind) -> str:
    return KIND_LABELS[kind]


def _by(due_on: date | None, action: str) -> str:
    if due_on is None:
        return ""
    if action == "ask_extension":
        return f"，申请延至{chinese_date(due_on)}"
    return f"，办结期限{chinese_date(due_on)}"


#: What an act means to the side that reads of it; acts that are not here say where the letter stands.
_EVENTS: dict[str, str] = {
    "start": "已开始办理",
    "reply": "已反馈，请审核",
    "object": "对方提出异议，请核实",
    "ask_extension": "对方申请延期，请审批",
    "grant_extension": "已同意延期",
    "deny_extension": "未同意延期，请继续办理",
    "agree_objection": "已同意退回",
    "refuse_objection": "未同意退回，请继续办理",
    "approve": "已审核办结",
    "redo": "退回重办",
    "withdraw": "已由发函单位撤回",
    "return": "已退回，请查看理由",
    "progress": "有新的进展",
    "relayed": "有新的办理进展",
    "forward": "已转交承办单位",
    "note": "已批注",
    "file": "已阅存",
    "designate": "已指定受理单位，请查看",
    "rejoin": "已接续原来的转交",
    "succeed": "因机构变动终结，请查看承继单位",
    "pass_on": "转来后续函件",
    "conclude": "已送出复查（复核）意见",
}


#: What the worker wires: topic → handler, called as the system in the message's tenant.
CONSUMERS = {TOPIC: arrived}
