"""Accounts of a union: created, given roles, closed. Every change ends the account's sessions and leaves an event."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from uuid import UUID

from sqlalchemy import delete, select, update

from access.actor import Work
from access.models import User, UserRole
from access.passwords import check_new, hash_password, verify
from access.queries import roles_of
from access.roles import Role, check_roles
from audit.services import record
from kernel.db import PLATFORM_TENANT
from kernel.errors import ForbiddenError, InvalidError, NotFoundError
from kernel.ids import uuid7

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
MANAGERS = (Role.TENANT_ADMIN, Role.PLATFORM_ADMIN, Role.SYSTEM)


def check_name(username: str) -> str:
    """A login name in its stored form.

    :raises InvalidError: when it is malformed.
    """
    name = username.strip().lower()
    if not _USERNAME.fullmatch(name):
        raise InvalidError(
            "用户名只能用小写字母、数字、点、横线和下划线，2至32位。", fields={"username": "用户名格式不正确"}
        )
    return name


def create_user(
    work: Work,
    *,
    username: str,
    display_name: str,
    password: str,
    roles: Iterable[Role],
    must_change_password: bool = True,
    hasher: Callable[[str], str] = hash_password,
) -> User:
    """Open an account in the actor's tenant. ``hasher`` is slow on purpose; seeding many accounts shares one result.

    :raises ForbiddenError: for anybody but an administrator of accounts.
    :raises InvalidError: for a malformed or taken name, a weak password, or roles that one account may not hold.
    """
    work.actor.require(MANAGERS)
    name = check_name(username)
    if not display_name.strip():
        raise InvalidError("请填写姓名。", fields={"display_name": "请填写姓名"})
    held = check_roles(roles, platform=work.tenant_id == PLATFORM_TENANT)
    if work.session.scalars(select(User.id).where(User.username == name)).first() is not None:
        raise InvalidError(f"用户名“{name}”已被使用。", fields={"username": "已被使用"})
    user = User(
        id=uuid7(),
        username=name,
        display_name=display_name.strip(),
        password_hash=hasher(check_new(password, username=name)),
        must_change_password=must_change_password,
    )
    work.session.add(user)
    work.session.flush()  # roles point at the account
    work.session.add_all(UserRole(user_id=user.id, role=role.value) for role in held)
    work.session.flush()
    record(
        work,
        "user:create",
        subject_type="user",
        subject_id=user.id,
        data={"username": name, "roles": sorted(role.value for role in held)},
    )
    return user


def get_user(work: Work, user_id: UUID) -> User:
    """An account of the actor's tenant.

    :raises NotFoundError: when there is none.
    """
    user = work.session.get(User, (work.tenant_id, user_id))
    if user is None:
        raise NotFoundError
    return user


def set_roles(work: Work, user_id: UUID, roles: Iterable[Role]) -> None:
    """Replace an account's roles and end its sessions.

    :raises ForbiddenError: for anybody but an administrator of accounts, or for one's own account.
    """
    work.actor.require(MANAGERS)
    _not_oneself(work, user_id)
    user = get_user(work, user_id)
    held = check_roles(roles, platform=work.tenant_id == PLATFORM_TENANT)
    before = roles_of(work.session, user_id)
    work.session.execute(delete(UserRole).where(UserRole.tenant_id == work.tenant_id, UserRole.user_id == user_id))
    work.session.add_all(UserRole(user_id=user_id, role=role.value) for role in held)
    end_sessions(work, user)
    record(
        work,
        "user:roles",
        subject_type="user",
        subject_id=user_id,
        data={"before": sorted(r.value for r in before), "after": sorted(r.value for r in held)},
    )


def set_active(work: Work, user_id: UUID, *, active: bool) -> None:
    """Deactivate or reactivate an account; deactivation ends its sessions.

    :raises ForbiddenError: for anybody but an administrator of accounts, or for one's own account.
    """
    work.actor.require(MANAGERS)
    _not_oneself(work, user_id)
    user = get_user(work, user_id)
    user.active = active
    end_sessions(work, user)
    record(
        work,
        "user:activate" if active else "user:deactivate",
        subject_type="user",
        subject_id=user_id,
        data={"username": user.username},
    )


def reset_password(work: Work, user_id: UUID, password: str) -> None:
    """Give an account a new password that its owner must change at the next login."""
    work.actor.require(MANAGERS)
    user = get_user(work, user_id)
    _store_password(work, user, password, must_change=True)
    record(work, "user:reset_password", subject_type="user", subject_id=user_id, data={"username": user.username})


def change_own_password(work: Work, old: str, new: str) -> None:
    """Change the actor's own password; every session of the account ends, the present one too.

    :raises InvalidError: when the old password is wrong or the new one is weak or the same.
    """
    if work.actor.user_id is None:
        raise ForbiddenError
    user = get_user(work, work.actor.user_id)
    if not verify(user.password_hash, old):
        raise InvalidError("原密码不正确。", fields={"old": "原密码不正确"})
    if old == new:
        raise InvalidError("新密码不能与原密码相同。", fields={"password": "不能与原密码相同"})
    _store_password(work, user, new, must_change=False)
    record(work, "user:change_password", subject_type="user", subject_id=user.id)


def _store_password(work: Work, user: User, password: str, *, must_change: bool) -> None:
    user.password_hash = hash_password(check_new(password, username=user.username))
    user.password_changed_at = work.clock.now()
    user.must_change_password = must_change
    end_sessions(work, user)


def end_sessions(work: Work, user: User) -> None:
    """Raise the epoch: every session that was opened under a smaller one is refused from the next request on."""
    work.session.execute(
        update(User).where(User.tenant_id == work.tenant_id, User.id == user.id).values(epoch=User.epoch + 1)
    )
    work.session.flush()


def _not_oneself(work: Work, user_id: UUID) -> None:
    if work.actor.user_id == user_id:
        raise ForbiddenError("不能修改自己的角色或停用自己的账号，请由另一位管理员操作。")
