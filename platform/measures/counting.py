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

    came, went = figures.arrived_on, figures.handed_on
    # 机构承继: a predecessor has counted the registration; the file comes and goes as a move of the stock.
    add(came, "moved")
    add(went, "moved", -1)
    if came is None:
        add(figures.registered_on, "registered")
        add(figures.registered_on, "persons", figures.headcount)
        add(figures.registered_on, "repeats", int(figures.repeat))
        add(figures.registered_on, "collectives", int(figures.collective))
    # What happened on the day of the handover happened before it; a deadline of that day is the successor's.
    for day, column in ((figures.accepted_on, "accepted"), (figures.escalated_on, "escalated")):
        if day is not None and (came is None or day > came) and (went is None or day <= went):
            add(day, column)
    if went is None:
        add(figures.refused_on, "refused")
        add(figures.closed_on, "closed")
        if figures.closed_on is not None:
            add(figures.closed_on, "days_to_close", (figures.closed_on - figures.registered_on).days)
    # Due-date cohort (domain.md C): a clock counts on the day on which it falls due, whenever it was met.
    for day, due, met, kept in (
        (figures.notice_due_on, "notice_due", "notice_met", figures.notice_met),
        (figures.handling_due_on, "due", "due_met", figures.handling_met),
    ):
        if day is not None and (came is None or day >= came) and (went is None or day < went):
            add(day, due)
            add(day, met, int(kept))
    return cells


def change(before: CaseFigures | None, after: CaseFigures) -> Counter[Cell]:
    """The difference that a change makes; cells without one are left out."""
    cells = contributions(after)
    if before is not None:
        cells.subtract(contributions(before))
    return Counter({cell: amount for cell, amount in cells.items() if amount})
