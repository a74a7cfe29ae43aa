"""Read the union tree and the classification."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kernel.db import PLATFORM_TENANT
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


def has_children(session: Session, tenant_id: int) -> bool:
    """Whether any union lies directly below, without reading them."""
    found = select(Tenant.id).where(Tenant.parent_id == tenant_id, Tenant.status != "closed").limit(1)
    return session.scalar(found) is not None


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


def kept_tenant_ids(session: Session) -> list[int]:
    """Numbers of every union that still has rows, closed ones included; for jobs that take away what is over."""
    return list(
        session.scalars(select(Tenant.id).where(Tenant.id > 0, Tenant.destroyed_at.is_(None)).order_by(Tenant.id))
    )


def working_above(session: Session, tenant_id: int) -> Tenant | None:
    """The nearest union above that works on the platform now: whom to ask while this one rests."""
    line = (
        select(Tenant)
        .join(TenantClosure, TenantClosure.ancestor_id == Tenant.id)
        .where(TenantClosure.descendant_id == tenant_id, TenantClosure.depth > 0)
        .where(Tenant.status == "active", Tenant.id != PLATFORM_TENANT)
        .order_by(TenantClosure.depth)
    )
    return session.scalars(line.limit(1)).first()


def working_successor(session: Session, tenant: Tenant) -> Tenant | None:
    """Who carries on what a closed union left (承继单位), however many unions were merged since."""
    seen = {tenant.id}
    found: Tenant | None = tenant
    while found is not None and found.status == "closed":
        number = found.successor_id
        if number is None or number in seen:
            return None
        seen.add(number)
        found = session.get(Tenant, number)
    return found if found is not tenant else None


def categories(session: Session) -> Sequence[Category]:
    """The classification in display order, parents before children."""
    return session.scalars(select(Category).order_by(Category.position)).all()


def sealed_codes(table: Iterable[Category]) -> frozenset[str]:
    """Codes of the sealed categories (检举控告) of a classification."""
    return frozenset(category.code for category in table if category.sealed)


def meant(session: Session, words: str) -> Tenant | None:
    """The union whose slug or whole name somebody typed, when it is exactly one; the platform is none."""
    text = words.strip()
    found = session.scalars(
        select(Tenant)
        .where(Tenant.id > 0, or_(Tenant.slug == text.lower(), Tenant.name == text))
        .order_by((Tenant.slug == text.lower()).desc())
        .limit(3)
    ).all()
    by_slug_first = found and found[0].slug == text.lower()
    return found[0] if by_slug_first or len(found) == 1 else None


def named(session: Session, text: str, *, limit: int) -> Sequence[Tenant]:
    """The union whose name or slug is ``text``, or else up to ``limit`` of which it is a part; the platform never."""
    unions = select(Tenant).where(Tenant.id > 0)
    exact = session.scalars(unions.where(or_(Tenant.name == text, Tenant.slug == text.lower())).limit(limit)).all()
    return exact or page(session, search=text, limit=limit)


def page(session: Session, *, search: str = "", after: int = 0, limit: int = 100) -> Sequence[Tenant]:
    """Unions by number after ``after``, the platform left out; ``search`` is a part of a name or of a slug."""
    statement = select(Tenant).where(Tenant.id > after).order_by(Tenant.id).limit(limit)
    if search:
        found = or_(
            Tenant.name.contains(search, autoescape=True), Tenant.slug.contains(search.lower(), autoescape=True)
        )
        statement = statement.where(found)
    return session.scalars(statement).all()
