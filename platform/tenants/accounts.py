"""Accounts of a union: created, given roles, closed. Every change ends the account's sessions and leaves an event."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from uuid import UUID

from sqlalchemy import delete, select, update

from access.actor import Work
from access.models import User, UserRole
from access.passwords import check_new, hash_password, verify
from access.queries import holders, roles_of
from access.roles import ELEVATED, WATCHERS, Role, check_roles
from audit.services import record
from kernel.db import PLATFORM_TENANT
from kernel.errors import ForbiddenError, InvalidError, NotFoundError
from kernel.ids import uuid7
from notices.tasks import close_by_key, open_task
from tenants import settings
from tenants.delegations import duties_of
from tenants.leaving import UserLeaving

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
MANAGERS = (Role.TENANT_ADMIN, Role.PLATFORM_ADMIN, Role.SYSTEM)
#: Roles by which an account may hold a case.
HANDLING = frozenset({Role.HANDLER, Role.OFFICE_HEAD})
#: The security administrator takes away and closes, and hands out nothing alone (三员分立).
REVOKERS = (*MANAGERS, Role.SECURITY_ADMIN)


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
    password: str | None,
    roles: Iterable[Role],
    must_change_password: bool = True,
    nothing_yet: bool = False,
    hasher: Callable[[str], str] = hash_password,
) -> User:
    """Open an account in the actor's tenant. ``hasher`` is slow on purpose; seeding many accounts shares one result.

    Without a password nobody can log in until the owner has chosen one by a link (``tenants.invitations``).
    ``nothing_yet`` lets an account begin without a role, when all of its roles wait for a second person.

    :raises ForbiddenError: for anybody but an administrator of accounts, and for roles that a second person has to
        confirm (``tenants.requests``).
    :raises InvalidError: for a malformed or taken name, a weak password, or roles that one account may not hold.
    """
    work.actor.require(MANAGERS)
    name = check_name(username)
    if not display_name.strip():
        raise InvalidError("请填写姓名。", fields={"display_name": "请填写姓名"})
    wanted = frozenset(roles)
    held = wanted if nothing_yet and not wanted else check_roles(wanted, platform=work.tenant_id == PLATFORM_TENANT)
    _alone(work, may_alone(frozenset(), held))
    if work.session.scalars(select(User.id).where(User.username == name)).first() is not None:
        raise InvalidError(f"用户名“{name}”已被使用。", fields={"username": "已被使用"})
    user = User(
        id=uuid7(),
        username=name,
        display_name=display_name.strip(),
        password_hash=(
            "" if password is None else hasher(check_new(password, username=name, shortest=shortest_password(work)))
        ),
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


def set_roles(
    work: Work, user_id: UUID, roles: Iterable[Role], *, successor_id: UUID | None = None, confirmed: bool = False
) -> None:
    """Replace an account's roles and end its sessions.

    Whoever loses the roles by which cases are handled hands the open ones over in the same act. ``confirmed`` is set
    by ``tenants.requests`` when a second person has agreed.

    :raises ForbiddenError: for anybody but an administrator of accounts, for one's own account, for the security
        administrator who would add a role, and for a change that a second person has to confirm.
    """
    work.actor.require(REVOKERS)
    _not_oneself(work, user_id)
    user = lock_user(work, user_id)
    held = check_roles(roles, platform=work.tenant_id == PLATFORM_TENANT)
    before = roles_of(work.session, user_id)
    if not confirmed:
        if not work.actor.holds(*MANAGERS) and held - before:
            raise ForbiddenError("安全管理员只能收回角色；新增角色由租户管理员申请，您来确认（三员分立）。")
        _alone(work, may_alone(before, held))
    if user.active and before & HANDLING and not held & HANDLING:
        work.bus.publish(work, UserLeaving(user_id, successor_id, why="roles"))
    work.session.execute(delete(UserRole).where(UserRole.tenant_id == work.tenant_id, UserRole.user_id == user_id))
    work.session.add_all(UserRole(user_id=user_id, role=role.value) for role in held)
    end_sessions(work, user)
    record(
        work,
        "user:roles",
        subject_type="user",
        subject_id=user_id,
        data={
            "username": user.username,
            "before": sorted(r.value for r in before),
            "after": sorted(r.value for r in held),
        },
    )


def set_active(
    work: Work, user_id: UUID, *, active: bool, successor_id: UUID | None = None, confirmed: bool = False
) -> None:
    """Deactivate or reactivate an account; deactivation ends its sessions.

    Open cases go to ``successor_id`` in the same act; without one they keep the account open, as does standing in
    for a colleague who is away.

    :raises ForbiddenError: for anybody but an administrator of accounts, for one's own account, and for an account
        that a second person has to agree about.
    :raises InvalidError: when open cases remain and nobody is named for them.
    """
    work.actor.require(MANAGERS if active and not confirmed else REVOKERS)
    _not_oneself(work, user_id)
    user = lock_user(work, user_id)
    if user.active == active:
        return
    held = roles_of(work.session, user_id)
    if not confirmed:
        _alone(work, not held & (ELEVATED if active else WATCHERS))
    if not active:
        if waiting := duties_of(work, user_id):
            raise InvalidError(f"该人员正代{waiting}位外出同事办理，请先结束代办或改由他人代办。")
        work.bus.publish(work, UserLeaving(user_id, successor_id, why="deactivate"))
    user.active = active
    end_sessions(work, user)
    record(
        work,
        "user:activate" if active else "user:deactivate",
        subject_type="user",
        subject_id=user_id,
        data={"username": user.username},
    )


def reset_password(work: Work, user_id: UUID, password: str, *, confirmed: bool = False) -> None:
    """Give an account a new password that its owner must change at the next login.

    :raises ForbiddenError: for anybody but an administrator of accounts, and for an account whose role reaches
        further than the administrator's own: whoever resets a leader's password could log in as the leader.
    """
    if not confirmed:
        work.actor.require(MANAGERS)
    user = get_user(work, user_id)
    if not confirmed:
        _alone(work, not roles_of(work.session, user_id) & ELEVATED)
    _store_password(work, user, password, must_change=True)
    record(work, "user:reset_password", subject_type="user", subject_id=user_id, data={"username": user.username})


def may_alone(before: frozenset[Role], after: frozenset[Role]) -> bool:
    """Whether one administrator may change these roles alone: no elevated one is added, no watcher removed."""
    return not (after - before) & ELEVATED and not (before - after) & WATCHERS


def watched(work: Work) -> bool:
    """Whether a second person is there to ask: an active security administrator who is not the actor.

    A union that has just begun has none; its first administrator opens that account alone, and the event says so.
    The platform's own accounts are all of one kind, and the system acts on an operator's word.
    """
    if work.tenant_id == PLATFORM_TENANT or not work.actor.holds(Role.TENANT_ADMIN, Role.SECURITY_ADMIN):
        return False
    watchers = holders(work.session, (Role.SECURITY_ADMIN,))
    return any(user.id != work.actor.user_id for user in watchers)


def lock_user(work: Work, user_id: UUID) -> User:
    """An account, locked until the end of the transaction: an assignment that is under way waits or is seen.

    :raises NotFoundError: when there is none.
    """
    user = work.session.scalars(
        select(User).where(User.id == user_id).with_for_update().execution_options(populate_existing=True)
    ).first()
    if user is None:
        raise NotFoundError
    return user


def _alone(work: Work, allowed: bool) -> None:
    if not allowed and watched(work):
        raise ForbiddenError("此操作须由安全管理员确认后生效，请提交申请（双人操作）。")


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
    shortest = shortest_password(work)
    user.password_hash = hash_password(check_new(password, username=user.username, shortest=shortest))
    user.password_changed_at = work.clock.now()
    user.must_change_password = must_change
    user.failed_logins = 0
    end_sessions(work, user)
    reset_is_done(work, user)


def ask_for_reset(work: Work, user: User) -> None:
    """Leave a task, because the account takes no password from strangers any more until it has a new one."""
    open_task(
        work,
        kind="login_stopped",
        title="有账号连续输错密码，已停止在新设备上登录；请向本人核实后重置密码，若非本人所为请查看审计日志。",
        link=f"/admin/users/{user.id}",
        role=Role.PLATFORM_ADMIN if work.tenant_id == PLATFORM_TENANT else Role.TENANT_ADMIN,
        key=_stopped(user),
    )


def reset_is_done(work: Work, user: User) -> None:
    """The account has a new password, or its owner came in from a device of their own: nobody has to do anything."""
    close_by_key(work, _stopped(user), "本人已登录或密码已更换。")


def _stopped(user: User) -> str:
    return f"login_stopped:{user.id}"


def shortest_password(work: Work) -> int:
    """How long a password of the union has to be."""
    return settings.of(work.session).password_min_length


def end_sessions(work: Work, user: User) -> None:
    """Raise the epoch: every session that was opened under a smaller one is refused from the next request on."""
    work.session.execute(
        update(User).where(User.tenant_id == work.tenant_id, User.id == user.id).values(epoch=User.epoch + 1)
    )
    work.session.flush()


def _not_oneself(work: Work, user_id: UUID) -> None:
    if work.actor.user_id == user_id:
        raise ForbiddenError("不能修改自己的角色或停用自己的账号，请由另一位管理员操作。")
