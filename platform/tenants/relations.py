"""Who stands where in the union tree: the truth for who may write to whom."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.models import Tenant, TenantClosure
from tenants.standing import Relation, Standing

__all__ = [
    "Relation",
    "Standing",
    "lines_above",
    "nearest_active",
    "relation",
    "second_line_of",
    "subordinates_by_second_line",
    "subtree",
]


def relation(session: Session, a: int, b: int) -> Standing:
    """Where union ``b`` stands, seen from union ``a``; two statements.

    The second superior of a union under dual leadership (双重领导) counts as directly above it, and it as directly
    below, even where that superior also stands further up its first line.
    """
    if a == b:
        return Standing(None)
    lines, second = lines_above(session, (a, b)), _second_lines(session, (a, b))
    mine, theirs = lines[a], lines[b]
    found = Standing(None)
    if second.get(a) == b:
        found = Standing(Relation.UP, 1, second_line=True)
    elif second.get(b) == a:
        found = Standing(Relation.DOWN, 1, second_line=True)
    elif b in mine:
        found = Standing(Relation.UP, mine[b])
    elif a in theirs:
        found = Standing(Relation.DOWN, theirs[a])
    else:
        common = [union for union in mine if union in theirs]
        if common:
            found = Standing(Relation.SIDEWAYS, mine[common[0]], common[0])
    return found


def lines_above(session: Session, unions: Iterable[int]) -> dict[int, dict[int, int]]:
    """For each union its superiors with their distance in levels, nearest first."""
    wanted = list(unions)
    found: dict[int, dict[int, int]] = {union: {} for union in wanted}
    rows = session.execute(
        select(TenantClosure.descendant_id, TenantClosure.ancestor_id, TenantClosure.depth)
        .where(TenantClosure.descendant_id.in_(wanted), TenantClosure.depth > 0)
        .order_by(TenantClosure.depth)
    )
    for descendant, ancestor, depth in rows:
        found[descendant][ancestor] = depth
    return found


def second_line_of(session: Session, tenant_id: int) -> int | None:
    """The second superior of a union under dual leadership, or ``None`` where there is a single line."""
    return _second_lines(session, (tenant_id,)).get(tenant_id)


def subordinates_by_second_line(session: Session, tenant_id: int) -> list[int]:
    """Unions that this one leads as their second superior (双重领导), by number; a closed one is led by nobody."""
    statement = select(Tenant.id).where(Tenant.second_parent_id == tenant_id, Tenant.status != "closed")
    return list(session.scalars(statement.order_by(Tenant.id)))


def _second_lines(session: Session, unions: Iterable[int]) -> dict[int, int]:
    rows = session.execute(
        select(Tenant.id, Tenant.second_parent_id).where(
            Tenant.id.in_(list(unions)), Tenant.second_parent_id.is_not(None)
        )
    )
    return {union: second for union, second in rows if second is not None}


def subtree(session: Session, tenant_ids: Iterable[int]) -> set[int]:
    """Numbers of the unions themselves and of every union below them."""
    statement = select(TenantClosure.descendant_id).where(TenantClosure.ancestor_id.in_(list(tenant_ids)))
    return set(session.scalars(statement))


def nearest_active(session: Session, tenant_ids: Iterable[int]) -> Tenant | None:
    """The first union that works on the platform now, in the order given."""
    wanted = list(tenant_ids)
    found = {
        union.id: union
        for union in session.scalars(select(Tenant).where(Tenant.id.in_(wanted), Tenant.status == "active"))
    }
    return next((found[number] for number in wanted if number in found), None)
