"""What happens to a case by waiting: a time to ask that has passed, a right about to lapse, a silent employer.

None of these clocks is the union's own duty, so none makes a case overdue; somebody is told, once for each date.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select, update

from access import queries as accounts
from access.actor import Work
from access.roles import Role
from cases import accused
from cases.models import Case, CaseClock, Claim
from cases.options import CHANGED
from cases.rules import CLOCK_LABELS, ClockKind, Opinion
from cases.services import perform
from cases.terms import RIGHTS, TIMES_TO_ASK
from cases.workflow import OPEN, Status
from notices.services import post

#: Rights are reminded of this many days before they lapse: time enough to write a claim.
REMIND_DAYS = 30
#: Whose answer is awaited: reminded of on the day after it was due.
AWAITED = (ClockKind.EMPLOYER_REPLY, ClockKind.FEEDBACK)
_OPEN = tuple(status.value for status in OPEN)
#: Ends after which nobody here speaks with the petitioner about the matter any more.
_LEFT = tuple(status.value for status in (Status.WITHDRAWN, Status.TERMINATED, Status.HANDED_OVER))
_WAITING = (Status.SERVED.value, Status.REVIEWED.value)


def lapse(work: Work, *, limit: int) -> int:
    """Conclude up to ``limit`` cases whose time to ask has passed (T31); returns how many.

    A case with a supported claim waits for its execution and is not concluded by time; one that was closed before it
    was reviewed, and whose opinion was upheld, has been carried out (``conditions``, ``nothing_to_execute``).
    """
    over = exists().where(
        CaseClock.tenant_id == Case.tenant_id,
        CaseClock.case_id == Case.id,
        CaseClock.kind.in_(TIMES_TO_ASK),
        CaseClock.stopped_on.is_(None),
        CaseClock.due_on < work.clock.today(),
    )
    supported = exists().where(
        Claim.tenant_id == Case.tenant_id, Claim.case_id == Case.id, Claim.opinion == Opinion.SUPPORT.value
    )
    executed = and_(
        Case.status == Status.REVIEWED.value,
        Case.came_from == Status.CLOSED.value,
        Case.review_outcome != CHANGED,
    )
    numbers = work.session.scalars(
        select(Case.number)
        .where(
            Case.tenant_id == work.tenant_id,
            Case.status.in_(_WAITING),
            Case.asked_online_on.is_(None),
            over,
            or_(~supported, executed),
        )
        .order_by(Case.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for number in numbers:
        perform(work, number, "lapse", internal=True)
    return len(numbers)


def remind(work: Work, *, limit: int) -> int:
    """Tell about rights that are about to lapse and answers that did not come; returns how many.

    An answer is awaited while the case is open. A worker's right runs on when the matter has ended here: whoever was
    shown the way to arbitration (导入法定程序) is reminded as well, until the right was used.
    """
    today = work.clock.today()
    near: ColumnElement[bool] = and_(
        Case.status.not_in(_LEFT),
        CaseClock.kind.in_(RIGHTS),
        CaseClock.due_on.between(today, today + timedelta(days=REMIND_DAYS)),
    )
    silent: ColumnElement[bool] = and_(Case.status.in_(_OPEN), CaseClock.kind.in_(AWAITED), CaseClock.due_on < today)
    rows = work.session.execute(
        select(CaseClock, Case)
        .join(Case, (Case.tenant_id == CaseClock.tenant_id) & (Case.id == CaseClock.case_id))
        .where(
            CaseClock.tenant_id == work.tenant_id,
            CaseClock.stopped_on.is_(None),
            CaseClock.reminded_on.is_(None),
            or_(near, silent),
        )
        .order_by(CaseClock.due_on, CaseClock.id)
        .limit(limit)
        .with_for_update(of=CaseClock, skip_locked=True)
    ).all()
    active = (
        {account.id for account in accounts.holders(work.session, (Role.HANDLER, Role.OFFICE_HEAD))}
        if rows
        else set()
    )
    for clock, case in rows:
        _tell(work, clock, case, reached=case.assignee_id in active and not case.sealed)
    _mark(work, [clock for clock, _case in rows])
    return len(rows)


def _tell(work: Work, clock: CaseClock, case: Case, *, reached: bool) -> None:
    kind = ClockKind(clock.kind)
    label, day = CLOCK_LABELS[kind], clock.due_on.isoformat()
    if kind in AWAITED:
        title = f"{label}已于{day}届满，对方没有答复，请决定下一步"
    else:
        title = f"信访人的{label}将于{day}届满，请提醒其及时行使权利"
    post(
        work.session,
        kind="case.right",
        title=title,
        link=f"/cases/{case.number}",
        user_id=case.assignee_id if reached else None,
        role=None if reached else accused.desk_of(work, case),
    )


def _mark(work: Work, clocks: Sequence[CaseClock]) -> None:
    table = CaseClock.__table__
    work.session.execute(
        update(table)  # type: ignore[arg-type]
        .where(table.c.tenant_id == work.tenant_id, table.c.id.in_([clock.id for clock in clocks]))
        .values(reminded_on=work.clock.today())
    )
