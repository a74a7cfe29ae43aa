"""What a case contributes to the daily facts: pure arithmetic on its snapshot.

A change leaves the difference between the contributions after and before it. A rebuild adds up the contributions of
all cases. The two cannot drift apart, because they are the same function.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

from cases.figures import ANSWERED_ENDS, CaseFigures
from cases.statuses import Status

#: (day, category, channel, count column)
Cell = tuple[date, str, str, str]
_Add = Callable[..., None]

#: 一次办结 is known after these days from the closing, a rating is overdue after those (domain.md C, [设]).
ONCE_DAYS, RATING_DAYS = 90, 30
#: Ends without an opinion, each with a column of its own.
ENDS: dict[str, str] = {
    Status.WITHDRAWN: "withdrawn",
    Status.MERGED: "merged",
    Status.DIVERTED: "diverted",
    Status.TERMINATED: "terminated",
}


def contributions(figures: CaseFigures) -> Counter[Cell]:
    """Every cell that one case adds to, with how much."""
    cells: Counter[Cell] = Counter()
    category, channel = figures.category, figures.channel

    def add(day: date | None, column: str, amount: int = 1) -> None:
        if day is not None and amount:
            cells[(day, category, channel, column)] += amount

    # 机构承继: a predecessor has counted the registration; the file comes and goes as a move of the stock.
    add(figures.arrived_on, "moved")
    add(figures.handed_on, "moved", -1)
    if figures.arrived_on is None:
        _came(figures, add)
    _happened(figures, add)
    _fell_due(figures, add)
    if figures.handed_on is None:
        _ended(figures, add)
    return cells


def _came(figures: CaseFigures, add: _Add) -> None:
    day, people = figures.registered_on, figures.headcount
    add(day, "registered")
    add(day, "persons", people)
    add(day, "repeats", int(figures.repeat))
    add(day, "firsts", int(figures.first))
    add(day, "split_off", int(figures.split_off))
    if figures.collective:
        add(day, "collectives")
        add(day, "collective_persons", people)
    if figures.skip_level:
        add(day, "skip_levels")
        add(day, "skip_persons", people)


def _happened(figures: CaseFigures, add: _Add) -> None:
    """What happened on the day of a handover happened before it."""

    def here(day: date | None) -> date | None:
        came, went = figures.arrived_on, figures.handed_on
        if day is None or (came is not None and day <= came) or (went is not None and day > went):
            return None
        return day

    add(here(figures.accepted_on), "accepted")
    add(here(figures.escalated_on), "escalated")
    add(here(figures.reopened_on), "reopened")
    # On one day, so that what came back is always a part of what was sent.
    add(here(figures.referred_on), "referred")
    add(here(figures.referred_on), "referred_back", int(figures.returned_on is not None))
    for rated, about in ((figures.office, "office"), (figures.unit, "unit")):
        if rated is not None:
            add(here(rated.on), f"{about}_rated")
            add(here(rated.on), f"{about}_satisfied", int(rated.satisfied))
            add(here(rated.on), "staff_rated", int(rated.by_staff))


def _fell_due(figures: CaseFigures, add: _Add) -> None:
    """Due-date cohort (domain.md C): a clock counts on the day on which it falls due, whenever it was met.

    A deadline of the day of a handover is the successor's.
    """

    def here(day: date | None) -> date | None:
        came, went = figures.arrived_on, figures.handed_on
        if day is None or (came is not None and day < came) or (went is not None and day >= went):
            return None
        return day

    notice, handling = here(figures.notice_due_on), here(figures.handling_due_on)
    add(notice, "notice_due")
    add(notice, "notice_met", int(figures.notice_met))
    if figures.notice_of_unit:
        add(notice, "unit_notice_due")
        add(notice, "unit_notice_met", int(figures.notice_met))
    add(handling, "due")
    add(handling, "due_met", int(figures.handling_met))
    add(handling, "due_extended", int(figures.extended))


def _ended(figures: CaseFigures, add: _Add) -> None:
    closed = figures.closed_on
    add(figures.refused_on, "refused")
    if closed is None:
        return
    add(closed, "closed")
    add(closed, "days_to_close", (closed - figures.registered_on).days)
    if figures.end in ENDS:
        add(closed, ENDS[figures.end])
    if figures.end not in ANSWERED_ENDS:
        return
    if not figures.anonymous:
        # Nobody can ask an anonymous petitioner.
        asked = closed + timedelta(days=RATING_DAYS)
        add(asked, "rating_due")
        add(asked, "rating_met", int(figures.office is not None or figures.unit is not None))
    if figures.first:
        judged = closed + timedelta(days=ONCE_DAYS)
        against = (figures.repeated_on, figures.dissatisfied_on, figures.review_asked_on)
        held = figures.in_first_period and not any(day is not None and day <= judged for day in against)
        add(judged, "once_due")
        add(judged, "once_met", int(held))


def change(before: CaseFigures | None, after: CaseFigures) -> Counter[Cell]:
    """The difference that a change makes; cells without one are left out."""
    cells = contributions(after)
    if before is not None:
        cells.subtract(contributions(before))
    return Counter({cell: amount for cell, amount in cells.items() if amount})
