"""Read a union's own copies of letters. Every query carries the policy's condition."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select, true, tuple_
from sqlalchemy.orm import aliased

from access.actor import Work
from access.roles import Role
from cases.models import Case
from cases.workflow import CASE_WORKFLOW, Status
from dispatches import policy
from dispatches.models import Letter, LetterEvent
from dispatches.workflow import RECIPIENT_WORKFLOW, LetterStatus, Side
from kernel.errors import InvalidError, NotFoundError
from kernel.workflow import Transition

#: Statuses that wait for the recipient, and those that wait for the sender.
OPEN_AT_RECIPIENT = (LetterStatus.SENT, LetterStatus.SIGNED)
BACK_AT_SENDER = (LetterStatus.ANSWERED, LetterStatus.ORDERED)


@dataclass(frozen=True, slots=True)
class LetterView:
    """One of our copies with where it stands; a list leaves ``events`` at the newest one."""

    letter: Letter
    #: Oldest first; a list holds the newest event only.
    events: tuple[LetterEvent, ...]
    #: The own case's number, version and status; ``None`` at the recipient, who has no case.
    case_number: str | None
    case_version: int | None
    status: LetterStatus
    #: What the actor may write next, for buttons; empty for the sender.
    actions: tuple[Transition[LetterStatus], ...]
    #: The sender's case may be taken up again by this actor (“按上级意见继续办理”).
    may_resume: bool
    #: Days are calendar dates: true from the day after ``reply_due_on`` while nobody answered.
    overdue: bool

    @property
    def latest(self) -> LetterEvent:
        """The newest event, which says where the letter stands."""
        return self.events[-1]

    @property
    def incoming(self) -> bool:
        """Whether this union received the letter."""
        return self.letter.side == Side.RECIPIENT

    @property
    def waits_for_me(self) -> bool:
        """Whether the next step is this actor's."""
        return bool(self.actions) or self.may_resume

    @property
    def due_on(self) -> date:
        """The date that matters now: the order's own, or else the date by which an answer is due."""
        return self.latest.due_on or self.letter.reply_due_on


@dataclass(frozen=True, slots=True)
class LetterPage:
    """One page of letters; ``next_cursor`` is opaque and ``None`` at the end."""

    letters: Sequence[LetterView]
    next_cursor: str | None


def inbox(work: Work, *, limit: int = 50) -> Sequence[LetterView]:
    """Letters that came in, newest first."""
    return page(work, side=Side.RECIPIENT, limit=limit).letters


def outbox(work: Work, *, limit: int = 50) -> Sequence[LetterView]:
    """Letters that this union sent, newest first."""
    return page(work, side=Side.SENDER, limit=limit).letters


def waiting(work: Work, *, limit: int = 50) -> Sequence[LetterView]:
    """Letters whose next step is this actor's, by due date; for the desk and the badge in the menu."""
    latest, statement = _list(work)
    at_us = and_(Letter.side == Side.RECIPIENT.value, latest.status.in_(OPEN_AT_RECIPIENT))
    back = and_(
        Letter.side == Side.SENDER.value, latest.status.in_(BACK_AT_SENDER), Case.status == Status.ESCALATED.value
    )
    statement = statement.where(or_(at_us, back)).order_by(Letter.reply_due_on, Letter.id).limit(limit)
    views = [_view(work, row) for row in work.session.execute(statement)]
    return [view for view in views if view.waits_for_me]


