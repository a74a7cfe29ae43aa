"""Post a notice, list the ones for an actor, and note that they were read.

Reading leaves no event: it changes nothing but the reader's own list. A notice to a role is read for all who hold it
once one of them has read it: what has to be done by somebody is a task and not a notice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, not_, or_, select, tuple_, update

from access.actor import Actor, Work
from access.roles import Role
from kernel.db import TenantSession
from kernel.errors import NotFoundError
from notices.models import Notice

#: What is left out.
But = ColumnElement[bool] | None


def post(
    session: TenantSession,
    *,
    kind: str,
    title: str,
    link: str,
    user_id: UUID | None = None,
    role: Role | None = None,
) -> Notice:
    """Leave a notice for one account or for a role; exactly one of the two."""
    notice = Notice(kind=kind, title=title, link=link, user_id=user_id, role=role.value if role else None)
    session.add(notice)
    session.flush()
    return notice


def for_actor(
    session: TenantSession,
    actor: Actor,
    *,
    limit: int = 20,
    after: tuple[bool, datetime, UUID] | None = None,
    but: But = None,
) -> Sequence[Notice]:
    """Notices that concern the actor, unread ones first, then the newest first; none of which ``but`` is true.

    ``after`` is where the page before ended: whether that notice had been read, when it was posted, and its id.
    Packages above know of what a person must not even be told (``dispatches.policy.mentioned``); pages name it.
    """
    read = Notice.read_at.is_not(None)
    statement = select(Notice).where(_mine(actor, but))
    if after is not None:
        was_read, posted, notice_id = after
        older = tuple_(Notice.created_at, Notice.id) < tuple_(posted, notice_id)
        statement = statement.where(read, older) if was_read else statement.where(or_(read, older))
    return session.scalars(statement.order_by(read, Notice.created_at.desc(), Notice.id.desc()).limit(limit)).all()


def newest(session: TenantSession, actor: Actor, *, limit: int, but: But = None) -> tuple[Sequence[Notice], int]:
    """The first of :func:`for_actor` and how many of all are unread, in one statement."""
    waiting = func.count().filter(Notice.read_at.is_(None)).over()
    order = (Notice.read_at.is_not(None), Notice.created_at.desc(), Notice.id.desc())
    rows = session.execute(select(Notice, waiting).where(_mine(actor, but)).order_by(*order).limit(limit)).all()
    return [row[0] for row in rows], rows[0][1] if rows else 0


def unread(session: TenantSession, actor: Actor, *, but: But = None) -> int:
    """How many notices of the actor's nobody has read."""
    statement = select(func.count()).select_from(Notice).where(_mine(actor, but), Notice.read_at.is_(None))
    return session.scalars(statement).one()


def read_one(work: Work, notice_id: UUID, *, but: But = None) -> Notice:
    """A notice of the actor's, which is read from now on.

    :raises NotFoundError: when it is not there or not the actor's.
    """
    notice = work.session.scalars(select(Notice).where(Notice.id == notice_id, _mine(work.actor, but))).first()
    if notice is None:
        raise NotFoundError
    if notice.read_at is None:
        notice.read_at = work.clock.now()
        work.session.flush()
    return notice


def read_all(work: Work, *, but: But = None) -> int:
    """Everything that concerns the actor is read; returns how many were not."""
    done = work.session.execute(
        update(Notice)
        .where(Notice.tenant_id == work.tenant_id, _mine(work.actor, but), Notice.read_at.is_(None))
        .values(read_at=work.clock.now())
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def _mine(actor: Actor, but: But) -> ColumnElement[bool]:
    mine = or_(Notice.user_id == actor.user_id, Notice.role.in_([role.value for role in actor.roles]))
    return mine if but is None else and_(mine, not_(but))
