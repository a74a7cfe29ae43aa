"""The end of a closed union's rows: two platform administrators sign for it, and the owner of the tables executes it.

A web process cannot do it: the application's role may not delete a log, a letter or a paper, whoever signs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from access.actor import Work
from access.roles import Role
from archives.shape import owned
from audit.models import AuditEvent
from audit.services import record
from kernel.db import TenantSession
from kernel.errors import ConflictError, ForbiddenError, IllegalTransitionError, InvalidError, NotFoundError
from tenants.life import CLOSED, checked_reason, locked
from tenants.lifetimes import Destruction
from tenants.models import Tenant

PLATFORM = (Role.PLATFORM_ADMIN,)


@dataclass(frozen=True, slots=True)
class KnownExport:
    """An export of the union that the platform's log knows, by the hash of its manifest in hexadecimal."""

    digest: str
    at: datetime
    rows: int


def exports(work: Work, tenant: Tenant) -> Sequence[KnownExport]:
    """Exports that were made after the union was closed, newest first: an earlier one lacks what came later."""
    statement = select(AuditEvent).where(AuditEvent.action == "tenant:export").order_by(AuditEvent.seq.desc())
    if tenant.status != CLOSED or tenant.status_since is None:
        return []
    found = work.session.scalars(statement.where(AuditEvent.at >= tenant.status_since))
    return [
        KnownExport(str(event.data["manifest"]), event.at, int(event.data["rows"]))
        for event in found
        if event.data.get("tenant") == tenant.id and event.data.get("manifest")
    ]


def of_union(work: Work, tenant_id: int) -> Sequence[Destruction]:
    """Records about one union, newest first."""
    work.actor.require((*PLATFORM, Role.SYSTEM))
    statement = select(Destruction).where(Destruction.union_id == tenant_id)
    return work.session.scalars(statement.order_by(Destruction.asked_at.desc())).all()


def ask_destruction(work: Work, slug: str, *, reason: str, manifest: str) -> Destruction:
    """The first signature: why, and which export remains.

    :raises ForbiddenError: for anybody but a platform administrator.
    :raises NotFoundError: when there is no such union.
    :raises IllegalTransitionError: for a union that is not closed, or destroyed already.
    :raises InvalidError: before the retention date, without a reason, without an export made since the closing.
    :raises ConflictError: when somebody has asked already.
    """
    work.actor.require(PLATFORM)
    tenant = _destructible(work, slug)
    told = checked_reason(reason)
    if manifest not in {export.digest for export in exports(work, tenant)}:
        raise InvalidError(
            "请先在关闭之后导出全部数据（lianxin tenant export），再选择保存下来的那一份。",
            fields={"manifest": "请选择关闭之后的一次导出"},
        )
    assert work.actor.user_id is not None
    asked = Destruction(
        union_id=tenant.id,
        slug=tenant.slug,
        union_name=tenant.name,
        reason=told,
        manifest_hash=bytes.fromhex(manifest),
        asked_by=work.actor.user_id,
        asked_name=work.actor.name,
        asked_at=work.clock.now(),
    )
    try:
        with work.session.begin_nested():
            work.session.add(asked)
            work.session.flush()
    except IntegrityError:
        raise ConflictError("已有一份等待签署或执行的销毁申请，请刷新页面查看。") from None
    _note(work, asked, "ask")
    return asked


def confirm_destruction(work: Work, destruction_id: UUID) -> Destruction:
    """The second signature, by another person.

    :raises ForbiddenError: for the one who asked, and for anybody but a platform administrator.
    :raises NotFoundError, IllegalTransitionError, InvalidError: as :func:`ask_destruction`, and for a record that is
        signed, withdrawn or executed.
    """
    work.actor.require(PLATFORM)
    asked = _waiting(work, destruction_id)
    if asked.asked_by == work.actor.user_id:
        raise ForbiddenError("销毁须由两位不同的平台管理员签署，请由另一位管理员确认。")
    if asked.confirmed_at is not None:
        raise IllegalTransitionError("这份销毁申请已经由两人签署，等待执行。")
    _destructible(work, asked.slug)
    asked.confirmed_by, asked.confirmed_name = work.actor.user_id, work.actor.name
    asked.confirmed_at = work.clock.now()
    work.session.flush()
    _note(work, asked, "confirm")
    return asked


