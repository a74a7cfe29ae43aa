"""Read the union tree and the classification."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kernel.errors import NotFoundError
from tenants.models import Category, Tenant, TenantClosure


def by_slug(session: Session, slug: str) -> Tenant | None:
    """The tenant with this slug, whatever its status."""
    return session.scalars(select(Tenant).where(Tenant.slug == slug)).first()


def get(session: Session, tenant_id: int) -> Tenant:
    """The tenant with this number.

    :raises NotFoundError: when there is none.
    """
    tenant = session.get(Tenant, tenant_id)
    if tenant is None:
        raise NotFoundError("没有这个组织。")
    return tenant


def parent(session: Session, tenant_id: int) -> Tenant | None:
    """The union directly above, or ``None`` at the root."""
    own = get(session, tenant_id)
    return session.get(Tenant, own.parent_id) if own.parent_id is not None else None


def children(session: Session, tenant_id: int) -> Sequence[Tenant]:
    """The unions directly below, by number."""
    return session.scalars(select(Tenant).where(Tenant.parent_id == tenant_id).order_by(Tenant.id)).all()


def ancestor_ids(session: Session, tenant_id: int) -> list[int]:
    """The line upward from the tenant itself (first) to the root (last)."""
    statement = (
        select(TenantClosure.ancestor_id)
        .where(TenantClosure.descendant_id == tenant_id)
        .order_by(TenantClosure.depth)
    )
    return list(session.scalars(statement))


def active_tenant_ids(session: Session) -> list[int]:
    """Numbers of every union that is not closed, the platform left out; for jobs that visit each in turn."""
    return list(
        session.scalars(select(Tenant.id).where(Tenant.id > 0, Tenant.status != "closed").order_by(Tenant.id))
    )


def categories(session: Session) -> Sequence[Category]:
    """The classification in display order, parents before children."""
    return session.scalars(select(Category).order_by(Category.position)).all()


def page(session: Session, *, search: str = "", after: int = 0, limit: int = 100) -> Sequence[Tenant]:
    """Unions by number after ``after``, the platform left out; ``search`` is a part of a name or of a slug."""
    statement = select(Tenant).where(Tenant.id > after).order_by(Tenant.id).limit(limit)
    if search:
        found = or_(
            Tenant.name.contains(search, autoescape=True), Tenant.slug.contains(search.lower(), autoescape=True)
        )
        statement = statement.where(found)
    return session.scalars(statement).all()
