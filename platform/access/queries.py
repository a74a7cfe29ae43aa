"""Read accounts of the session's tenant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, or_, select

from access.models import User, UserRole
from access.roles import Role
from kernel.db import TenantSession


def holders(session: TenantSession, roles: Iterable[Role]) -> Sequence[User]:
    """Active accounts with at least one of ``roles``, by name."""
    held = select(UserRole.user_id).where(
        UserRole.tenant_id == session.tenant_id, UserRole.role.in_([role.value for role in roles])
    )
    return session.scalars(
        select(User).where(User.active.is_(True), User.id.in_(held)).order_by(User.display_name, User.id)
    ).all()


def locked_holder(session: TenantSession, user_id: UUID, roles: Iterable[Role]) -> User | None:
    """The active account with one of ``roles``, locked against being closed until the transaction ends.

    A shared lock: many cases can be given to one person at once.
    """
    held = select(UserRole.user_id).where(
        UserRole.tenant_id == session.tenant_id, UserRole.role.in_([role.value for role in roles])
    )
    return session.scalars(
        select(User)
        .where(User.id == user_id, User.active.is_(True), User.id.in_(held))
        .with_for_update(read=True, key_share=True, of=User)
        .execution_options(populate_existing=True)
    ).first()


def names(session: TenantSession, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Display names by account id; deactivated accounts keep their name."""
    wanted = {user_id for user_id in ids if user_id is not None}
    if not wanted:
        return {}
    rows = session.execute(select(User.id, User.display_name).where(User.id.in_(wanted)))
    return {row.id: row.display_name for row in rows}


def roles_of(session: TenantSession, user_id: UUID) -> frozenset[Role]:
    """Roles of one account."""
    rows = session.scalars(select(UserRole.role).where(UserRole.user_id == user_id))
    return frozenset(Role(role) for role in rows)


def roles_by_user(session: TenantSession, ids: Iterable[UUID]) -> dict[UUID, frozenset[Role]]:
    """Roles of several accounts, in one statement."""
    wanted = list(ids)
    found: dict[UUID, set[Role]] = {user_id: set() for user_id in wanted}
    if wanted:
        rows = session.execute(select(UserRole.user_id, UserRole.role).where(UserRole.user_id.in_(wanted)))
        for user_id, role in rows:
            found[user_id].add(Role(role))
    return {user_id: frozenset(roles) for user_id, roles in found.items()}


@dataclass(frozen=True, slots=True)
class Account:
    """An account with its roles, for the lists of its administrator."""

    user: User
    roles: frozenset[Role]


def accounts(session: TenantSession, *, search: str = "", after: str = "", limit: int = 50) -> Sequence[Account]:
    """Accounts by login name, active or not, after the name ``after``; ``search`` is a part of either name."""
    held = select(func.array_agg(UserRole.role)).where(UserRole.user_id == User.id).scalar_subquery()
    statement = select(User, held).where(User.username > after).order_by(User.username).limit(limit)
    if search:
        statement = statement.where(
            or_(
                User.username.contains(search.lower(), autoescape=True),
                User.display_name.contains(search, autoescape=True),
            )
        )
    rows = session.execute(statement)
    return [Account(user, frozenset(Role(role) for role in roles or ())) for user, roles in rows]
