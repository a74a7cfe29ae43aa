"""Bookkeeping of the tree: today's truth (closure) and its history (parents and lines with dates)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from kernel.bulk import insert_rows
from kernel.db import TenantSession
from tenants.models import TenantClosure, TenantLine, TenantParent

#: Serialises everybody who changes the tree, so that two new unions cannot take one number nor two moves one cycle.
_LOCK = text("select pg_advisory_xact_lock(7301001)")

# An empty stretch of days would be a lie that nobody needs: what began today and ends today is forgotten.
_LEAVE_LINES = (
    text(
        "delete from tenant_lines where ancestor_id = any(:ancestors) and descendant_id = any(:subtree) "
        "and since >= :today"
    ),
    text(
        "update tenant_lines set until = :today where ancestor_id = any(:ancestors) "
        "and descendant_id = any(:subtree) and until = 'infinity'"
    ),
)
# A line that ended today and begins again today was never broken.
_JOIN_LINES = (
    text(
        "update tenant_lines set until = 'infinity' where ancestor_id = any(:ancestors) "
        "and descendant_id = any(:subtree) and until = :today"
    ),
    text(
        "insert into tenant_lines (ancestor_id, descendant_id, since) select a, d, :today "
        "from unnest(cast(:ancestors as bigint[])) a, unnest(cast(:subtree as bigint[])) d "
        "where not exists (select from tenant_lines l where l.ancestor_id = a and l.descendant_id = d "
        "and l.until = 'infinity')"
    ),
)
_LEAVE_PARENT = (
    text("delete from tenant_parents where child_id = :child and since >= :today"),
    text("update tenant_parents set until = :today where child_id = :child and until = 'infinity'"),
)
_JOIN_PARENT = (
    text(
        "update tenant_parents set until = 'infinity' where child_id = :child and parent_id = :parent "
        "and until = :today"
    ),
    text(
        "insert into tenant_parents (child_id, parent_id, since) select :child, :parent, :today "
        "where not exists (select from tenant_parents where child_id = :child and until = 'infinity')"
    ),
)
_CLOSURE_OUT = text(
    "delete from tenant_closure where descendant_id = any(:subtree) and ancestor_id = any(:ancestors)"
)
_CLOSURE_IN = text(
    "insert into tenant_closure (ancestor_id, descendant_id, depth) "
    "select up.ancestor_id, down.descendant_id, up.depth + 1 + down.depth "
    "from tenant_closure up, tenant_closure down where up.descendant_id = :parent and down.ancestor_id = :child"
)
_LEVELS = text("update tenants set level = level + :by where id = any(:subtree)")


def lock(session: Session) -> None:
    """Wait until nobody else changes the tree; held to the end of the transaction."""
    session.execute(_LOCK)


def place(session: Session, child: int, parent: int | None) -> None:
    """Enter a new union below ``parent``, since ever: it has no figures that anybody else could claim."""
    above = (
        session.execute(
            select(TenantClosure.ancestor_id, TenantClosure.depth).where(TenantClosure.descendant_id == parent)
        ).all()
        if parent is not None
        else []
    )
    line = [(child, 0)] + [(row.ancestor_id, row.depth + 1) for row in above]
    session.execute(
        insert(TenantClosure),
        [{"ancestor_id": ancestor, "descendant_id": child, "depth": depth} for ancestor, depth in line],
    )
    session.execute(insert(TenantLine), [{"ancestor_id": ancestor, "descendant_id": child} for ancestor, _ in line])
    if parent is not None:
        session.execute(insert(TenantParent), [{"child_id": child, "parent_id": parent}])


Parents = Mapping[int, int | None]


def levels(session: Session, parents: Parents) -> dict[int, int]:
    """The level of many new unions (child → parent, parents before their children), 1 at a root."""
    return {child: len(line) for child, line in _lines(session, parents).items()}


def place_all(session: TenantSession, parents: Parents) -> None:
    """Enter many new unions, parents before their children: as ``place``, in four statements however many."""
    pairs = [
        (ancestor, child, depth)
        for child, line in _lines(session, parents).items()
        for depth, ancestor in enumerate(line)
    ]
    insert_rows(
        session, TenantClosure, [{"ancestor_id": up, "descendant_id": child, "depth": n} for up, child, n in pairs]
    )
    insert_rows(session, TenantLine, [{"ancestor_id": up, "descendant_id": child} for up, child, _ in pairs])
    insert_rows(
        session,
        TenantParent,
        [{"child_id": child, "parent_id": parent} for child, parent in parents.items() if parent is not None],
    )


def _lines(session: Session, parents: Parents) -> dict[int, list[int]]:
    """The line upward of each new union, itself first."""
    outside = {parent for parent in parents.values() if parent is not None and parent not in parents}
    above: dict[int, list[int]] = {}
    for row in session.execute(
        select(TenantClosure.descendant_id, TenantClosure.ancestor_id)
        .where(TenantClosure.descendant_id.in_(outside))
        .order_by(TenantClosure.descendant_id, TenantClosure.depth)
    ):
        above.setdefault(row.descendant_id, []).append(row.ancestor_id)
    for child, parent in parents.items():
        above[child] = [child, *(above[parent] if parent is not None else ())]
    return {child: above[child] for child in parents}


def replace(session: Session, child: int, parent: int | None, today: date) -> None:
    """Take ``child`` with its whole subtree from where it hangs and hang it below ``parent`` from ``today`` on.

    Figures of days before keep the old line. An ancestor on both lines keeps its row unbroken.
    """
    subtree = _ids(session, select(TenantClosure.descendant_id).where(TenantClosure.ancestor_id == child))
    old = _ids(
        session,
        select(TenantClosure.ancestor_id).where(TenantClosure.descendant_id == child, TenantClosure.depth > 0),
    )
    new = _ids(session, select(TenantClosure.ancestor_id).where(TenantClosure.descendant_id == parent))
    for statement, ancestors in (
        *((each, sorted(set(old) - set(new))) for each in _LEAVE_LINES),
        *((each, sorted(set(new) - set(old))) for each in _JOIN_LINES),
    ):
        session.execute(statement, {"ancestors": ancestors, "subtree": subtree, "today": today})
    for statement in _LEAVE_PARENT:
        session.execute(statement, {"child": child, "today": today})
    session.execute(_CLOSURE_OUT, {"subtree": subtree, "ancestors": old})
    session.execute(_LEVELS, {"subtree": subtree, "by": len(new) - len(old)})
    if parent is not None:
        for statement in _JOIN_PARENT:
            session.execute(statement, {"child": child, "parent": parent, "today": today})
        session.execute(_CLOSURE_IN, {"parent": parent, "child": child})


def _ids(session: Session, statement: object) -> list[int]:
    return list(session.scalars(statement))  # type: ignore[call-overload]
