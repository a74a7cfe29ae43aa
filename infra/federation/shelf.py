"""What is to be written for one union, gathered before the first statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from access.models import User, UserRole
from audit.services import Entry, append
from cases.handling import CaseRating
from cases.models import Case, CaseClock, Claim, Party
from dispatches.models import Letter, LetterEvent, RuleFiring
from documents.models import Document, NumberCounter
from kernel.bulk import insert_rows, rows_of
from kernel.db import Base, TenantSession
from measures.counting import Cell
from measures.services import leave
from notices.models import Task

#: Parents before the rows that point at them.
_ORDER: tuple[type[Base], ...] = (
    User,
    UserRole,
    Case,
    Claim,
    Party,
    CaseClock,
    CaseRating,
    Document,
    Letter,
    LetterEvent,
    RuleFiring,
    Task,
    NumberCounter,
)
_SYSTEM = "系统"


@dataclass(slots=True)
class Shelf:
    """Rows, events, counters and figures of one union."""

    tenant_id: int
    entries: list[Entry] = field(default_factory=list)
    cells: Counter[Cell] = field(default_factory=Counter)
    _rows: dict[type[Base], list[dict[str, Any]]] = field(default_factory=dict)
    _counters: Counter[tuple[str, int]] = field(default_factory=Counter)

    def put(self, instances: Iterable[Base]) -> None:
        """Keep objects that no session holds as rows of this union."""
        for instance in instances:
            self._rows.setdefault(type(instance), []).extend(rows_of((instance,), self.tenant_id))

    def put_row(self, model: type[Base], **values: Any) -> None:
        """Keep one row by its values: an object for each of 40,000 papers would cost a second for nothing."""
        self._rows.setdefault(model, []).append(values | {"tenant_id": self.tenant_id})

    def number(self, series: str, year: int) -> int:
        """The next number of a series; the counters are written with the rows."""
        self._counters[series, year] += 1
        return self._counters[series, year]

    def note(
        self,
        at: datetime,
        who: User | None,
        action: str,
        *,
        about: str,
        subject_id: UUID | None,
        data: dict[str, Any],
        unknown: str = _SYSTEM,
    ) -> None:
        """One event of the union's log; nobody is the system, or whoever ``unknown`` says has no account."""
        name = who.display_name if who else unknown
        self.entries.append(Entry(at, who.id if who else None, name, action, about, subject_id, data))

    def write(self, session: TenantSession) -> None:
        """Everything into the caller's transaction, the chain of events in the order of time."""
        for (series, year), last in self._counters.items():
            self.put_row(NumberCounter, series=series, year=year, last=last)
        for model in _ORDER:
            insert_rows(session, model, self._rows.get(model, ()))
        append(session, sorted(self.entries, key=lambda entry: entry.at))
        leave(session, self.cells)
