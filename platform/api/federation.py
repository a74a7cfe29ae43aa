"""``/tenants`` and ``/audit``: the own place in the tree, and the own log."""

from __future__ import annotations

from typing import Any

from access.actor import Work
from api import resources
from api.answers import Answer
from audit.reading import page as log_page
from kernel.errors import InvalidError
from tenants import queries

#: PostgreSQL's bigint has nineteen digits.
_LONGEST_CURSOR = 18


def tenants(work: Work) -> Answer:
    """The line upward from the own union to the root, and the unions directly below; names only."""
    line = [queries.get(work.session, tenant_id) for tenant_id in queries.ancestor_ids(work.session, work.tenant_id)]
    below = queries.children(work.session, work.tenant_id)
    return Answer(
        {
            "own": resources.tenant(line[0]),
            "ancestors": [resources.tenant(union) for union in line[1:]],
            "children": [resources.tenant(union) for union in below],
        }
    )


def audit(work: Work, *, query: dict[str, Any]) -> Answer:
    """A page of the own log, newest first."""
    page = log_page(
        work,
        action=query.get("action", ""),
        person=query.get("person", ""),
        before=_sequence(query.get("cursor")),
        limit=query["limit"],
    )
    return Answer(
        {
            "events": [resources.audit_line(line) for line in page.lines],
            "next_cursor": str(page.older) if page.older is not None else None,
        }
    )


def _sequence(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= _LONGEST_CURSOR):
        raise InvalidError("翻页标记无效，请从第一页重新开始。", fields={"cursor": "翻页标记无效"})
    return int(cursor)
