"""Send a letter upward, write on one that came in, and take the case up again. The only code that crosses a border.

Each side's copy and events are written in one transaction by whoever acts; nothing is ever read across, and each
union's own log is written by itself: the actor's now, the other one's when its message arrives (``jobs``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from access.actor import Work
from audit.services import record
from calendars.deadlines import add_calendar_days
from cases import queries as case_queries
from cases.models import Case
from cases.services import perform
from dispatches import policy
from dispatches.disclosure import snapshot, veiled
from dispatches.models import Letter, LetterEvent
from dispatches.queries import BACK_AT_SENDER
from dispatches.workflow import (
    LETTER_STATUS_LABELS,
    RECIPIENT_WORKFLOW,
    LetterKind,
    LetterStatus,
    Side,
)
from documents.services import format_number, take_numbers
from kernel.errors import ConflictError, ForbiddenError, IllegalTransitionError, InvalidError, NotFoundError
from kernel.ids import uuid7
from kernel.outbox import OutboxMessage
from tenants import queries as tenants
from tenants.models import Tenant

#: The topic that the border's policy on the outbox names (migrations/versions/0001).
TOPIC = "letter.event"
#: C-15R (domain.md B4): whoever receives a matter gives written notice within 15 calendar days (条例 art. 22, 23).
REPLY_DAYS = 15
#: An order's own date further away than this is a typing mistake: the handling clock is 60 days.
LONGEST_ORDER_DAYS = 366
MAX_TEXT = 10_000


def escalate(work: Work, number: str, *, reason: str, request: str, version: int | None = None) -> Letter:
    """Send a case to the union directly above (上报) and return this side's copy of the letter.

    One transaction: the case's status, the notice to the petitioner, both copies, the first event on both sides and
    the message that wakes the other office. Either all of it is there or none.

    :raises InvalidError: at a root, for a superior that does not work on the platform now, and for missing fields.
    :raises NotFoundError, ConflictError, IllegalTransitionError, ForbiddenError: as ``cases.services.perform``.
    """
    superior = _superior(work)
    case = perform(work, number, "escalate", {"reason": reason, "request": request}, version=version, internal=True)
    own = tenants.get(work.session, work.tenant_id)
    file = case_queries.file(work, number)
    veil, now, today = veiled(work, file), work.clock.now(), work.clock.today()
    letter_number = format_number(f"{own.code}报", today.year, take_numbers(work.session, "letter", today.year)[0])
    shared: dict[str, Any] = {
        "id": uuid7(),
        "kind": LetterKind.ESCALATION.value,
        "sender_id": own.id,
        "recipient_id": superior.id,
        "sender_name": own.name,
        "recipient_name": superior.name,
        "number": letter_number,
        "subject": veil(case.title),
        "reason": veil(reason.strip()),
        "request": veil(request.strip()),
        "snapshot": snapshot(work, file),
        "sealed": case.sealed,
        "sent_at": now,
        "reply_due_on": add_calendar_days(today, REPLY_DAYS),
    }
    letter = Letter(tenant_id=own.id, side=Side.SENDER.value, case_id=case.id, **shared)
    work.session.add(letter)
    work.session.flush()  # the first event points at it
    with work.session.addressing([superior.id]):
        _write(work, Letter, [{"tenant_id": superior.id, "side": Side.RECIPIENT.value, "case_id": None, **shared}])
        _append(work, letter, seq=1, action="send", status=LetterStatus.SENT, signed_as=own.name)
        _wake(work, superior.id, letter.id, seq=1)
    record(
        work,
        "letter:send",
        subject_type="letter",
        subject_id=letter.id,
        data={"number": letter_number, "case": case.number, "to": superior.id},
    )
    return letter


def _superior(work: Work) -> Tenant:
    superior = tenants.parent(work.session, work.tenant_id)
    if superior is None:
        raise InvalidError("本单位没有上级工会，不能上报；请由本级办理或依法告知信访人其他途径。", code="no_superior")
    if superior.status != "active":
        raise InvalidError(
            f"上级工会（{superior.name}）目前已停用，不能接收函件，请联系平台管理员。", code="no_superior"
        )
    return superior


def act(work: Work, letter_id: UUID, action: str, data: Mapping[str, Any] | None = None) -> Letter:
    """Sign, answer or order on a letter that came in; both sides get the event in one transaction.

    ``text`` is required to answer and to order, ``due_on`` (a date or ISO text) to order.

    :raises NotFoundError: when the letter is not there or not the actor's to see.
    :raises ForbiddenError: for the sender, or for a role that the table does not name.
    :raises IllegalTransitionError: when the letter is past this action.
    :raises InvalidError: with a sentence a field.
    :raises ConflictError: when somebody acted at the same moment; nothing is written.
    """
    letter, latest = _own_copy(work, letter_id)
    if letter.side != Side.RECIPIENT:
        raise ForbiddenError("只有收函单位可以处理这封函件。")
    row = RECIPIENT_WORKFLOW.resolve(action, LetterStatus(latest.status), work.actor.roles)
    values = _check(work, row.fields, data or {})
    status = row.target or LetterStatus(latest.status)
    seq = latest.seq + 1
    try:
        # The savepoint takes back the event and the permission to address, and keeps the caller's transaction usable.
        with work.session.begin_nested(), work.session.addressing([letter.sender_id]):
            _append(work, letter, seq=seq, action=action, status=status, signed_as=letter.recipient_name, **values)
            _wake(work, letter.sender_id, letter.id, seq=seq)
    except IntegrityError as error:
        if getattr(getattr(error.orig, "diag", None), "constraint_name", None) != "pk_letter_events":
            raise
        raise ConflictError("对方或同事刚刚处理了这封函件，请刷新后查看；您填写的内容尚未保存。") from None
    record(
        work,
        f"letter:{action}",
        subject_type="letter",
        subject_id=letter.id,
        data={
            "number": letter.number,
            "from": latest.status,
            "to": status.value,
            **{name: str(value) for name, value in values.items()},
        },
    )
    return letter


def resume(work: Work, letter_id: UUID) -> Case:
    """Take the case up again after the superior answered or gave an order (按上级意见继续办理).

    :raises NotFoundError: when the letter is not there or not the actor's to see.
    :raises ForbiddenError: for the recipient, or for a role that the case's table does not name.
    :raises IllegalTransitionError: while nothing came back, for an older letter than the case's last one, and when
        the case has been taken up already.
    """
    letter, latest = _own_copy(work, letter_id)
    if letter.side != Side.SENDER or letter.case_id is None:
        raise ForbiddenError("只有发函单位可以据此继续办理。")
    if latest.status not in BACK_AT_SENDER:
        raise IllegalTransitionError(
            f"上级工会尚未答复或交办（当前：{LETTER_STATUS_LABELS[LetterStatus(latest.status)]}），不能继续办理。"
        )
    newest = work.session.scalars(
        select(Letter.id)
        .where(Letter.case_id == letter.case_id, Letter.side == Side.SENDER.value)
        .order_by(Letter.sent_at.desc(), Letter.id.desc())
        .limit(1)
    ).one()
    if newest != letter.id:
        raise IllegalTransitionError("本件之后又有新的上报函，请在最新的函件上继续办理。")
    number, accepted_at = work.session.execute(
        select(Case.number, Case.accepted_at).where(Case.id == letter.case_id)
    ).one()
    case = perform(work, number, "resume" if accepted_at else "take_back", internal=True)
    record(
        work,
        "letter:resume",
        subject_type="letter",
        subject_id=letter.id,
        data={"number": letter.number, "case": number, "due_on": latest.due_on and latest.due_on.isoformat()},
    )
    return case


def _own_copy(work: Work, letter_id: UUID) -> tuple[Letter, LetterEvent]:
    statement = (
        select(Letter, LetterEvent)
        .join(LetterEvent, (LetterEvent.tenant_id == Letter.tenant_id) & (LetterEvent.letter_id == Letter.id))
        .where(Letter.id == letter_id, policy.visible(work.actor))
        .order_by(LetterEvent.seq.desc())
        .limit(1)
    )
    found = work.session.execute(statement).first()
    if found is None:
        raise NotFoundError
    return found[0], found[1]


def _append(work: Work, letter: Letter, *, seq: int, action: str, status: LetterStatus, **told: Any) -> None:
    event = {
        "letter_id": letter.id,
        "seq": seq,
        "author_id": work.tenant_id,
        "action": action,
        "status": status.value,
        "at": work.clock.now(),
        "text": None,
        "due_on": None,
        **told,
    }
    # Always in the order of tenants, so that two acts that meet wait for each other in one order only.
    sides = sorted((letter.sender_id, letter.recipient_id))
    _write(work, LetterEvent, [{"tenant_id": tenant, **event} for tenant in sides])


def _wake(work: Work, tenant_id: int, letter_id: UUID, *, seq: int) -> None:
    message = {
        "tenant_id": tenant_id,
        "id": uuid7(),
        "topic": TOPIC,
        "payload": {"letter": str(letter_id), "seq": seq},
        "attempts": 0,
    }
    _write(work, OutboxMessage, [message])


def _write(work: Work, model: type, rows: list[dict[str, Any]]) -> None:
    # No RETURNING and no ON CONFLICT (column): both ask for the right to read the row, which the sender has not.
    work.session.connection().execute(insert(model.__table__).inline(), rows)  # type: ignore[attr-defined]


def _text(_work: Work, value: Any) -> str:
    cleaned = str(value or "").strip()
    if len(cleaned) < 4:
        raise InvalidError("请填写答复或交办的内容（不少于4个字）。")
    if len(cleaned) > MAX_TEXT:
        raise InvalidError(f"内容不能超过{MAX_TEXT}个字。")
    return cleaned


def _due_on(work: Work, value: Any) -> date:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise InvalidError("请填写办结期限（日期）。") from None
    today = work.clock.today()
    if not today <= day <= today + timedelta(days=LONGEST_ORDER_DAYS):
        raise InvalidError("办结期限应在今天之后的一年以内。")
    return day


_FIELDS: dict[str, Callable[[Work, Any], Any]] = {"text": _text, "due_on": _due_on}


def _check(work: Work, names: tuple[str, ...], data: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name in names:
        try:
            values[name] = _FIELDS[name](work, data.get(name))
        except InvalidError as error:
            problems[name] = error.message
    if problems:
        raise InvalidError("；".join(dict.fromkeys(problems.values())), fields=problems)
    return values
