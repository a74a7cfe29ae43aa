"""Read cases: the queue, the list, the file. Every query carries the policy's condition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import case as sql_case
from sqlalchemy import false, func, literal, or_, select, tuple_

from access.actor import Work
from access.roles import Role
from cases import cursors, hours, policy, search
from cases.handling import FollowUp
from cases.marks import FLAGS, flagged
from cases.models import Case, CaseClock, Claim, Party
from cases.words import Terms, is_identity, terms
from cases.workflow import OPEN, Status
from kernel.clock import CHINA
from kernel.errors import InvalidError, NotFoundError

OPEN_VALUES = tuple(status.value for status in OPEN)


#: Bands of the deadline → days from today, both ends included; before today is late.
BANDS: dict[str, tuple[int, int]] = {"today": (0, 0), "week": (0, 7), "fortnight": (0, 15), "later": (16, 3660)}


@dataclass(frozen=True, slots=True)
class Filter:
    """Filters of a list; each is one key of the URL."""

    status: str | None = None
    open_only: bool = False
    overdue: bool = False
    channel: str | None = None
    category: str | None = None
    tier: str | None = None
    department: UUID | None = None
    assignee: UUID | None = None
    #: Open and in nobody's hands yet.
    unassigned: bool = False
    #: In the reader's own hands, those of absent colleagues included: the same address shows everybody their own.
    mine: bool = False
    #: 待回访: the day to ask the petitioner again has come, and nobody has.
    follow_up: bool = False
    registered_from: date | None = None
    #: Inclusive.
    registered_to: date | None = None
    closed_from: date | None = None
    closed_to: date | None = None
    due_from: date | None = None
    due_to: date | None = None
    #: How near the deadline is: one of :data:`BANDS`.
    band: str | None = None
    #: A mark of the case: one of :data:`FLAGS`.
    flag: str | None = None
    #: Weekday and hour of the registration in China, ``3-09`` for Wednesday from nine; imported files have no hour.
    arrived: str | None = None
    #: A case number, or words of the matter; the best match comes first.
    q: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of cases; ``next_cursor`` is opaque and ``None`` at the end."""

    cases: Sequence[Case]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class File:
    """A case with everything that its page shows."""

    case: Case
    claims: Sequence[Claim]
    parties: Sequence[Party]
    clocks: Sequence[CaseClock]


def day_start(day: date) -> datetime:
    """Midnight in China as an aware UTC moment: a bare date would cost the index under row-level security."""
    return datetime.combine(day, time(), tzinfo=CHINA).astimezone(UTC)


def _conditions(work: Work, wanted: Filter) -> list[Any]:  # noqa: PLR0912 - one plain line a filter key
    conditions: list[Any] = [Case.tenant_id == work.tenant_id, policy.visible(work.actor)]
    if wanted.status:
        if wanted.status not in set(Status):
            raise InvalidError("没有这种办理状态。", fields={"status": "没有这种办理状态"})
        conditions.append(Case.status == wanted.status)
    if wanted.open_only or wanted.overdue:
        conditions.append(Case.status.in_(OPEN_VALUES))
    if wanted.overdue:
        conditions.append(Case.due_on < work.clock.today())
    if wanted.channel:
        conditions.append(Case.channel == wanted.channel)
    if wanted.category == "-":
        conditions.append(Case.category_code.is_(None))
    elif wanted.category:
        below = f"{wanted.category}."
        conditions.append(or_(Case.category_code == wanted.category, Case.category_code.startswith(below)))
    if wanted.tier:
        conditions.append(Case.tier == wanted.tier)
    if wanted.department:
        conditions.append(Case.department_id == wanted.department)
    if wanted.flag:
        if wanted.flag not in FLAGS:
            raise InvalidError("没有这种标记。", fields={"flag": "没有这种标记"})
        conditions.append(flagged(wanted.flag))
    if wanted.band:
        conditions += _band(work, wanted.band)
    if wanted.assignee:
        conditions.append(Case.assignee_id == wanted.assignee)
    if wanted.unassigned:
        conditions += [Case.status.in_(OPEN_VALUES), Case.assignee_id.is_(None)]
    if wanted.mine:
        conditions.append(policy.held_by(work.actor))
    if wanted.follow_up:
        conditions.append(_to_be_asked(work))
    if wanted.registered_from:
        conditions.append(Case.registered_at >= day_start(wanted.registered_from))
    if wanted.registered_to:
        conditions.append(Case.registered_at < day_start(_next(wanted.registered_to)))
    if wanted.closed_from:
        conditions.append(Case.closed_at >= day_start(wanted.closed_from))
    if wanted.closed_to:
        conditions.append(Case.closed_at < day_start(_next(wanted.closed_to)))
    if wanted.due_from:
        conditions.append(Case.due_on >= wanted.due_from)
    if wanted.due_to:
        conditions.append(Case.due_on <= wanted.due_to)
    if wanted.arrived:
        conditions += hours.came(wanted.arrived)
    return conditions


