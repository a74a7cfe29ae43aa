"""Read a union's own copies of letters. Every query carries the policy's condition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, false, func, or_, select, text, true, tuple_
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import LateralFromClause

from access.actor import Actor, Work
from cases.models import Case
from cases.workflow import CASE_WORKFLOW, Status
from dispatches import cursors, policy
from dispatches.answering import right_to_object
from dispatches.kinds import CASE_STEPS, INFORMING, PASSED_ON, LetterKind
from dispatches.models import Letter, LetterCase, LetterEvent
from dispatches.views import LetterView
from dispatches.workflow import OPEN, LetterStatus, Side, duties, workflow
from kernel.errors import NotFoundError

#: Statuses that wait for the recipient, and those of an escalation that came back to its sender.
OPEN_AT_RECIPIENT = (LetterStatus.SENT, LetterStatus.SIGNED, LetterStatus.WORKING)
BACK_AT_SENDER = (LetterStatus.ANSWERED, LetterStatus.ORDERED, LetterStatus.RETURNED)
#: Acts that set the date that binds from then on.
SETS_DATE = ("order", "redo", "grant_extension")
#: A letter older than any date that can be set on it (``kinds.LONGEST_ORDER_DAYS``) was told long ago.
WATCHED_DAYS = 430
_STEPS = [kind.value for kind in CASE_STEPS]
#: The identifier of a letter's own case, its ``LetterCase`` joined on. No COALESCE: that might leak, says PostgreSQL,
#: so under row-level security no index serves it, and every page read all of the union's cases.
ABOUT = case((Letter.case_id.is_not(None), Letter.case_id), else_=LetterCase.case_id)


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
    """Letters whose next step is this actor's, on either side, by due date; for the desk."""
    statement = _waiting(work.actor).order_by(text("binding"), Letter.id).limit(limit)
    return [_view(work, row) for row in work.session.execute(statement)]


def count_waiting(actor: Actor, since: ColumnElement[datetime]) -> ScalarSelect[int]:
    """How many letters :func:`waiting` would show without its limit, as a part of a larger statement.

    Of those sent ``since`` then: a page's menu must not pay for the letters of ten years.
    """
    recent = _waiting(actor).where(Letter.sent_at >= since)
    return select(func.count()).select_from(recent.with_only_columns(Letter.id).subquery()).scalar_subquery()


def _waiting(actor: Actor) -> Any:
    latest, about, statement = _list(actor)
    steps: list[ColumnElement[bool]] = [false()]
    for side in (Side.RECIPIENT, Side.SENDER):
        pairs = [(kind.value, status.value) for kind, status in duties(side, actor.roles)]
        steps.append(and_(Letter.side == side.value, tuple_(Letter.kind, latest.status).in_(pairs)))
    if _may("resume", actor):
        back = and_(
            Letter.side == Side.SENDER.value,
            Letter.kind.in_(_STEPS),
            latest.status.in_(BACK_AT_SENDER),
            about.c.status == Status.ESCALATED.value,
            ~_superseded(actor),
        )
        steps.append(back)
    return statement.where(or_(*steps), ~_behind(latest))


def _behind(latest: type[LetterEvent]) -> ColumnElement[bool]:
    """``LetterView.underway_behind`` in SQL."""
    relayed = func.coalesce(latest.told["relayed"]["status"].astext, "")
    return and_(
        Letter.side == Side.RECIPIENT.value,
        Letter.beyond_id.is_not(None),
        or_(latest.action.in_(("forward", "rejoin")), and_(latest.action == "relayed", relayed.in_(list(OPEN)))),
    )


