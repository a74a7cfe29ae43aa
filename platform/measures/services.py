"""Leave a case's change as deltas, in the transaction that made it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date

from access.actor import Work
from cases.figures import CaseChanged, CasesChanged
from kernel.bulk import insert_rows
from kernel.bus import Handler
from kernel.db import TenantSession
from measures.counting import Cell, change
from measures.models import FactDelta


def count_change(work: Work, event: CaseChanged) -> None:
    """Listen to a case: what its change adds to and takes from the tenant's own figures."""
    leave(work.session, change(event.before, event.after))


def count_changes(work: Work, event: CasesChanged) -> None:
    """Listen to an import: the sum of its changes."""
    cells: Counter[Cell] = Counter()
    for each in event.changes:
        cells.update(change(each.before, each.after))
    leave(work.session, cells)


def leave(session: TenantSession, cells: Mapping[Cell, int] | Counter[Cell]) -> None:
    """Write cells as delta rows, one row for each day, category and channel."""
    rows: dict[tuple[date, str, str], dict[str, int]] = defaultdict(dict)
    for (day, category, channel, column), amount in cells.items():
        rows[(day, category, channel)][column] = amount
    if not rows:
        return
    insert_rows(
        session,
        FactDelta,
        [
            {"tenant_id": session.tenant_id, "day": day, "category": category, "channel": channel, **counts}
            for (day, category, channel), counts in rows.items()
        ],
    )


#: What the composition roots wire to the bus.
SUBSCRIPTIONS: tuple[tuple[type, Handler], ...] = ((CaseChanged, count_change), (CasesChanged, count_changes))
