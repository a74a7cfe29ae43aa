"""What happens to a case without anybody clicking: notices after registration and assignment, the deadline sweep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Integer, and_, literal, or_, select, type_coerce, update

from access import absence
from access import queries as accounts
from access.actor import Work
from access.roles import Role
from audit.services import Entry, append
from cases import accused, extensions, follow_ups, lapsing, recounting, tasking
from cases.models import Case, CaseClock
from cases.rules import CLOCK_LABELS, ClockKind
from cases.services import get
from cases.workflow import OPEN
from notices.services import post
from tenants import settings

#: Cases of one transaction: long enough to be cheap, short enough not to hold up a clerk.
BATCH = 200

_OPEN = tuple(status.value for status in OPEN)


def registered(work: Work, payload: Mapping[str, Any]) -> None:
    """Consumer of ``case.registered``: tell the head of the petition office that a case waits for triage."""
    case = get(work, UUID(payload["case"]))
    post(
        work.session,
        kind="case.registered",
        title="有新登记的信访件待甄别分流",
        link=_link(case),
        role=accused.desk_of(work, case),
    )


def assigned(work: Work, payload: Mapping[str, Any]) -> None:
    """Consumer of ``case.assigned``: tell the handler (承办人) of a new case, and whoever stands in for them."""
    case, handler = get(work, UUID(payload["case"])), UUID(payload["user"])
    post(work.session, kind="case.assigned", title="有信访件交由您承办", link=_link(case), user_id=handler)
    away = absence.on(work.session, work.clock.today(), [handler]).get(handler)
    if away is not None:
        name = accounts.names(work.session, [handler]).get(handler, "")
        title = f"有信访件请您代{name}办理（{name}外出）"
        post(work.session, kind="case.assigned", title=title, link=_link(case), user_id=away.deputy_id)


def sweep(work: Work, *, limit: int = BATCH) -> int:
    """Note up to ``limit`` overdue cases, warn about as many that are nearly due, conclude those whose time to ask
    has passed, remind of rights, count provisional clocks anew, and open follow-ups whose day has come; returns how
    many there were.

    Each case is told once for each deadline, however often and by however many this runs: the mark is written with
    the notice, and rows that somebody is working on are left for the next round. A caller repeats, each time in a
    new transaction, until nothing is told.
    """
    settled = recounting.recount(work, limit=limit)
    waited = lapsing.lapse(work, limit=limit) + lapsing.remind(work, limit=limit)
    asked = tasking.note_overdue(work, limit=limit) + follow_ups.open_due(work, limit=limit)
    return _note_overdue(work, limit) + _warn(work, limit) + waited + asked + settled


def _note_overdue(work: Work, limit: int) -> int:
    today = work.clock.today()
    late = _open_cases(work, Case.due_on < today, Case.overdue_noted_on.is_(None), limit=limit)
    if not late:
        return 0
    _mark(work, late, overdue_noted_on=today)
    _tell(work, late, kind="case.overdue", words="已超过{clock}，请尽快办理并说明原因")
    append(
        work.session,
        [
            Entry(
                at=work.clock.now(),
                actor_id=work.actor.user_id,
                actor_name=work.actor.name,
                action="case:overdue",
                subject_type="case",
                subject_id=case.id,
                data={"clock": case.due_kind, "due_on": str(case.due_on)},
            )
            for case in late
        ],
    )
    return len(late)


def _warn(work: Work, limit: int) -> int:
    """Warn once at each of the union's bands from the second on (warning_bands): 警告、严重警告、将满."""
    today = work.clock.today()
    begun, bands = CaseClock.started_on, settings.of(work.session).warning_bands[1:]
    allowed = type_coerce(Case.due_on - begun, Integer)
    used = type_coerce(literal(today, Date) - begun, Integer)
    told_at = type_coerce(Case.due_warned_on - begun, Integer)
    reached = [
        and_(used * 100 >= allowed * band, or_(Case.due_warned_on.is_(None), told_at * 100 < allowed * band))
        for band in bands
    ]
    running = select(CaseClock.case_id).where(
        CaseClock.tenant_id == Case.tenant_id,
        CaseClock.case_id == Case.id,
        CaseClock.kind == Case.due_kind,
        CaseClock.stopped_on.is_(None),
        or_(*reached),
    )
    near = _open_cases(work, Case.due_on >= today, running.exists(), limit=limit)
    if near:
        _mark(work, near, due_warned_on=today)
        _tell(work, near, kind="case.due_soon", words="{clock}{left}届满，请抓紧办理")
        extensions.warn(work, near)
    return len(near)


def _open_cases(work: Work, *conditions: ColumnElement[bool], limit: int) -> Sequence[Case]:
    statement = (
        select(Case)
        .where(Case.tenant_id == work.tenant_id, Case.status.in_(_OPEN), *conditions)
        .order_by(Case.due_on, Case.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return work.session.scalars(statement).all()


def _mark(work: Work, cases: Sequence[Case], **values: Any) -> None:
    # Past the ORM on purpose: it would raise the version, and a form that somebody has open would be refused.
    table = Case.__table__
    work.session.execute(
        update(table)  # type: ignore[arg-type]
        .where(table.c.tenant_id == work.tenant_id, table.c.id.in_([case.id for case in cases]))
        .values(**values)
    )


def _tell(work: Work, cases: Sequence[Case], *, kind: str, words: str) -> None:
    """To the handler while the account is active; a sealed case and one without a handler to the office's head."""
    active = {account.id for account in accounts.holders(work.session, (Role.HANDLER, Role.OFFICE_HEAD))}
    for case in cases:
        clock = CLOCK_LABELS[ClockKind(case.due_kind)] if case.due_kind else "办理期限"
        reached = case.assignee_id in active and not case.sealed
        post(
            work.session,
            kind=kind,
            title=words.format(clock=clock, left=_left(case, work)),
            link=_link(case),
            user_id=case.assignee_id if reached else None,
            role=None if reached else accused.desk_of(work, case),
        )


def _left(case: Case, work: Work) -> str:
    days = (case.due_on - work.clock.today()).days if case.due_on else 0
    return f"将在{days}日后" if days else "今天"


def _link(case: Case) -> str:
    return f"/cases/{case.number}"
