"""Many unions entered at once stand exactly where one after the other would have put them."""

from __future__ import annotations

from sqlalchemy import text

from tenants import tree
from tenants.models import Kind
from tenants.services import Particulars, create, found_all
from tests.builders import Federation

_ROWS = text(
    """
    select d.slug as below, a.slug as above, c.depth, d.level,
        (select p.slug from tenant_parents tp join tenants p on p.id = tp.parent_id
            where tp.child_id = d.id) as parent,
        exists (select from tenant_lines l where l.ancestor_id = a.id and l.descendant_id = d.id
            and not isfinite(l.since) and not isfinite(l.until)) as lined
    from tenant_closure c join tenants a on a.id = c.ancestor_id join tenants d on d.id = c.descendant_id
    where d.slug like 'x-%' order by 1, 3
    """
)
UNITS = tuple(
    Particulars(slug=f"x-{name}", name=f"{name}工会", kind=Kind.GRASSROOTS, code=f"{name}工信", parent_slug=parent)
    for name, parent in (("top", None), ("one", "east"), ("two", "x-one"), ("three", "x-two"), ("four", "x-top"))
)


def test_at_once_and_one_by_one_are_the_same(federation: Federation) -> None:
    seen = []
    for together in (True, False):
        with federation.work_as_system("platform") as work, work.session.begin_nested() as savepoint:
            if together:
                tree.lock(work.session)
                found_all(work, UNITS)
            else:
                for told in UNITS:
                    create(
                        work,
                        slug=told.slug,
                        name=told.name,
                        kind=told.kind,
                        code=told.code,
                        parent_slug=told.parent_slug,
                    )
            seen.append([tuple(row) for row in work.session.execute(_ROWS)])
            savepoint.rollback()
    assert seen[0] == seen[1]
    assert ("x-three", "city", 4, 5, "x-two", True) in seen[0]
