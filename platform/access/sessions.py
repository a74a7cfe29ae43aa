"""Login sessions: opened at login, asked at every request, ended before their cookie or token is (ASVS 7.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import func, select, update

from access import limits
from access.absence import absent_colleagues
from access.actor import Actor
from access.models import LoginSession, TenantSetting, User, UserRole
from access.roles import Role
from kernel.db import TenantSession
from kernel.ids import uuid7

#: Without a request for this long a session is over (GB/T 22239-2019 8.1.4.1 asks for a time-out); a union may set
#: its own.
IDLE = limits.DEFAULTS.idle
#: However busy, a session is over after this long: one working day and a bit; a union may set its own.
ABSOLUTE = limits.DEFAULTS.absolute
#: The longest that any union may allow: what a cookie or token may be good for at most.
LONGEST = timedelta(hours=limits.NUMBERS["absolute_hours"][2])
#: ``last_seen_at`` is written at most this often, so that reading a page is not a write.
SEEN_STEP = timedelta(minutes=1)

Kind = Literal["browser", "api"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a session that is still good says about its person."""

    actor: Actor
    username: str
    session_id: UUID
    kind: str
    must_change_password: bool
    #: The union's stored settings and their version, read on the way: the page behind need not ask again.
    settings: Mapping[str, Any]
    settings_version: int


def account(session: TenantSession, username: str) -> User | None:
    """The account with this login name in the session's tenant, whether active or not."""
    return session.scalars(select(User).where(User.username == username)).first()


def spend(session: TenantSession, user: User, most: int) -> int | None:
    """Count one guess at the account's password before it is checked; ``None`` when ``most`` were made already.

    Returns how many were made since the last right one. One statement, so that parallel guesses each see the other's.
    Only a right password and a new password set it back (``open_session``, ``tenants.accounts``).
    """
    return session.scalar(
        update(User)
        .where(User.id == user.id, User.failed_logins < most)
        .values(failed_logins=User.failed_logins + 1)
        .returning(User.failed_logins)
        .execution_options(synchronize_session=False)
    )


def open_session(session: TenantSession, user: User, *, kind: Kind, now: datetime) -> LoginSession:
    """A new session of an account, with an identifier that nobody held before (ASVS 7.2.4)."""
    opened = LoginSession(
        id=uuid7(), user_id=user.id, kind=kind, epoch=user.epoch, created_at=now, last_seen_at=now, ended_at=None
    )
    user.last_login_at = now
    user.failed_logins = 0
    session.add(opened)
    session.flush()
    return opened


def stand(session: TenantSession, user_id: UUID, session_id: UUID, now: datetime) -> Standing | None:
    """The person of a session, or ``None`` when the session is over for any reason.

    One statement reads account, session, roles, the union's settings and for whom the person stands in; a second
    one runs once a minute to note that it is alive.
    """
    held = select(func.array_agg(UserRole.role)).where(UserRole.user_id == User.id).scalar_subquery()
    found = session.execute(
        select(User, LoginSession, held, absent_colleagues(now), TenantSetting.values, TenantSetting.version)
        .join(LoginSession, LoginSession.user_id == User.id)
        .outerjoin(TenantSetting, TenantSetting.tenant_id == User.tenant_id)
        .where(User.id == user_id, LoginSession.id == session_id)
    ).first()
    if found is None:
        return None
    user, row, roles, absent, values, version = found
    limit = limits.read(values)
    over = (
        row.ended_at is not None
        or row.epoch != user.epoch
        or not user.active
        or now - row.last_seen_at >= limit.idle
        or now - row.created_at >= limit.absolute
    )
    if over:
        return None
    if now - row.last_seen_at >= SEEN_STEP:
        session.execute(
            update(LoginSession)
            .where(LoginSession.id == session_id, LoginSession.last_seen_at < now, LoginSession.ended_at.is_(None))
            .values(last_seen_at=now)
            .execution_options(synchronize_session=False)
        )
    return Standing(
        actor=Actor(
            session.tenant_id,
            user.id,
            user.display_name,
            frozenset(Role(role) for role in roles or ()),
            frozenset(absent or ()),
        ),
        username=user.username,
        session_id=session_id,
        kind=row.kind,
        must_change_password=user.must_change_password or too_old(user, limit, now),
        settings=values or {},
        settings_version=version or 0,
    )


def limits_of(session: TenantSession) -> limits.Limits:
    """The limits of the session's tenant, for the moments before anybody stands: one statement by primary key."""
    values = session.scalars(select(TenantSetting.values).where(TenantSetting.tenant_id == session.tenant_id)).first()
    return limits.read(values)


def too_old(user: User, limit: limits.Limits, now: datetime) -> bool:
    """Whether the password's age asks for a new one."""
    return limit.password_age is not None and now - user.password_changed_at >= limit.password_age


def end_session(session: TenantSession, session_id: UUID, now: datetime) -> None:
    """End one session; every copy of its cookie or token is refused from now on."""
    session.execute(
        update(LoginSession)
        .where(LoginSession.id == session_id, LoginSession.ended_at.is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )
