"""Post a notice and list the ones for an actor."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, not_, or_, select

from access.actor import Actor
from access.roles import Role
from kernel.db import TenantSession
from notices.models import Notice


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
    session: TenantSession, actor: Actor, *, limit: int = 20, but: ColumnElement[bool] | None = None
) -> Sequence[Notice]:
    """The newest notices that concern the actor, newest first; none of which ``but`` is true.

    Packages above know of what a person must not even be told (``dispatches.policy.mentioned``); pages name it.
    """
    mine = or_(Notice.user_id == actor.user_id, Notice.role.in_([role.value for role in actor.roles]))
    wanted = mine if but is None else and_(mine, not_(but))
    return session.scalars(select(Notice).where(wanted).order_by(Notice.created_at.desc()).limit(limit)).all()
