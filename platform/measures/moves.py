"""A union that moved takes its figures along: from the day of the move they belong to the new line."""

from __future__ import annotations

from sqlalchemy import Connection, func, select, update

from measures.carrying import LOCK, carry, passes
from tenants.models import Tenant, TenantLine, TreeMove


def apply_moves(connection: Connection) -> int:
    """Put right the figures of every line that a waiting move touched; the number of moves, usually none.

    By difference: cells of the day of the move and later leave the old line and join the new one, and the stock is
    moved on that day. Run again, or after a rebuild has already done it, it finds nothing. Costs a read of the rows
    of every union above, old and new.
    """
    waiting = connection.execute(select(TreeMove.id, TreeMove.moved_id).where(TreeMove.facts_at.is_(None))).all()
    if not waiting:
        return 0
    connection.execute(LOCK)
    above = select(TenantLine.ancestor_id).where(
        TenantLine.descendant_id.in_([row.moved_id for row in waiting]),
        TenantLine.ancestor_id != TenantLine.descendant_id,
    )
    viewers = connection.scalars(
        select(Tenant.id).where(Tenant.id.in_(above)).order_by(Tenant.level.desc(), Tenant.id)
    ).all()
    # One move changes days from today on, which hang together as the tree does today: one visit from below is enough.
    # Moves of several days that waited together may need more, until a round finds nothing.
    for _ in range(1 if len(waiting) == 1 else passes(viewers)):
        if not sum([carry(connection, viewer) for viewer in viewers]):
            break
    connection.execute(
        update(TreeMove).where(TreeMove.id.in_([row.id for row in waiting])).values(facts_at=func.now())
    )
    return len(waiting)
