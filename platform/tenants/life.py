"""Suspend a union, take it up again, close it. Run by the platform only; the union's deadlines never stop.

Whoever is concerned (the union, its superior, its second superior under 双重领导) is told by a message that is
written with the change (``tenants.jobs``): nothing here opens a second tenant's session.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import insert, select

from access.actor import Work
from access.roles import Role
from audit.services import record
from kernel.db import PLATFORM_TENANT
from kernel.errors import IllegalTransitionError, InvalidError, NotFoundError
from kernel.ids import uuid7
from kernel.outbox import OutboxMessage
from tenants.models import NOT_MOVED_IN, Tenant

#: The topic that the platform's policy on the outbox names (migrations/versions/0006).
TOPIC = "tenant.life"
ACTIVE, SUSPENDED, CLOSED = "active", "suspended", "closed"
STATUS_WORDS = {ACTIVE: "使用中", SUSPENDED: "已停用", CLOSED: "已关闭"}
MIN_REASON, MAX_REASON = 4, 500
#: 保管期限 is set by the union with its archive authority (档案法实施条例); these are the bounds of a typing mistake.
RETENTION_YEARS = range(1, 101)


def suspend(work: Work, slug: str, reason: str) -> Tenant:
    """Stop a union's work on the platform: its people are out from the next request on, its deadlines run on.

    :raises ForbiddenError: for anybody but the platform's administrator or the system.
    :raises NotFoundError: when there is no such union.
    :raises InvalidError: without a reason.
    :raises IllegalTransitionError: when it is suspended or closed already.
    """
    tenant = locked(work, slug)
    if tenant.status != ACTIVE:
        raise IllegalTransitionError(f"“{tenant.name}”{STATUS_WORDS[tenant.status]}，不能再停用。")
    return _change(work, tenant, "suspend", SUSPENDED, checked_reason(reason))


def resume(work: Work, slug: str, reason: str) -> Tenant:
    """Let a suspended union work again; its people log in anew.

    :raises ForbiddenError, NotFoundError, InvalidError: as :func:`suspend`.
    :raises IllegalTransitionError: when it is not suspended.
    """
    tenant = locked(work, slug)
    if tenant.status != SUSPENDED:
        raise IllegalTransitionError(f"“{tenant.name}”{STATUS_WORDS[tenant.status]}，只有已停用的组织可以恢复。")
    return _change(work, tenant, "resume", ACTIVE, checked_reason(reason))


def close(
    work: Work,
    slug: str,
    *,
    reason: str,
    retention_years: int,
    unfinished: Sequence[str],
    successor_id: int | None = None,
) -> Tenant:
    """End a suspended union's work for good and keep its rows until the retention date; nobody logs in any more.

    ``unfinished`` says in sentences what is still open there, read in the union's own session by the caller; closing
    a union that is suspended leaves nobody who could open something meanwhile.

    :raises ForbiddenError, NotFoundError: as :func:`suspend`.
    :raises InvalidError: without a reason, for a retention out of bounds, and while something is open.
    :raises IllegalTransitionError: when the union is not suspended, or closed already.
    """
    tenant = locked(work, slug)
    if tenant.status != SUSPENDED:
        words = "请先停用，使用户退出后再关闭。" if tenant.status == ACTIVE else "不能再次关闭。"
        raise IllegalTransitionError(f"“{tenant.name}”{STATUS_WORDS[tenant.status]}，{words}")
    told = checked_reason(reason)
    if retention_years not in RETENTION_YEARS:
        raise InvalidError(
            f"保管期限应为 {RETENTION_YEARS.start} 至 {RETENTION_YEARS.stop - 1} 年。",
            fields={"retention_years": "请填写保管年限"},
        )
    if unfinished:
        raise InvalidError("".join(unfinished) + "请先恢复使用并办结，或办理移交承继后再关闭。", code="unfinished")
    tenant.retention_until = _after_years(work.clock.today(), retention_years)
    if successor_id is not None:
        tenant.successor_id = successor_id
    return _change(work, tenant, "close", CLOSED, told)


def _after_years(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def locked(work: Work, slug: str) -> Tenant:
    """The union's entry, locked until commit, so that two administrators change it one after the other.

    :raises ForbiddenError: for anybody but the platform's administrator or the system.
    :raises NotFoundError: when there is no such union, or when it only stands for one that works elsewhere.
    """
    work.actor.require((Role.PLATFORM_ADMIN, Role.SYSTEM))
    statement = select(Tenant).where(Tenant.slug == slug, Tenant.id != PLATFORM_TENANT).with_for_update()
    tenant = work.session.scalars(statement.execution_options(populate_existing=True)).first()
    if tenant is None or tenant.status_reason == NOT_MOVED_IN:
        raise NotFoundError("没有这个组织。")
    return tenant


def checked_reason(reason: str) -> str:
    """The reason without blanks around it.

    :raises InvalidError: when it says nothing or too much.
    """
    told = reason.strip()
    if not MIN_REASON <= len(told) <= MAX_REASON:
        raise InvalidError(
            f"请写明原因和依据（{MIN_REASON} 至 {MAX_REASON} 个字）。", fields={"reason": "请写明原因和依据"}
        )
    return told


def _change(work: Work, tenant: Tenant, event: str, status: str, reason: str) -> Tenant:
    before = tenant.status
    tenant.status, tenant.status_reason, tenant.status_since = status, reason, work.clock.now()
    work.session.flush()
    record(
        work,
        f"tenant:{event}",
        subject_type="tenant",
        data={
            "tenant": tenant.id,
            "slug": tenant.slug,
            "name": tenant.name,
            "reason": reason,
            "from": before,
            "to": status,
            "retention_until": tenant.retention_until.isoformat() if tenant.retention_until else None,
        },
    )
    tell(work, tenant, event)
    return tenant


def tell(work: Work, tenant: Tenant, event: str) -> None:
    """Write a message to the union itself and to those directly above it, on the first line and on the second."""
    above = {number for number in (tenant.parent_id, tenant.second_parent_id) if number is not None}
    concerned = sorted({tenant.id, *above})
    rows = [
        {
            "tenant_id": number,
            "id": uuid7(),
            "topic": TOPIC,
            "payload": {"union": tenant.id, "event": event},
            "attempts": 0,
        }
        for number in concerned
        if number != PLATFORM_TENANT
    ]
    with work.session.addressing(concerned):
        # No RETURNING: it asks for the right to read the row, which the platform has not.
        work.session.connection().execute(insert(OutboxMessage.__table__).inline(), rows)  # type: ignore[arg-type]
