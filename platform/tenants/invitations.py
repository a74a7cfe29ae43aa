"""One-time links: an account is opened without a password, and its owner alone chooses one.

The link is shown once to whoever opened the account. The database keeps a digest of its token, so that a copy of the
database opens nothing; 192 random bits need no slow hash.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select, update

from access.actor import Work
from access.models import User, UserRole
from access.passwords import check_new, hash_password
from access.queries import holders
from access.roles import Role, check_roles
from audit.services import Entry, append, record
from kernel.bulk import insert_rows, rows_of
from kernel.db import PLATFORM_TENANT, TenantSession
from kernel.errors import ConflictError, InvalidError, NotFoundError
from kernel.ids import uuid7
from tenants.accounts import MANAGERS, check_name, create_user, end_sessions, get_user
from tenants.models import Invitation

#: Long enough for a letter to the other end of a province, short enough to be forgotten safely.
LASTS = timedelta(days=7)
#: Stands where a hash would: no password fits it, and asking costs as much as asking for a hash.
NO_PASSWORD = ""


@dataclass(frozen=True, slots=True)
class Invited:
    """A new account with the token of its link, which is told here and never again."""

    user: User
    token: str
    expires_at: datetime


def invite(work: Work, *, username: str, display_name: str, roles: Iterable[Role]) -> Invited:
    """Open an account in the actor's tenant and make the link by which its owner enters.

    :raises ForbiddenError, InvalidError: as ``accounts.create_user``.
    """
    user = create_user(
        work, username=username, display_name=display_name, password=None, roles=roles, must_change_password=False
    )
    return _issue(work, user)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody for whom an account is to be opened."""

    username: str
    display_name: str
    roles: tuple[Role, ...]


def invite_all(work: Work, people: Sequence[Newcomer]) -> list[Invited]:
    """As ``invite`` for many people of one union, in about eight statements however many.

    :raises ForbiddenError: for anybody but an administrator of accounts.
    :raises InvalidError: for a malformed or taken name, no name, or roles that one account may not hold.
    """
    work.actor.require(MANAGERS)
    if not people:
        return []
    session, now, actor = work.session, work.clock.now(), work.actor
    names = [check_name(person.username) for person in people]
    taken = session.scalars(select(User.username).where(User.username.in_(names))).first()
    if taken is not None or len(set(names)) < len(names):
        raise InvalidError(f"用户名“{taken or names[0]}”已被使用。", fields={"username": "已被使用"})
    if not all(person.display_name.strip() for person in people):
        raise InvalidError("请填写姓名。", fields={"display_name": "请填写姓名"})
    held = [check_roles(person.roles, platform=work.tenant_id == PLATFORM_TENANT) for person in people]
    users = [
        User(
            tenant_id=work.tenant_id,
            id=uuid7(),
            username=name,
            display_name=person.display_name.strip(),
            password_hash=NO_PASSWORD,
        )
        for name, person in zip(names, people, strict=True)
    ]
    made = [Invited(user, secrets.token_urlsafe(24), now + LASTS) for user in users]
    insert_rows(session, User, rows_of(users, work.tenant_id))
    insert_rows(
        session,
        UserRole,
        [
            {"tenant_id": work.tenant_id, "user_id": user.id, "role": role.value}
            for user, roles in zip(users, held, strict=True)
            for role in roles
        ],
    )
    insert_rows(
        session,
        Invitation,
        [
            {
                "tenant_id": work.tenant_id,
                "user_id": each.user.id,
                "token_digest": _digest(each.token),
                "created_at": now,
                "expires_at": each.expires_at,
            }
            for each in made
        ],
    )
    told: list[Entry] = []
    for user, roles in zip(users, held, strict=True):
        words = {"username": user.username, "roles": sorted(role.value for role in roles)}
        told.append(Entry(now, actor.user_id, actor.name, "user:create", "user", user.id, words))
        told.append(
            Entry(now, actor.user_id, actor.name, "invitation:create", "user", user.id, {"username": user.username})
        )
    append(session, told)
    return made


def renew(work: Work, user_id: UUID) -> Invited:
    """A new link for somebody who has not entered yet; every older link of the account is void.

    :raises ForbiddenError: for anybody but an administrator of accounts.
    :raises NotFoundError: when there is no such account.
    :raises ConflictError: when its owner has chosen a password already.
    """
    work.actor.require(MANAGERS)
    user = get_user(work, user_id)
    if user.password_hash != NO_PASSWORD:
        raise ConflictError("本人已经设置密码，不再需要链接；忘记密码请重置密码。")
    now = work.clock.now()
    work.session.execute(
        update(Invitation)
        .where(Invitation.user_id == user_id, Invitation.used_at.is_(None), Invitation.expires_at > now)
        .values(expires_at=now)
        .execution_options(synchronize_session=False)
    )
    return _issue(work, user)


def find(session: TenantSession, token: str, now: datetime) -> User | None:
    """Whose link this is, while it may still be used."""
    statement = (
        select(User)
        .join(Invitation, (Invitation.tenant_id == User.tenant_id) & (Invitation.user_id == User.id))
        .where(
            Invitation.token_digest == _digest(token),
            Invitation.used_at.is_(None),
            Invitation.expires_at > now,
            User.active.is_(True),
        )
    )
    return session.scalars(statement).first()


def accept(work: Work, token: str, *, password: str, display_name: str) -> User:
    """Use a link: the owner's name and password are stored and the link is spent. Of two at once, one gets in.

    :raises NotFoundError: for a link that is unknown, spent, expired or withdrawn; which of these is not told.
    :raises InvalidError: for a weak password or no name; the link stays good.
    """
    user = find(work.session, token, work.clock.now())
    if user is None:
        raise _useless()
    if not display_name.strip():
        raise InvalidError("请填写姓名。", fields={"display_name": "请填写姓名"})
    fresh = hash_password(check_new(password, username=user.username))
    spent = work.session.execute(
        update(Invitation)
        .where(
            Invitation.token_digest == _digest(token),
            Invitation.used_at.is_(None),
            Invitation.expires_at > work.clock.now(),
        )
        .values(used_at=work.clock.now())
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    ).first()
    if spent is None:
        raise _useless()
    user.display_name = display_name.strip()
    user.password_hash = fresh
    user.password_changed_at = work.clock.now()
    user.must_change_password = False
    user.failed_logins = 0
    end_sessions(work, user)
    record(work, "invitation:accept", subject_type="user", subject_id=user.id, data={"username": user.username})
    return user


def waiting(session: TenantSession, role: Role) -> User | None:
    """Somebody with ``role`` whose account was opened by a link and who has not entered yet."""
    return next((user for user in holders(session, (role,)) if user.password_hash == NO_PASSWORD), None)


def _issue(work: Work, user: User) -> Invited:
    token, now = secrets.token_urlsafe(24), work.clock.now()
    work.session.add(Invitation(user_id=user.id, token_digest=_digest(token), created_at=now, expires_at=now + LASTS))
    work.session.flush()
    record(work, "invitation:create", subject_type="user", subject_id=user.id, data={"username": user.username})
    return Invited(user, token, now + LASTS)


def _digest(token: str) -> bytes:
    return sha256(token[:100].encode()).digest()


def _useless() -> NotFoundError:
    return NotFoundError("链接无效、已经使用过或已过期。请向开通账号的人索取新的链接。")
