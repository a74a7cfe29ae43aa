"""Place a union elsewhere in the tree (隶属关系调整). Run by the platform only.

The tree's truth changes at once; figures of days before the move stay with the old line, and the fold takes those of
the day and later to the new one (``measures.moves``). Letters in flight keep both of their copies: each side holds
what it was told and may go on, whatever stands above it now.
"""

from __future__ import annotations

from sqlalchemy import func, select

from access.actor import Work
from access.roles import Role
from audit.services import record
from kernel.db import PLATFORM_TENANT
from kernel.errors import ConflictError, InvalidError, NotFoundError
from tenants import queries, tree
from tenants.models import Tenant, TenantClosure, TenantParent, TreeMove

MOVERS = (Role.PLATFORM_ADMIN, Role.SYSTEM)


def move(work: Work, slug: str, *, new_parent_slug: str | None, reason: str) -> Tenant:
    """Hang a union with everybody below it under another parent, from today on; ``None`` makes it a root.

    Costs a few rows for every union of its subtree and every ancestor that changes.

    :raises ForbiddenError: for anybody but the platform's administrator or the system.
    :raises NotFoundError: when there is no such union.
    :raises InvalidError: for the platform, oneself, one's own descendant, a parent that is not working, the parent
        that it has already, or an empty reason.
    :raises ConflictError: when the clock stands before an earlier move.
    """
    work.actor.require(MOVERS)
    session = work.session
    tree.lock(session)
    session.flush()
    session.expire_all()  # what was read before the lock may be somebody else's past
    moved = queries.by_slug(session, slug)
    if moved is None or moved.id == PLATFORM_TENANT:
        raise NotFoundError(f"没有标识为“{slug}”的组织。")
    if not reason.strip():
        raise InvalidError("请填写调整隶属关系的依据。", fields={"reason": "请填写调整隶属关系的依据"})
    if moved.status == "closed":
        raise InvalidError(f"“{moved.name}”已关闭，不能再调整隶属关系。", fields={"slug": "已关闭"})
    parent = _new_parent(work, moved, new_parent_slug)
    today = work.clock.today()
    _not_before_the_last(work, moved, today)
    before = {"parent": _slug(work, moved.parent_id), "level": moved.level}
    from_id, to_id = moved.parent_id, parent.id if parent else None
    second_dropped = parent is not None and moved.second_parent_id == parent.id
    if second_dropped:
        moved.second_parent_id = None  # what is the first line now is no second one
    moved.parent_id = to_id
    session.flush()
    tree.replace(session, moved.id, to_id, today)
    session.expire_all()  # levels were changed by SQL
    session.add(
        TreeMove(
            moved_id=moved.id,
            from_id=from_id,
            to_id=to_id,
            moved_on=today,
            reason=reason.strip(),
            created_at=work.clock.now(),
        )
    )
    session.flush()
    record(
        work,
        "tenant:move",
        subject_type="tenant",
        data={
            "tenant": moved.id,
            "slug": slug,
            "before": before,
            "after": {"parent": parent.slug if parent else None, "level": moved.level},
            "second_line_dropped": second_dropped,
            "reason": reason.strip(),
        },
    )
    return moved


def _new_parent(work: Work, moved: Tenant, slug: str | None) -> Tenant | None:
    session = work.session
    parent = queries.by_slug(session, slug) if slug else None
    if slug and (parent is None or parent.id == PLATFORM_TENANT):
        raise _refused(f"上级组织“{slug}”不存在。")
    if (parent.id if parent else None) == moved.parent_id:
        raise _refused(f"“{parent.name}”已经是其直接上级。" if parent else f"“{moved.name}”本来就没有上级。")
    if parent is None:
        return None
    if parent.id == moved.id:
        raise _refused("一个组织不能成为自己的上级。")
    if parent.status != "active":
        state = "已停用" if parent.status == "suspended" else "已关闭"
        raise _refused(f"上级组织“{parent.name}”{state}，不能接收下级。")
    line = select(TenantClosure.ancestor_id).where(TenantClosure.descendant_id == parent.id)
    if moved.id in set(session.scalars(line)):
        raise _refused(f"“{parent.name}”是“{moved.name}”的下级，不能成为它的上级。")
    below = select(TenantClosure.descendant_id).where(TenantClosure.ancestor_id == moved.id)
    crossed = session.scalars(
        select(Tenant).where(Tenant.id.in_(line), Tenant.second_parent_id.in_(below)).limit(1)
    ).first()
    if crossed is not None:
        raise _refused(f"“{crossed.name}”的第二上级在“{moved.name}”之内，调整后会形成循环，请先取消该第二上级。")
    return parent


def _not_before_the_last(work: Work, moved: Tenant, today: object) -> None:
    """A stretch of days that ends before it begins cannot be written; only a clock set back asks for one."""
    subtree = select(TenantClosure.descendant_id).where(TenantClosure.ancestor_id == moved.id)
    last = work.session.scalar(
        select(func.max(TenantParent.since)).where(
            TenantParent.child_id.in_(subtree), func.isfinite(TenantParent.since), TenantParent.since > today
        )
    )
    ended = work.session.scalar(
        select(func.max(TenantParent.until)).where(
            TenantParent.child_id == moved.id, func.isfinite(TenantParent.until), TenantParent.until > today
        )
    )
    if last is not None or ended is not None:
        raise ConflictError("系统日期早于上一次隶属关系调整的日期，请核对服务器时间后重试。")


def _slug(work: Work, tenant_id: int | None) -> str | None:
    return queries.get(work.session, tenant_id).slug if tenant_id is not None else None


def _refused(sentence: str) -> InvalidError:
    return InvalidError(sentence, fields={"parent": sentence})