def page(
    work: Work,
    *,
    side: Side | None = None,
    status: LetterStatus | None = None,
    kind: LetterKind | None = None,
    narrow: Callable[[type[LetterEvent]], Sequence[ColumnElement[bool]]] | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> LetterPage:
    """Letters newest first with their newest events, in one statement, by keyset.

    ``narrow`` adds conditions on the letter and on its newest event.

    :raises InvalidError: for a cursor that this query did not give.
    """
    latest, _, statement = _list(work.actor)
    if side is not None:
        statement = statement.where(Letter.side == side.value)
    if status is not None:
        statement = statement.where(latest.status == status.value)
    if kind is not None:
        statement = statement.where(Letter.kind == kind.value)
    if narrow is not None:
        statement = statement.where(*narrow(latest))
    if cursor:
        statement = statement.where(tuple_(Letter.sent_at, Letter.id) < cursors.decode(cursor))
    statement = statement.order_by(Letter.sent_at.desc(), Letter.id.desc()).limit(limit + 1)
    rows = work.session.execute(statement).all()
    views = [_view(work, row) for row in rows[:limit]]
    return LetterPage(
        views, cursors.encode(views[-1].letter.sent_at, views[-1].letter.id) if len(rows) > limit else None
    )


def of_case(work: Work, case_id: UUID) -> Sequence[LetterView]:
    """Letters about one of our cases and those that it was made of, newest first, with all of their events."""
    _, _, statement = _list(work.actor)
    statement = statement.where(or_(Letter.case_id == case_id, LetterCase.case_id == case_id)).order_by(
        Letter.sent_at.desc(), Letter.id.desc()
    )
    rows = work.session.execute(statement).all()
    events = _events(work, [row.Letter.id for row in rows])
    return [_view(work, row, events[row.Letter.id]) for row in rows]


def get(work: Work, letter_id: UUID) -> LetterView:
    """One letter with all of its events.

    :raises NotFoundError: when it is not there or not the actor's to see.
    """
    _, _, statement = _list(work.actor)
    row = work.session.execute(statement.where(Letter.id == letter_id)).first()
    if row is None:
        raise NotFoundError
    return _view(work, row, _events(work, [letter_id])[letter_id])


def _list(actor: Actor) -> tuple[Any, LateralFromClause, Any]:
    latest, about = newest(actor), _about(actor)
    statement = (
        select(
            Letter,
            latest,
            about.c.number,
            about.c.version,
            about.c.status,
            _superseded(actor).label("superseded"),
            binding(actor).label("binding"),
        )
        .select_from(Letter)
        .join(latest, true())
        .outerjoin(LetterCase, and_(LetterCase.tenant_id == Letter.tenant_id, LetterCase.letter_id == Letter.id))
        .outerjoin(about, true())
        .where(Letter.tenant_id == actor.tenant_id, policy.visible(actor))
    )
    return latest, about, statement


def _about(actor: Actor) -> LateralFromClause:
    """The own case of each letter: number, version and status, to be joined on true."""
    return (
        select(Case.number, Case.version, Case.status)
        .where(Case.tenant_id == actor.tenant_id, Case.id == ABOUT)
        .limit(1)
        .lateral("about")
    )


def newest(work: Work | Actor) -> type[LetterEvent]:
    """The newest event of each letter, to be joined on true."""
    last = (
        select(LetterEvent)
        .where(LetterEvent.tenant_id == work.tenant_id, LetterEvent.letter_id == Letter.id)
        .order_by(LetterEvent.seq.desc())
        .limit(1)
        .lateral("latest")
    )
    return aliased(LetterEvent, last, name="latest")


def _superseded(work: Work | Actor) -> ColumnElement[bool]:
    """Whether the case waits for a later letter: after a second escalation the first one is history."""
    later = aliased(Letter)
    return (
        select(later.id)
        .where(
            later.tenant_id == work.tenant_id,
            later.case_id == Letter.case_id,
            later.kind.in_(_STEPS),
            tuple_(later.sent_at, later.id) > tuple_(Letter.sent_at, Letter.id),
        )
        .exists()
    )


def binding(work: Work | Actor) -> ColumnElement[date]:
    """The date that binds now."""
    dated = aliased(LetterEvent)
    last = (
        select(dated.due_on)
        .where(
            dated.tenant_id == work.tenant_id,
            dated.letter_id == Letter.id,
            dated.action.in_(SETS_DATE),
            dated.due_on.is_not(None),
        )
        .order_by(dated.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(last, Letter.due_on, Letter.reply_due_on)


def own_copy(work: Work, letter_id: UUID) -> tuple[Letter, LetterEvent, date]:
    """Our copy, its newest event and the date that binds now, for an act.

    :raises NotFoundError: when it is not there or not the actor's to see.
    """
    _, _, statement = _list(work.actor)
    row = work.session.execute(statement.where(Letter.id == letter_id)).first()
    if row is None:
        raise NotFoundError
    return row.Letter, row.latest, row.binding


def _events(work: Work, letter_ids: Sequence[UUID]) -> dict[UUID, list[LetterEvent]]:
    found: dict[UUID, list[LetterEvent]] = {letter_id: [] for letter_id in letter_ids}
    statement = select(LetterEvent).where(LetterEvent.letter_id.in_(letter_ids)).order_by(LetterEvent.seq)
    for event in work.session.scalars(statement):
        found[event.letter_id].append(event)
    return found


def _view(work: Work, row: Any, events: Sequence[LetterEvent] | None = None) -> LetterView:
    letter: Letter = row.Letter
    kind, side, status = LetterKind(letter.kind), Side(letter.side), LetterStatus(row.latest.status)
    until, in_time = right_to_object(work, letter)
    may_resume = (
        side is Side.SENDER
        and kind in CASE_STEPS
        and not row.superseded
        and status in BACK_AT_SENDER
        and row.status == Status.ESCALATED
        and _may("resume", work.actor)
    )
    return LetterView(
        letter=letter,
        events=tuple(events or (row.latest,)),
        case_number=row.number,
        case_version=row.version,
        status=status,
        actions=tuple(
            transition
            for transition in workflow(kind, side).available(status, work.actor.roles)
            if (transition.action != "object" or in_time) and fits(letter, transition.action)
        ),
        may_resume=may_resume,
        overdue=awaits_recipient(kind, status) and row.binding < work.clock.today(),
        due_on=row.binding,
        objection_until=until,
    )


def fits(letter: Letter, action: str) -> bool:
    """A letter for a unit behind us is passed on and not worked here; the others are not passed on."""
    passed_on = letter.beyond_id is not None and letter.side == Side.RECIPIENT and letter.kind in PASSED_ON
    return action != ("start" if passed_on else "forward")


def awaits_recipient(kind: LetterKind, status: LetterStatus) -> bool:
    """Whether the clock runs against the recipient; what only informs is done with its receipt."""
    return status is LetterStatus.SENT or (status in OPEN_AT_RECIPIENT and kind not in INFORMING)


def _may(action: str, actor: Actor) -> bool:
    return any(row.action == action and row.roles & actor.roles for row in CASE_WORKFLOW)
