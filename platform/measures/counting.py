"""What a case contributes to the daily facts: pure arithmetic on its snapshot.

A change leaves the difference between the contributions after and before it. A rebuild adds up the contributions of
all cases. The two cannot drift apart, because they are the same function.
"""

from __future__ import annotations

from collections import Counter
from datetime import date

from cases.figures import CaseFigures

#: (day, category, channel, count column)
Cell = tuple[date, str, str, str]


def contributions(figures: CaseFigures) -> Counter[Cell]:
    """Every cell that one case adds to, with how much."""
    cells: Counter[Cell] = Counter()

    def add(day: date | None, column: str, amount: int = 1) -> None:
        if day is not None and amount:
            cells[(day, figures.category, figures.channel, column)] += amount

    add(figures.registered_on, "registered")
    add(figures.registered_on, "persons", figures.headcount)
    add(figures.registered_on, "repeats", int(figures.repeat))
    add(figures.registered_on, "collectives", int(figures.collective))
    add(figures.accepted_on, "accepted")
    add(figures.refused_on, "refused")
    add(figures.escalated_on, "escalated")
    add(figures.closed_on, "closed")
    if figures.closed_on is not None:
        add(figures.closed_on, "days_to_close", (figures.closed_on - figures.registered_on).days)
    # Due-date cohort (domain.md C): a clock counts on the day on which it falls due, whenever it was met.
    add(figures.notice_due_on, "notice_due")
    add(figures.notice_due_on, "notice_met", int(figures.notice_met))
    add(figures.handling_due_on, "due")
    add(figures.handling_due_on, "due_met", int(figures.handling_met))
    return cells


def change(before: CaseFigures | None, after: CaseFigures) -> Counter[Cell]:
    """The difference that a change makes; cells without one are left out."""
    cells = contributions(after)
    if before is not None:
        cells.subtract(contributions(before))
    return Counter({cell: amount for cell, amount in cells.items() if amount})
