"""Silence is impossible: what nobody did by itself waits as a task for a named role until somebody closes it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, not_, or_, select
from sqlalchemy.dialects.postgresql import insert as pg_insert

from access.actor import Actor, Work
from access.models import User, UserRole
from access.queries import holders
from access.roles import LABELS, Role
from audit.services import record
from kernel.db import TenantSession
from kernel.errors import ConflictError, InvalidError, NotFoundError
from kernel.ids import uuid7
from notices.models import Task

MAX_RESOLUTION = 500
#: Where accounts get their roles.
ACCOUNTS_LINK = "/admin/users"


def open_task(
    work: Work,
    *,
    kind: str,
    title: str,
    link: str,
    role: Role,
    key: str,
    user_id: UUID | None = None,
) -> Task:
    """The open task with ``key``, made now unless it is there already; two callers at once get the same one.

    ``title`` says why and what to do and repeats nothing of a case: it is shown to everybody who holds ``role``, and
    to ``user_id`` first. A role that nobody holds leaves a second task for the administrator, who can give it to
    somebody.
    """
    statement = (
        pg_insert(Task)
        .values(
            tenant_id=work.tenant_id,
            id=uuid7(),
            kind=kind,
            title=title,
            link=link,
            role=role.value,
            user_id=user_id,
            key=key,
            created_at=work.clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "key"], index_where=Task.done_at.is_(None))
        .returning(Task.id)
    )
    made = work.session.scalar(statement)
    task = work.session.scalars(select(Task).where(Task.key == key, Task.done_at.is_(None))).one()
    if made is not None:
        record(
            work,
            "task:open",
            subject_type="task",
            subject_id=task.id,
            data={"kind": kind, "key": key, "role": role.value},
        )
        if role is not Role.TENANT_ADMIN and not holders(work.session, (role,)):
            ask_for_holder(work, role)
    return task


def ask_for_holder(work: Work, role: Role) -> Task:
    """Ask the administrator to give ``role`` to somebody, because tasks wait for it and nobody sees them."""
    return open_task(
        work,
        kind="role_vacant",
        title=f"有任务等待“{LABELS[role]}”处理，但本单位没有启用的账号担任这一角色；请指定人员。",
        link=ACCOUNTS_LINK,
        role=Role.TENANT_ADMIN,
        key=f"role:{role.value}",
    )


def close_task(work: Work, task_id: UUID, resolution: str, *, but: ColumnElement[bool] | None = None) -> Task:
    """Close a task that the actor sees, with a word about how it was settled; ``but`` as in :func:`open_for`.

    :raises NotFoundError: when it is not there or not the actor's to see.
    :raises InvalidError: without a word.
    :raises ConflictError: when somebody closed it before.
    """
    words = resolution.strip()
    if len(words) < 2:
        raise InvalidError("请写明任务是怎样处理的。", fields={"resolution": "请写明任务是怎样处理的。"})
    if len(words) > MAX_RESOLUTION:
        sentence = f"处理说明不能超过{MAX_RESOLUTION}个字。"
        raise InvalidError(sentence, fields={"resolution": sentence})
    statement = select(Task).where(Task.id == task_id, _sees(work.actor, but)).with_for_update()
    task = work.session.scalars(statement.execution_options(populate_existing=True)).first()
    if task is None:
        raise NotFoundError
    if task.done_at is not None:
        raise ConflictError("这项任务刚刚已由他人处理，请刷新页面查看。")
    _close(work, task, words)
    return task


def close_by_key(work: Work, key: str, resolution: str) -> Task | None:
    """Close the open task with ``key`` because its cause is gone; ``None`` when there is none."""
    statement = select(Task).where(Task.key == key, Task.done_at.is_(None)).with_for_update()
    task = work.session.scalars(statement).first()
    if task is not None:
        _close(work, task, resolution)
    return task


def _close(work: Work, task: Task, resolution: str) -> None:
    task.done_at, task.done_by, task.resolution = work.clock.now(), work.actor.user_id, resolution
    work.session.flush()
    # The word itself stays on the task: it may speak of a case, and auditors read no case.
    record(
        work,
        "task:close",
        subject_type="task",
        subject_id=task.id,
        data={"kind": task.kind, "key": task.key, "from": "open", "to": "done"},
    )


def open_for(
    session: TenantSession, actor: Actor, *, limit: int = 100, but: ColumnElement[bool] | None = None
) -> Sequence[Task]:
    """Open tasks of the actor's roles and of the actor, those that waited longest first; none of which ``but`` holds.

    Packages above know of what a person must not even be told (``dispatches.policy.mentioned``); pages name it.
    """
    statement = select(Task).where(Task.done_at.is_(None), _sees(actor, but)).order_by(Task.created_at, Task.id)
    return session.scalars(statement.limit(limit)).all()


def count_for(session: TenantSession, actor: Actor, *, but: ColumnElement[bool] | None = None) -> int:
    """How many tasks :func:`open_for` would show without its limit."""
    statement = select(func.count()).select_from(Task)
    return session.scalar(statement.where(Task.done_at.is_(None), _sees(actor, but))) or 0


def waiting(actor: Actor, *, but: ColumnElement[bool] | None = None) -> ScalarSelect[int]:
    """:func:`count_for` as a part of a larger statement; the tenant is named because no session filters it."""
    statement = select(func.count()).select_from(Task).where(Task.tenant_id == actor.tenant_id)
    return statement.where(Task.done_at.is_(None), _sees(actor, but)).scalar_subquery()


def vacant(session: TenantSession) -> list[Role]:
    """Roles for which tasks wait although no active account holds them (somebody left after the task was made)."""
    held = (
        select(UserRole.user_id)
        .join(User, (User.tenant_id == UserRole.tenant_id) & (User.id == UserRole.user_id))
        .where(UserRole.role == Task.role, User.active.is_(True))
        .exists()
    )
    statement = select(Task.role).where(Task.done_at.is_(None), ~held).distinct()
    return sorted(Role(role) for role in session.scalars(statement))


def _sees(actor: Actor, but: ColumnElement[bool] | None) -> ColumnElement[bool]:
    mine = or_(Task.user_id == actor.user_id, Task.role.in_(sorted(role.value for role in actor.roles)))
    return mine if but is None else and_(mine, not_(but))