def _band(work: Work, band: str) -> list[Any]:
    if band not in BANDS:
        raise InvalidError("没有这种期限范围。", fields={"band": "没有这种期限范围"})
    first, last = (date.fromordinal(work.clock.today().toordinal() + days) for days in BANDS[band])
    return [Case.status.in_(OPEN_VALUES), Case.due_on.between(first, last)]


def _to_be_asked(work: Work) -> Any:
    due = select(FollowUp.case_id).where(
        FollowUp.tenant_id == work.tenant_id, FollowUp.contacted_at.is_(None), FollowUp.due_on <= work.clock.today()
    )
    return Case.id.in_(due)


def matching(work: Work, wanted: Filter) -> list[Any]:
    """The conditions of a list, the policy's among them and the words that are looked for, for sums and exports.

    :raises InvalidError: as :func:`newest`.
    """
    conditions, words = _conditions(work, wanted), (wanted.q or "").strip()
    if words:
        asked = _asked(words)
        if asked.every:
            return conditions + (search.every(work.tenant_id, asked) if asked.count else [false()])
        hits = search.hits(work.tenant_id, asked, search.few(work.session, asked))
        conditions.append(Case.id.in_(select(hits.c.case_id)))
    return conditions


def count(work: Work, wanted: Filter) -> int:
    """How many cases a list has altogether; one pass over the union's cases that match.

    :raises InvalidError: as :func:`newest`.
    """
    return int(work.session.scalar(select(func.count()).select_from(Case).where(*matching(work, wanted))) or 0)


def _asked(words: str) -> Terms:
    if is_identity(words):
        sentence = "这里不能查电话、证件号：请用“按信访人查找”，号码不会留在地址栏和日志里。"
        raise InvalidError(sentence, fields={"q": sentence})
    return terms(words)