def withdraw_destruction(work: Work, destruction_id: UUID) -> Destruction:
    """Take a request back while its execution has not begun; either of the two may.

    :raises ForbiddenError, NotFoundError, IllegalTransitionError: as :func:`confirm_destruction`.
    """
    work.actor.require(PLATFORM)
    asked = _waiting(work, destruction_id)
    if asked.counts is not None:
        raise IllegalTransitionError("销毁已经开始执行，不能撤回。")
    asked.withdrawn_at = work.clock.now()
    work.session.flush()
    _note(work, asked, "withdraw")
    return asked


def begin(work: Work, slug: str, counts: dict[str, int]) -> Destruction:
    """Note that the execution begins and how many rows there are; repeated, it changes nothing.

    :raises ForbiddenError: for anybody but the system.
    :raises IllegalTransitionError: when two people have not signed.
    :raises NotFoundError, InvalidError: as :func:`ask_destruction`.
    """
    work.actor.require((Role.SYSTEM,))
    tenant = _destructible(work, slug)
    statement = select(Destruction).where(
        Destruction.union_id == tenant.id, Destruction.executed_at.is_(None), Destruction.withdrawn_at.is_(None)
    )
    signed = work.session.scalars(statement.with_for_update()).first()
    if signed is None or signed.confirmed_at is None:
        raise IllegalTransitionError(
            f"“{tenant.name}”的销毁还没有由两位平台管理员签署，不能执行；请在“组织入驻”的生命周期页面办理。"
        )
    if signed.counts is None:
        signed.counts = counts
        work.session.flush()
        _note(work, signed, "begin")
    return signed


def shred(session: TenantSession) -> None:
    """Delete every row of the session's tenant, as the owner of the tables; those that point at others go first."""
    for table in reversed(owned()):
        session.connection().execute(delete(table).where(table.c.tenant_id == session.tenant_id))


def finish(work: Work, destruction_id: UUID) -> Destruction:
    """Note that the rows are gone; the entry in the tree and this record stay.

    :raises ForbiddenError: for anybody but the system.
    :raises NotFoundError: when there is no such record.
    """
    work.actor.require((Role.SYSTEM,))
    signed = _waiting(work, destruction_id)
    tenant = locked(work, signed.slug)
    signed.executed_at = tenant.destroyed_at = work.clock.now()
    work.session.flush()
    _note(work, signed, "destroy", counts=signed.counts)
    return signed


def _destructible(work: Work, slug: str) -> Tenant:
    tenant = locked(work, slug)
    if tenant.destroyed_at is not None:
        raise IllegalTransitionError(f"“{tenant.name}”的数据已经销毁。")
    if tenant.status != CLOSED or tenant.retention_until is None:
        raise IllegalTransitionError(f"“{tenant.name}”还没有关闭，不能销毁数据。")
    if work.clock.today() < tenant.retention_until:
        raise InvalidError(f"“{tenant.name}”的保管期限到 {tenant.retention_until.isoformat()} 届满，届满前不能销毁。")
    return tenant


def _waiting(work: Work, destruction_id: UUID) -> Destruction:
    statement = select(Destruction).where(Destruction.id == destruction_id).with_for_update()
    asked = work.session.scalars(statement.execution_options(populate_existing=True)).first()
    if asked is None:
        raise NotFoundError
    if asked.withdrawn_at is not None or asked.executed_at is not None:
        raise IllegalTransitionError("这份销毁申请已经撤回或者执行完毕。")
    return asked


def _note(work: Work, asked: Destruction, step: str, **more: object) -> None:
    record(
        work,
        f"destruction:{step}",
        subject_type="tenant",
        subject_id=asked.id,
        data={
            "tenant": asked.union_id,
            "slug": asked.slug,
            "reason": asked.reason,
            "manifest": asked.manifest_hash.hex(),
            "asked_by": asked.asked_name,
            "confirmed_by": asked.confirmed_name,
            **more,
        },
    )
