"""Read the figures of dashboards. Each function is one indexed read of the viewer's own rows, whoever lies below.

Counts about a unit below come out already suppressed (``None`` = hidden): no page can forget to hide them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, cast, func, select
from sqlalchemy import case as sql_case

from access.actor import Work
from cases.figures import UNCLASSIFIED
from kernel.db import TenantSession
from kernel.leases import Heartbeat
from measures import grains
from measures.grains import Facts, Line, Matter, Stretch
from measures.models import HEARTBEAT, OWN, SUBTREE
from measures.scopes import SUBTREE_WORD, Around, Unit, Wanted
from measures.shapes import Flow, Heat, Month, Rate, Recent, UnitRow, Week
from measures.suppression import Shown, apart, margin, margins, outside, uncover

__all__ = [
    "RECENT_WEEKS",
    "Flow",
    "Heat",
    "Month",
    "Rate",
    "Recent",
    "UnitRow",
    "Week",
    "as_of",
    "flow",
    "heat",
    "line_of",
    "months",
    "of_children",
    "of_scope",
    "recent",
    "units",
]

#: Days that “recently” means on the hotspot page: four whole weeks.
RECENT_WEEKS = 4
#: Stands for all days before the period.
_BEFORE = date.min


def as_of(session: TenantSession) -> datetime | None:
    """When the facts were last complete (数据截至), aware; ``None`` before the first fold."""
    return session.scalars(select(Heartbeat.at).where(Heartbeat.name == HEARTBEAT)).first()


def flow(work: Work, wanted: Wanted) -> Flow:
    """Intake and closures week by week, and the open stock that they leave.

    Weeks at both ends that the period cuts are left out, or a control chart would see a fall in each. The stock
    needs everything before the period, so this read is as long as the viewer's history.
    """
    weeks = wanted.weeks
    history = Stretch(None, wanted.first_monday - timedelta(days=1))
    period = Stretch(wanted.first_monday, wanted.last_sunday, by_month=False)
    facts = of_scope(work, wanted, [history, period] if weeks else [history], channels=True)
    week = cast(func.date_trunc("week", facts.c.day), Date)
    bucket = sql_case((facts.c.day < wanted.first_monday, _BEFORE), else_=week)
    rows = work.session.execute(
        select(
            bucket.label("week"),
            facts.c.channel,
            func.sum(facts.c.registered).label("registered"),
            func.sum(facts.c.closed).label("closed"),
            func.sum(facts.c.moved).label("moved"),
            func.sum(facts.c.accepted).label("accepted"),
        ).group_by(bucket, facts.c.channel),
        facts.values,
    ).all()
    into: dict[date, int] = defaultdict(int)
    out: dict[date, int] = defaultdict(int)
    grown: dict[date, int] = defaultdict(int)
    taken: dict[date, int] = defaultdict(int)
    channels: dict[str, int] = defaultdict(int)
    for row in rows:
        into[row.week] += row.registered
        out[row.week] += row.closed
        grown[row.week] += row.registered + row.moved - row.closed
        taken[row.week] += row.accepted
        if row.week != _BEFORE:
            channels[row.channel] += row.registered
    stocks, names, accepted, gone = [grown[_BEFORE]], sorted(channels), [0], [0]
    for monday in weeks:
        stocks.append(stocks[-1] + grown[monday])
        accepted.append(accepted[-1] + taken[monday])
        gone.append(gone[-1] + out[monday])
    came, went = [into[monday] for monday in weeks], [out[monday] for monday in weeks]
    by_channel = [channels[name] for name in names]
    (shown_in, shown_by), registered = _totalled(wanted, came, by_channel)
    (shown_out,), closed = _totalled(wanted, went)
    show = _shower(wanted)
    come = [stock + left for stock, left in zip(stocks, gone, strict=True)]
    sums = [map(show, counts[1:]) for counts in (stocks, come, accepted, gone)]
    return Flow(
        weeks=tuple(map(Week, weeks, shown_in, shown_out, *sums)),
        channels=dict(zip(names, shown_by, strict=True)),
        registered=registered,
        closed=closed,
    )


def months(work: Work, wanted: Wanted) -> tuple[Month, ...]:
    """Due-date cohorts (domain.md C), intake and closures by calendar month."""
    facts = of_scope(work, wanted, [Stretch(wanted.first, wanted.last)])
    month = cast(func.date_trunc("month", facts.c.day), Date)
    rows = work.session.execute(select(month.label("month"), *_sums(facts)).group_by(month), facts.values).all()
    by_month, show = {row.month: row for row in rows}, _shower(wanted)
    return tuple(Month(first, *_figures(by_month.get(first), show)) for first in wanted.months)


def units(work: Work, wanted: Wanted, here: Around) -> tuple[UnitRow, ...]:
    """Every direct child in the order of the tree, silent ones included; never a ranking."""
    if not here.children:
        return ()
    facts = of_children(work, wanted, here)
    rows = work.session.execute(
        select(facts.c.subject_id, *_sums(facts)).group_by(facts.c.subject_id), facts.values
    ).all()
    by_unit = {row.subject_id: row for row in rows}
    # The viewer knows its own figures and those of the whole subtree: together the children are no secret.
    counts = {
        name: [int(getattr(by_unit.get(unit.tenant_id), name, 0)) for unit in here.children] for name in _SUMMED
    }
    shown = {name: apart(column) for name, column in counts.items()}
    for whole, part in (("due", "due_met"), ("notice_due", "notice_met")):
        shown[whole] = uncover(counts[whole], shown[whole], shown[part])
    return tuple(
        UnitRow(
            unit,
            shown["registered"][place],
            shown["closed"][place],
            Rate(shown["due_met"][place], shown["due"][place]),
            Rate(shown["notice_met"][place], shown["notice_due"][place]),
        )
        for place, unit in enumerate(here.children)
    )


def heat(work: Work, wanted: Wanted, here: Around) -> Heat:
    """Category × unit (the viewer's own cases, then each child) for a subtree; category × month for one union."""
    by_unit = wanted.scope.word == SUBTREE_WORD and bool(here.children)
    lines = [(here.tenant_id, OWN), *_children(here)] if by_unit else [line_of(wanted)]
    facts = grains.rows(work, lines, [Stretch(wanted.first, wanted.last)], _matter(wanted, categories=True))
    column: Any = facts.c.subject_id if by_unit else cast(func.date_trunc("month", facts.c.day), Date)
    rows = work.session.execute(
        select(facts.c.category, column.label("place"), func.sum(facts.c.registered).label("registered"))
        .group_by(facts.c.category, column)
        .having(func.sum(facts.c.registered) > 0),
        facts.values,
    ).all()
    counts = {(row.category, row.place): int(row.registered) for row in rows}
    used = {category for category, _place in counts}
    categories = tuple(code for code in (*here.categories, UNCLASSIFIED) if code in used)
    own = Unit(here.tenant_id, here.name, "本单位")
    columns: tuple[Unit | date, ...] = (own, *here.children) if by_unit else wanted.months
    table = tuple(
        tuple(counts.get((code, place.tenant_id if isinstance(place, Unit) else place), 0) for place in columns)
        for code in categories
    )
    show = _shower(wanted)
    # The union's own cases stand first; with the subtree's known sum, what is left belongs to the children together.
    shown = tuple((row[0], *apart(row[1:])) if by_unit else tuple(map(show, row)) for row in table)
    total = margin([count for row in table for count in row])[1] if wanted.scope.veiled else sum(map(sum, table))
    return Heat(categories, columns, shown, total)


def recent(work: Work, wanted: Wanted, here: Around) -> tuple[Recent, ...]:
    """The last four whole weeks of the period beside the whole weeks before them, by category."""
    weeks = wanted.weeks
    if len(weeks) <= RECENT_WEEKS:
        return ()
    border = weeks[-RECENT_WEEKS]
    stretches = [Stretch(wanted.first_monday, border - timedelta(days=1)), Stretch(border, wanted.last_sunday)]
    facts = of_scope(work, wanted, stretches, categories=True)
    rows = work.session.execute(
        select(
            facts.c.category,
            func.coalesce(func.sum(facts.c.registered).filter(facts.c.day >= border), 0).label("recent"),
            func.coalesce(func.sum(facts.c.registered).filter(facts.c.day < border), 0).label("before"),
        ).group_by(facts.c.category),
        facts.values,
    ).all()
    found = {row.category: row for row in rows}
    return tuple(
        Recent(code, int(found[code].recent), int(found[code].before), len(weeks) - RECENT_WEEKS)
        for code in here.categories
        if code in found
    )


def of_scope(
    work: Work, wanted: Wanted, stretches: Sequence[Stretch], *, categories: bool = False, channels: bool = False
) -> Facts:
    """The viewer's rows about whomever the question is about, of the wanted category and channel."""
    matter = _matter(wanted, categories=categories, channels=channels)
    return grains.rows(work, [line_of(wanted)], stretches, matter)


def of_children(work: Work, wanted: Wanted, here: Around, *, channels: bool = False) -> Facts:
    """The viewer's rows about its direct children's subtrees in the period, of the wanted category and channel."""
    period = [Stretch(wanted.first, wanted.last)]
    return grains.rows(work, _children(here), period, _matter(wanted, channels=channels))


def line_of(wanted: Wanted) -> Line:
    """The one line that a question is about."""
    return wanted.scope.subject_id, OWN if wanted.scope.is_own else SUBTREE


def _children(here: Around) -> list[Line]:
    return [(unit.tenant_id, SUBTREE) for unit in here.children]


def _matter(wanted: Wanted, *, categories: bool = False, channels: bool = False) -> Matter:
    return Matter(wanted.category, wanted.channel, categories, channels, wanted.without)


_SUMMED = ("due", "due_met", "notice_due", "notice_met", "registered", "closed")


def _sums(facts: Facts) -> list[Any]:
    return [func.sum(facts.c[name]).label(name) for name in _SUMMED]


def _figures(row: Any, show: Callable[[int], Shown]) -> tuple[Rate, Rate, Shown, Shown]:
    if row is None:
        return Rate(0, 0), Rate(0, 0), 0, 0
    handling = Rate(show(row.due_met), show(row.due))
    notice = Rate(show(row.notice_met), show(row.notice_due))
    return handling, notice, show(row.registered), show(row.closed)


def _totalled(wanted: Wanted, *breakdowns: Sequence[int]) -> tuple[tuple[tuple[Shown, ...], ...], Shown]:
    """Breakdowns of one total and the total, as the asker may see them together."""
    if wanted.scope.veiled:
        return margins(*breakdowns)
    return tuple(tuple(counts) for counts in breakdowns), sum(breakdowns[0])


def _shower(wanted: Wanted) -> Callable[[int], Shown]:
    return outside if wanted.scope.veiled else int