def _next(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def newest(work: Work, wanted: Filter, *, limit: int = 50, cursor: str | None = None) -> Page:
    """Cases newest first, by keyset: page 1,000 costs what page 1 costs. With ``q`` the best match comes first.

    :raises InvalidError: for a cursor that this query did not give, or a ``q`` that no word can be found in.
    """
    if wanted.q and wanted.q.strip():
        return _matching(work, wanted, wanted.q.strip(), limit, cursor)
    statement = select(Case).where(*_conditions(work, wanted))
    if cursor:
        moment, case_id, _matched = cursors.decode(cursor)
        statement = statement.where(tuple_(Case.registered_at, Case.id) < (moment, case_id))
    statement = statement.order_by(Case.registered_at.desc(), Case.id.desc()).limit(limit + 1)
    rows = work.session.scalars(statement).all()
    more, rows = len(rows) > limit, rows[:limit]
    return Page(rows, cursors.encode(rows[-1]) if more and rows else None)


def _matching(work: Work, wanted: Filter, words: str, limit: int, cursor: str | None) -> Page:
    """Cases that have the words, those with the most of them first, then the newest."""
    asked = _asked(words)
    if not asked.count:
        return Page([], None)
    conditions, among = _conditions(work, wanted), search.few(work.session, asked)
    if asked.every and not among:
        statement = select(Case, literal(asked.count)).where(*conditions, *search.every(work.tenant_id, asked))
    else:
        hits = search.hits(work.tenant_id, asked, among)
        statement = select(Case, hits.c.matched).join(hits, hits.c.case_id == Case.id).where(*conditions)
    best = () if asked.every else (hits.c.matched,)
    if cursor:
        moment, case_id, had = cursors.decode(cursor, ranked=True)
        last = (*((had,) if best else ()), moment, case_id)
        statement = statement.where(tuple_(*best, Case.registered_at, Case.id) < last)
    statement = statement.order_by(*(key.desc() for key in (*best, Case.registered_at, Case.id)))
    rows = work.session.execute(statement.limit(limit + 1)).all()
    more, rows = len(rows) > limit, rows[:limit]
    return Page([row[0] for row in rows], cursors.encode(rows[-1][0], rows[-1][1]) if more and rows else None)


def todo(work: Work, *, limit: int = 50) -> Sequence[Case]:
    """我的待办: open cases that wait for this actor, overdue first, then by deadline.

    A handler's are those assigned to them or to a colleague for whom they stand in; the office's are those not yet
    assigned or back from above; the leader's wait for an extension (条例 art. 34).
    """
    mine = policy.held_by(work.actor)
    if work.actor.holds(Role.LEADER):
        mine = or_(mine, Case.extension_to.is_not(None))
    waiting = Case.assignee_id.is_(None)
    office = policy.may_register(work.actor) and not policy.acts_as_assignee_only(work.actor, work.actor.roles)
    statement = (
        select(Case)
        .where(
            Case.tenant_id == work.tenant_id,
            policy.visible(work.actor),
            Case.status.in_(OPEN_VALUES),
            or_(mine, waiting) if office else mine,
        )
        .order_by(Case.due_on.asc().nulls_last(), Case.id)
        .limit(limit)
    )
    return work.session.scalars(statement).all()


def counts(work: Work, *, assignee: UUID | None = None) -> dict[str, int]:
    """Open, overdue and due within seven days, of the cases that the actor sees (and ``assignee`` handles)."""
    today = work.clock.today()
    soon = date.fromordinal(today.toordinal() + 7)
    statement = select(
        func.count().label("open"),
        func.coalesce(func.sum(sql_case((Case.due_on < today, 1), else_=0)), 0).label("overdue"),
        func.coalesce(func.sum(sql_case((Case.due_on.between(today, soon), 1), else_=0)), 0).label("soon"),
    ).where(Case.tenant_id == work.tenant_id, policy.visible(work.actor), Case.status.in_(OPEN_VALUES))
    if assignee is not None:
        statement = statement.where(Case.assignee_id == assignee)
    row = work.session.execute(statement).one()
    return {"open": row.open, "overdue": row.overdue, "soon": row.soon}


def file(work: Work, number: str) -> File:
    """One case by number with its claims, parties and clocks.

    :raises NotFoundError: when it is not there or not the actor's to see.
    """
    session = work.session
    case = session.scalars(
        select(Case).where(Case.tenant_id == work.tenant_id, Case.number == number, policy.visible(work.actor))
    ).first()
    if case is None:
        raise NotFoundError
    return File(
        case=case,
        claims=session.scalars(select(Claim).where(Claim.case_id == case.id).order_by(Claim.position)).all(),
        parties=session.scalars(select(Party).where(Party.case_id == case.id).order_by(Party.position)).all(),
        clocks=session.scalars(
            select(CaseClock).where(CaseClock.case_id == case.id).order_by(CaseClock.started_on, CaseClock.id)
        ).all(),
    )
