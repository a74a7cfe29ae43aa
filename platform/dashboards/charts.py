"""What a page is made of: charts with their words and their tables. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a chart as text, and a link for each row that opens its cases (``None``: does not)."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    links: tuple[str | None, ...] = ()
    #: Where single cells open something, as the marks of the chart do: a row for each row, without its first cell.
    cells: tuple[tuple[str | None, ...], ...] = ()

    def link(self, row: int) -> str | None:
        """The address that a row opens."""
        return self.links[row] if row < len(self.links) else None

    def cell(self, row: int, place: int) -> str | None:
        """The address that a cell opens; the first cell of a row has place 0 and opens :meth:`link`."""
        return self.cells[row][place - 1] if row < len(self.cells) and place else None


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart: the question is its title, the answer in words stands under it, then what was counted."""

    name: str
    title: str
    #: What to see in it, one or two sentences from the numbers; the chart's text for who cannot see it.
    answer: str
    #: Period, n and definition (口径).
    basis: str
    table: Table
    #: ``None`` where there is nothing to draw; the answer says why.
    figure: dict[str, Any] | None = None
    #: What a click on a mark does, in words; empty where it does nothing.
    click: str = ""
    wide: bool = False
    #: Pixels below which the marks cannot be read; a narrower screen scrolls the chart sideways.
    min_width: int = 0


@dataclass(frozen=True, slots=True)
class PageContent:
    """A page as its HTML and its callback both draw it."""

    charts: Sequence[Chart]
    #: Sentences above the charts: what is hidden, what cannot be opened.
    notes: Sequence[str] = field(default=())
