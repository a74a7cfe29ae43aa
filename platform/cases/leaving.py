"""Nobody leaves open cases behind: whoever goes hands them over in the same act, or stays.

The one who keeps the accounts sees no case; what is said here is a number and where the office's head finds the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from access import queries as accounts
from access.actor import Work
from access.models import User
from audit.services import Entry, append
from cases import avoidance
from cases.handling_rules import AVOIDANCE
from cases.models import Case
from cases.policy import HOLDERS, holders_of
from cases.workflow import OPEN
from kernel.bus import Handler
from kernel.errors import ConflictError, InvalidError
from notices.services import post
from tenants.leaving import UserLeaving

_OPEN = tuple(status.value for status in OPEN)
WHY = {"deactivate": "账号停用", "move": "调整部门", "roles": "角色变更"}


def open_count(work: Work, user_id: UUID) -> int:
    """How many open cases an account holds, sealed ones included: a number and nothing else."""
    return work.session.scalars(
        select(func.count())
        .select_from(Case)
        .where(Case.tenant_id == work.tenant_id, Case.assignee_id == user_id, Case.status.in_(_OPEN))
    ).one()


def list_address(user_id: UUID) -> str:
    """Where the head of the office sees them."""
    return f"/cases/?open_only=1&assignee={user_id}"


def leave(work: Work, event: UserLeaving) -> None:
    """Listen to somebody's leaving: give their open cases to the successor.

    :raises InvalidError: when there are some and no successor is named, or the successor cannot hold them.
    :raises ConflictError: when somebody works on one of them at this moment.
    """
    cases = work.session.scalars(
        select(Case)
        .where(Case.assignee_id == event.user_id, Case.status.in_(_OPEN))
        .order_by(Case.id)
        .with_for_update()
    ).all()
    if not cases:
        return
    if event.successor_id is None:
        sentence = f"该人员还承办{len(cases)}件在办信访件，请先改派，或在下面选择接手人，随本次操作一并移交。"
        raise InvalidError(sentence, fields={"successor": "请选择接手人"}, code="holds_cases")
    _check_successor(work, event, cases)
    _hand_over(work, event, cases)


def _check_successor(work: Work, event: UserLeaving, cases: Sequence[Case]) -> None:
    # Locked, so that the successor is not leaving at the same moment.
    user = work.session.scalars(
        select(User)
        .where(User.id == event.successor_id, User.active.is_(True))
        .with_for_update(read=True, key_share=True)
    ).first()
    roles = accounts.roles_of(work.session, user.id) if user is not None else frozenset()
    problem = ""
    if user is None or event.successor_id == event.user_id or not roles & frozenset(HOLDERS):
        problem = "接手人应为其他在用的承办人或信访部门负责人。"
    elif any(case.sealed for case in cases) and not roles & frozenset(holders_of(sealed=True)):
        problem = "其中有检举控告件，接手人应为信访部门负责人。"
    elif avoiding := avoidance.grounds_of(work, cases, user.id):
        problem = f"其中{len(avoiding)}件接手人应当回避（{AVOIDANCE}），请先由信访部门负责人改派，或者选择其他人。"
    if problem:
        raise InvalidError(problem, fields={"successor": problem})


def _hand_over(work: Work, event: UserLeaving, cases: Sequence[Case]) -> None:
    for case in cases:
        case.assignee_id = event.successor_id
        flag_modified(case, "updated_at")
    try:
        work.session.flush()
    except StaleDataError:  # pragma: no cover - the rows are locked
        raise ConflictError from None
    append(
        work.session,
        [
            Entry(
                at=work.clock.now(),
                actor_id=work.actor.user_id,
                actor_name=work.actor.name,
                action="case:handover",
                subject_type="case",
                subject_id=case.id,
                data={
                    "number": case.number,
                    "from": case.status,
                    "to": case.status,
                    "before_assignee": str(event.user_id),
                    "assignee": str(event.successor_id),
                    "reason": WHY[event.why],
                },
            )
            for case in cases
        ],
    )
    post(
        work.session,
        kind="cases.handover",
        title=f"有{len(cases)}件在办信访件因{WHY[event.why]}移交给您承办",
        link=list_address(event.successor_id) if event.successor_id else "/cases/",
        user_id=event.successor_id,
    )


#: What the composition roots wire to the bus.
SUBSCRIPTIONS: tuple[tuple[type, Handler], ...] = ((UserLeaving, leave),)
