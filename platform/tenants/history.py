"""Read where a union stood over time, and what went along when it moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from tenants.models import Tenant, TenantClosure, TenantParent, TreeMove


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of days under one parent; ``since`` inclusive, ``until`` exclusive, ``None`` open."""

    parent: Tenant
    since: date | None
    until: date | None


def parents_over_time(session: Session, tenant_id: int) -> Sequence[Stretch]:
    """Who stood directly above, oldest first; one stretch for a union that never moved."""
    rows = session.execute(
        select(Tenant, TenantParent)
        .join(TenantParent, TenantParent.parent_id == Tenant.id)
        .where(TenantParent.child_id == tenant_id)
        .order_by(TenantParent.since)
    ).all()
    return [Stretch(tenant, row.since, row.until) for tenant, row in rows]


def moves_of(session: Session, tenant_id: int) -> Sequence[TreeMove]:
    """Moves of a union, newest first."""
    return session.scalars(
        select(TreeMove).where(TreeMove.moved_id == tenant_id).order_by(TreeMove.created_at.desc())
    ).all()


def involved(session: Session, tenant_id: int) -> Sequence[Tenant]:
    """The unions that a union's moves name."""
    ends = select(TreeMove.from_id).where(TreeMove.moved_id == tenant_id)
    others = select(TreeMove.to_id).where(TreeMove.moved_id == tenant_id)
    return session.scalars(select(Tenant).where(or_(Tenant.id.in_(ends), Tenant.id.in_(others)))).all()


def subtree_size(session: Session, tenant_id: int) -> int:
    """How many unions stand below, this one included."""
    below = select(func.count()).where(TenantClosure.ancestor_id == tenant_id)
    return session.scalars(below).one()
