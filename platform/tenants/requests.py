"""Acts that take two people: one administrator asks, the security administrator confirms (双人操作, 三员分立).

A union's administrator opens accounts; nobody becomes a leader, the head of the office or an administrator, and no
such account gets a new password, by that one person's hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.exc import IntegrityError

from access.actor import Actor, Work
from access.models import User
from access.passwords import one_group
from access.queries import roles_of
from access.roles import ELEVATED, WATCHERS, Role, check_roles
from audit.services import record
from kernel.db import PLATFORM_TENANT
from kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from kernel.ids import uuid7
from notices.tasks import close_by_key, open_task
from tenants import accounts
from tenants.house import AccountRequest

KINDS: dict[str, str] = {
    "roles": "授予或变更角色",
    "password": "重置密码",
    "deactivate": "停用账号",
    "activate": "启用账号",
}
STATUSES: dict[str, str] = {"waiting": "待确认", "approved": "已确认", "refused": "未同意", "withdrawn": "已撤回"}
#: Who sees them; only the security administrator decides.
READERS = (Role.TENANT_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)
_HALF = "password_half"


def open_account(
    work: Work, *, username: str, display_name: str, password: str, roles: Iterable[Role], reason: str = ""
) -> tuple[User, AccountRequest | None]:
    """Open an account; what one person may hand out holds at once, the rest waits for the second person."""
    held = check_roles(roles, platform=work.tenant_id == PLATFORM_TENANT)
    later = held & ELEVATED if accounts.watched(work) else frozenset()
    user = accounts.create_user(
        work,
        username=username,
        display_name=display_name,
        password=password,
        roles=held - later,
        nothing_yet=bool(later),
    )
    return user, _ask(work, "roles", user.id, reason or "开通账号", roles=held) if later else None


def change_roles(
    work: Work, user_id: UUID, roles: Iterable[Role], *, reason: str = "", successor_id: UUID | None = None
) -> AccountRequest | None:
    """Change roles at once where one person may, else ask; returns the request that now waits."""
    held = check_roles(roles, platform=work.tenant_id == PLATFORM_TENANT)
    before = roles_of(work.session, user_id)
    if accounts.may_alone(before, held) or not accounts.watched(work) or not work.actor.holds(*accounts.MANAGERS):
        accounts.set_roles(work, user_id, held, successor_id=successor_id)
        return None
    if work.actor.user_id == user_id:
        raise ForbiddenError("不能修改自己的角色，请由另一位管理员操作。")
    return _ask(work, "roles", user_id, reason, roles=held)


def change_active(
    work: Work, user_id: UUID, *, active: bool, reason: str = "", successor_id: UUID | None = None
) -> AccountRequest | None:
    """Close or open an account at once where one person may, else ask."""
    guarded = ELEVATED if active else WATCHERS
    if not roles_of(work.session, user_id) & guarded or not accounts.watched(work):
        accounts.set_active(work, user_id, active=active, successor_id=successor_id)
        return None
    if work.actor.user_id == user_id:
        raise ForbiddenError("不能停用自己的账号，请由另一位管理员操作。")
    return _ask(work, "activate" if active else "deactivate", user_id, reason)


def needs_second_for_password(work: Work, user_id: UUID) -> bool:
    """Whether a new password for this account takes two people."""
    return bool(roles_of(work.session, user_id) & ELEVATED) and accounts.watched(work)


def ask_password(work: Work, user_id: UUID, reason: str) -> tuple[AccountRequest, str]:
    """Ask for a new password; returns the request and the asker's half of it.

    Neither half opens the account: whoever asks never sees the other one, whoever confirms never sees this one.
    """
    work.actor.require((Role.TENANT_ADMIN,))
    half = "-".join(one_group() for _ in range(_groups(work) // 2))
    sealed = work.cipher.encrypt(work.tenant_id, _HALF, half)
    return _ask(work, "password", user_id, reason, half=sealed), half


def approve(work: Work, request_id: UUID) -> tuple[AccountRequest, str | None]:
    """Confirm, which carries the act out now; returns the request and, for a password, the confirmer's half.

    :raises ForbiddenError: for anybody but the security administrator, and for a request about oneself.
    :raises ConflictError: when it is decided already.
    """
    row = _decide(work, request_id, "approved")
    half = None
    if row.kind == "roles":
        accounts.set_roles(work, row.user_id, [Role(role) for role in row.roles or ()], confirmed=True)
    elif row.kind == "password":
        half = "-".join(one_group() for _ in range(_groups(work) - _groups(work) // 2))
        first = work.cipher.decrypt(work.tenant_id, _HALF, row.half_sealed or b"")
        accounts.reset_password(work, row.user_id, f"{first}-{half}", confirmed=True)
    else:
        accounts.set_active(work, row.user_id, active=row.kind == "activate", confirmed=True)
    row.half_sealed = None
    work.session.flush()
    return row, half


def refuse(work: Work, request_id: UUID) -> AccountRequest:
    """Say no; nothing changes and the event stays."""
    row = _decide(work, request_id, "refused")
    row.half_sealed = None
    work.session.flush()
    return row


def withdraw(work: Work, request_id: UUID) -> AccountRequest:
    """The asker takes it back."""
    row = _lock(work, request_id)
    if row.asked_by != work.actor.user_id:
        raise ForbiddenError("只有申请人可以撤回。")
    _set(work, row, "withdrawn")
    row.half_sealed = None
    work.session.flush()
    return row


def page(work: Work, *, limit: int = 100) -> Sequence[AccountRequest]:
    """Waiting ones first, then the newest."""
    work.actor.require(READERS)
    return work.session.scalars(
        select(AccountRequest)
        .order_by((AccountRequest.status == "waiting").desc(), AccountRequest.asked_at.desc())
        .limit(limit)
    ).all()


def waiting_for(work: Work, user_id: UUID) -> Sequence[AccountRequest]:
    """What waits about one account."""
    return work.session.scalars(
        select(AccountRequest).where(AccountRequest.user_id == user_id, AccountRequest.status == "waiting")
    ).all()


def waiting(actor: Actor) -> ScalarSelect[int]:
    """How many requests this actor may decide, as a part of a larger statement."""
    mine = actor.user_id
    return (
        select(func.count())
        .select_from(AccountRequest)
        .where(
            AccountRequest.tenant_id == actor.tenant_id,
            AccountRequest.status == "waiting",
            AccountRequest.asked_by != mine,
            AccountRequest.user_id != mine,
        )
        .scalar_subquery()
    )


def _groups(work: Work) -> int:
    return max(4, -(-(accounts.shortest_password(work) + 1) // 5))


def _ask(
    work: Work,
    kind: str,
    user_id: UUID,
    reason: str,
    *,
    roles: frozenset[Role] | None = None,
    half: bytes | None = None,
) -> AccountRequest:
    work.actor.require((Role.TENANT_ADMIN,))
    user = accounts.get_user(work, user_id)
    if not 2 <= len(reason.strip()) <= 200:
        raise InvalidError("请写明申请理由（2至200字），供安全管理员判断。", fields={"reason": "请写明申请理由"})
    row = AccountRequest(
        id=uuid7(),
        kind=kind,
        user_id=user_id,
        roles=sorted(role.value for role in roles) if roles is not None else None,
        half_sealed=half,
        reason=reason.strip(),
        asked_by=work.actor.user_id,
        asked_at=work.clock.now(),
    )
    try:
        with work.session.begin_nested():
            work.session.add(row)
            work.session.flush()
    except IntegrityError:
        raise InvalidError("关于这个账号的同类申请已在等待确认，请先撤回那一条。") from None
    record(
        work,
        "request:ask",
        subject_type="request",
        subject_id=row.id,
        data={
            "kind": kind,
            "username": user.username,
            "before": sorted(role.value for role in roles_of(work.session, user_id)) if roles else [],
            "after": row.roles or [],
        },
    )
    open_task(
        work,
        kind="request",
        title=f"有一项双人确认申请（{KINDS[kind]}）等待确认，请核对后确认或者不同意。",
        link="/admin/requests",
        role=Role.SECURITY_ADMIN,
        key=f"request:{row.id}",
    )
    return row


def _decide(work: Work, request_id: UUID, status: str) -> AccountRequest:
    work.actor.require((Role.SECURITY_ADMIN,))
    row = _lock(work, request_id)
    if work.actor.user_id in (row.user_id, row.asked_by):
        raise ForbiddenError("不能确认自己提出的或关于自己的申请，请由另一位安全管理员确认。")
    _set(work, row, status)
    return row


def _set(work: Work, row: AccountRequest, status: str) -> None:
    if row.status != "waiting":
        raise ConflictError("这条申请已经处理过了，请刷新页面。")
    row.status, row.decided_by, row.decided_at = status, work.actor.user_id, work.clock.now()
    work.session.flush()
    user = accounts.get_user(work, row.user_id)
    record(
        work,
        f"request:{status}",
        subject_type="request",
        subject_id=row.id,
        data={"kind": row.kind, "username": user.username},
    )
    close_by_key(work, f"request:{row.id}", f"申请{STATUSES[status]}，任务自动办结。")


def _lock(work: Work, request_id: UUID) -> AccountRequest:
    row = work.session.scalars(
        select(AccountRequest)
        .where(AccountRequest.id == request_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFoundError
    return row