def page(
    work: Work,
    *,
    side: Side | None = None,
    status: LetterStatus | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> LetterPage:
    """Letters newest first with their newest events, in one statement, by keyset.

    :raises InvalidError: for a cursor that this query did not give.
    """
    latest, statement = _list(work)
    if side is not None:
        statement = statement.where(Letter.side == side.value)
    if status is not None:
        statement = statement.where(latest.status == status.value)
    if cursor:
        statement = statement.where(tuple_(Letter.sent_at, Letter.id) < _decode(cursor))
    statement = statement.order_by(Letter.sent_at.desc(), Letter.id.desc()).limit(limit + 1)
    rows = work.session.execute(statement).all()
    views = [_view(work, row) for row in rows[:limit]]
    return LetterPage(views, _encode(views[-1].letter) if len(rows) > limit else None)


def of_case(work: Work, case_id: UUID) -> Sequence[LetterView]:
    """Letters of one of our cases, newest first, with all of their events."""
    _, statement = _list(work)
    statement = statement.where(Letter.case_id == case_id).order_by(Letter.sent_at.desc(), Letter.id.desc())
    rows = work.session.execute(statement).all()
    events = _events(work, [row.Letter.id for row in rows])
    return [_view(work, row, events[row.Letter.id]) for row in rows]


def get(work: Work, letter_id: UUID) -> LetterView:
    """One letter with all of its events.

    :raises NotFoundError: when it is not there or not the actor's to see.
    """
    _, statement = _list(work)
    row = work.session.execute(statement.where(Letter.id == letter_id)).first()
    if row is None:
        raise NotFoundError
    return _view(work, row, _events(work, [letter_id])[letter_id])


def _list(work: Work) -> tuple[Any, Any]:
    newest = (
        select(LetterEvent)
        .where(LetterEvent.tenant_id == work.tenant_id, LetterEvent.letter_id == Letter.id)
        .order_by(LetterEvent.seq.desc())
        .limit(1)
        .lateral("latest")
    )
    latest = aliased(LetterEvent, newest, name="latest")
    # Whether a case waits for this very letter: after a second escalation the first letter is history.
    later = aliased(Letter)
    superseded = (
        select(later.id)
        .where(
            later.tenant_id == work.tenant_id,
            later.case_id == Letter.case_id,
            tuple_(later.sent_at, later.id) > tuple_(Letter.sent_at, Letter.id),
        )
        .exists()
    )
    statement = (
        select(Letter, latest, Case.number, Case.version, Case.status, superseded.label("superseded"))
        .select_from(Letter)
        .join(latest, true())
        .outerjoin(Case, and_(Case.tenant_id == Letter.tenant_id, Case.id == Letter.case_id))
        .where(Letter.tenant_id == work.tenant_id, policy.visible(work.actor))
    )
    return latest, statement


def _events(work: Work, letter_ids: Sequence[UUID]) -> dict[UUID, list[LetterEvent]]:
    found: dict[UUID, list[LetterEvent]] = {letter_id: [] for letter_id in letter_ids}
    statement = select(LetterEvent).where(LetterEvent.letter_id.in_(letter_ids)).order_by(LetterEvent.seq)
    for event in work.session.scalars(statement):
        found[event.letter_id].append(event)
    return found


def _view(work: Work, row: Any, events: Sequence[LetterEvent] | None = None) -> LetterView:
    letter: Letter = row.Letter
    status = LetterStatus(row.latest.status)
    incoming = letter.side == Side.RECIPIENT
    actions = tuple(RECIPIENT_WORKFLOW.available(status, work.actor.roles)) if incoming else ()
    may_resume = (
        not incoming
        and not row.superseded
        and status in BACK_AT_SENDER
        and row.status == Status.ESCALATED
        and _may("resume", work)
    )
    return LetterView(
        letter=letter,
        events=tuple(events or (row.latest,)),
        case_number=row.number,
        case_version=row.version,
        status=status,
        actions=actions,
        may_resume=may_resume,
        overdue=status in OPEN_AT_RECIPIENT and letter.reply_due_on < work.clock.today(),
    )


def _may(action: str, work: Work) -> bool:
    return any(row.action == action and row.roles & work.actor.roles for row in CASE_WORKFLOW)


def may_escalate(work: Work, case: Case) -> bool:
    """Whether the table lets this actor send the case upward now; the row is internal, so no button list has it."""
    row = next(row for row in CASE_WORKFLOW if row.action == "escalate")
    return Status(case.status) in row.sources and bool(row.roles & (work.actor.roles - {Role.SYSTEM}))


def _encode(letter: Letter) -> str:
    return base64.urlsafe_b64encode(f"{letter.sent_at.isoformat()}|{letter.id}".encode()).decode()


def _decode(cursor: str) -> tuple[datetime, UUID]:
    try:
        moment, _, letter_id = base64.urlsafe_b64decode(cursor.encode()).decode().partition("|")
        decoded = datetime.fromisoformat(moment), UUID(letter_id)
    except (ValueError, binascii.Error):
        raise InvalidError("翻页标记无效，请从第一页重新开始。", fields={"cursor": "翻页标记无效"}) from None
    if decoded[0].tzinfo is None:
        raise InvalidError("翻页标记无效，请从第一页重新开始。", fields={"cursor": "翻页标记无效"})
    return decoded
