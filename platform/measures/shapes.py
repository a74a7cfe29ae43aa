"""What the reads of ``queries`` give out: counts as they may be shown, ``None`` where one is hidden. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from measures.scopes import Unit
from measures.suppression import Shown


@dataclass(frozen=True, slots=True)
class Week:
    """One whole week from Monday. ``open`` is the stock at its end; the sums run from the period's first Monday."""

    monday: date
    registered: Shown
    closed: Shown
    open: Shown
    #: Open at the beginning, and registered or moved here since.
    come: Shown = 0
    accepted: Shown = 0
    gone: Shown = 0


@dataclass(frozen=True, slots=True)
class Flow:
    """Weeks in order, and what came by which channel over those weeks."""

    weeks: tuple[Week, ...]
    channels: dict[str, Shown]
    registered: Shown
    closed: Shown


@dataclass(frozen=True, slots=True)
class Rate:
    """A proportion over cases that fell due. ``due`` 0 reads “—”; ``None`` is hidden."""

    met: Shown
    due: Shown


@dataclass(frozen=True, slots=True)
class Month:
    """One calendar month (clipped to the period)."""

    first: date
    handling: Rate
    notice: Rate
    registered: Shown
    closed: Shown


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A direct child with its subtree over the period."""

    unit: Unit
    registered: Shown
    closed: Shown
    handling: Rate
    notice: Rate


@dataclass(frozen=True, slots=True)
class Heat:
    """Registered cases by category and column (child unit or month), as they may be shown.

    No true count is among them: whatever a page computes from it tells no more than the table does.
    """

    rows: tuple[str, ...]
    columns: tuple[Unit | date, ...]
    shown: tuple[tuple[Shown, ...], ...]
    #: All of them, as it may stand beside the parts.
    total: Shown


@dataclass(frozen=True, slots=True)
class Recent:
    """A category's last four whole weeks beside the weeks before, as they may be shown."""

    category: str
    recent: Shown
    before: Shown
    weeks_before: int
