"""Read the figures of dashboards. Each function is one indexed read of the viewer's own rows, whoever lies below.

Counts about a unit below come out already suppressed (``None`` = hidden): no page can forget to hide them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, cast, func, literal, select
from sqlalchemy import case as sql_case

from access.actor import Work
from cases.figures import UNCLASSIFIED
from kernel.db import TenantSession
from kernel.leases import Heartbeat
from measures import grains
from measures.grains import Facts, Line, Matter, Stretch
from measures.models import HEARTBEAT, OWN, SUBTREE
from measures.scopes import SUBTREE_WORD, Around, Scope, Unit, Wanted
from measures.shapes import Flow, Heat, Month, Rate, Recent, UnitRow, Week
from measures.suppression import Shown, apart, uncover
from measures.veils import BySubject, mine, tell, totalled

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
            facts.c.subject_id,
            func.sum(facts.c.registered).label("registered"),
            func.sum(facts.c.closed).label("closed"),
            func.sum(facts.c.moved).label("moved"),
            func.sum(facts.c.accepted).label("accepted"),
        ).group_by(bucket, facts.c.channel, facts.c.subject_id),
        facts.values,
    ).all()
    into, out, grown, taken, channels = (defaultdict[Any, dict[int, int]](dict) for _ in range(5))
    for row in rows:
        _add(into[row.week], row.subject_id, row.registered)
        _add(out[row.week], row.subject_id, row.closed)
        _add(grown[row.week], row.subject_id, row.registered + row.moved - row.closed)
        _add(taken[row.week], row.subject_id, row.accepted)
        if row.week != _BEFORE:
            _add(channels[row.channel], row.subject_id, row.registered)
    stocks: list[BySubject] = [grown[_BEFORE]]
    accepted: list[BySubject] = [_NONE]
    gone: list[BySubject] = [_NONE]
    names = sorted(channels)
    for monday in weeks:
        stocks.append(_both(stocks[-1], grown[monday]))
        accepted.append(_both(accepted[-1], taken[monday]))
        gone.append(_both(gone[-1], out[monday]))
    scope = wanted.scope
    (shown_in, shown_by), registered = totalled(
        scope, [into[monday] for monday in weeks], [channels[name] for name in names]
    )
    (shown_out,), closed = totalled(scope, [out[monday] for monday in weeks])
    come = [_both(stock, left) for stock, left in zip(stocks, gone, strict=True)]
    sums = [[tell(scope, counts) for counts in line[1:]] for line in (stocks, come, accepted, gone)]
    return Flow(
        weeks=tuple(map(Week, weeks, shown_in, shown_out, *sums)),
        channels=dict(zip(names, shown_by, strict=True)),
        registered=registered,
        closed=closed,
    )


_NONE: BySubject = {}


def _add(counts: dict[int, int], subject: int, amount: int) -> None:
    counts[subject] = counts.get(subject, 0) + int(amount)


def _both(one: BySubject, other: BySubject) -> BySubject:
    return {subject: one.get(subject, 0) + other.get(subject, 0) for subject in {*one, *other}}


def months(work: Work, wanted: Wanted) -> tuple[Month, ...]:
    """Due-date cohorts (domain.md C), intake and closures by calendar month."""
    facts = of_scope(work, wanted, [Stretch(wanted.first, wanted.last)])
    month = cast(func.date_trunc("month", facts.c.day), Date)
    rows = work.session.execute(
        select(month.label("month"), facts.c.subject_id, *_sums(facts)).group_by(month, facts.c.subject_id),
        facts.values,
    ).all()
    by_month: dict[date, dict[str, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        for name in _SUMMED:
            by_month[row.month][name][row.subject_id] = int(getattr(row, name))
    return tuple(Month(first, *_figures(by_month[first], wanted.scope)) for first in wanted.months)


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
    period = [Stretch(wanted.first, wanted.last)]
    if by_unit:
        lines = [(here.tenant_id, OWN), *_children(here)]
        facts = grains.rows(work, lines, period, _matter(wanted, categories=True))
    else:
        facts = of_scope(work, wanted, period, categories=True)
    month: Any = cast(func.date_trunc("month", facts.c.day), Date) if not by_unit else literal(None, Date)
    rows = work.session.execute(
        select(
            facts.c.category,
            month.label("month"),
            facts.c.subject_id,
            func.sum(facts.c.registered).label("registered"),
        )
        .group_by(facts.c.category, month, facts.c.subject_id)
        .having(func.sum(facts.c.registered) > 0),
        facts.values,
    ).all()
    counts: dict[tuple[str, date | None], dict[int, int]] = defaultdict(dict)
    for row in rows:
        counts[row.category, row.month][row.subject_id] = int(row.registered)
    used = {category for category, _month in counts}
    categories = tuple(code for code in (*here.categories, UNCLASSIFIED) if code in used)
    if by_unit:
        table = [counts[code, None] for code in categories]
        # The union's own cases stand first; with the subtree's known sum, what is left belongs to the children.
        below = [apart([row.get(unit.tenant_id, 0) for unit in here.children]) for row in table]
        shown = tuple((row.get(here.tenant_id, 0), *rest) for row, rest in zip(table, below, strict=True))
        own = Unit(here.tenant_id, here.name, "本单位")
        return Heat(categories, (own, *here.children), shown, sum(sum(row.values()) for row in table))
    cells = [counts[code, first] for code in categories for first in wanted.months]
    (told,), total = totalled(wanted.scope, cells) if cells else (((),), 0)
    width = len(wanted.months)
    by_code = {code: told[place * width : (place + 1) * width] for place, code in enumerate(categories)}
    # Of a unit below, a line of zeros is left out only where no zero of it is hidden.
    kept = tuple(code for code, line in by_code.items() if any(count != 0 for count in line))
    return Heat(kept, wanted.months, tuple(by_code[code] for code in kept), total)


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
            facts.c.subject_id,
            func.coalesce(func.sum(facts.c.registered).filter(facts.c.day >= border), 0).label("recent"),
            func.coalesce(func.sum(facts.c.registered).filter(facts.c.day < border), 0).label("before"),
        ).group_by(facts.c.category, facts.c.subject_id),
        facts.values,
    ).all()
    now, then = defaultdict[str, dict[int, int]](dict), defaultdict[str, dict[int, int]](dict)
    for row in rows:
        now[row.category][row.subject_id], then[row.category][row.subject_id] = int(row.recent), int(row.before)
    found = [
        Recent(code, tell(wanted.scope, now[code]), tell(wanted.scope, then[code]), len(weeks) - RECENT_WEEKS)
        for code in here.categories
        if code in now
    ]
    return tuple(row for row in found if (row.recent, row.before) != (0, 0))


def of_scope(
    work: Work, wanted: Wanted, stretches: Sequence[Stretch], *, categories: bool = False, channels: bool = False
) -> Facts:
    """The viewer's rows about whomever the question is about, of the wanted category and channel.

    Where that is one of several children, rows of all of them come, told apart by ``subject_id``: what may be shown
    of one depends on the others (``measures.veils``).
    """
    matter = _matter(wanted, categories=categories, channels=channels)
    lines = [(child, SUBTREE) for child in wanted.scope.beside] or [line_of(wanted)]
    return grains.rows(work, lines, stretches, matter)


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


def _figures(counts: Mapping[str, BySubject], scope: Scope) -> tuple[Rate, Rate, Shown, Shown]:
    shown = {name: tell(scope, counts.get(name, _NONE)) for name in _SUMMED}
    for whole, part in (("due", "due_met"), ("notice_due", "notice_met")):
        (shown[whole],) = uncover([mine(scope, counts.get(whole, _NONE))], [shown[whole]], [shown[part]])
    handling = Rate(shown["due_met"], shown["due"])
    notice = Rate(shown["notice_met"], shown["notice_due"])
    return handling, notice, shown["registered"], shown["closed"]
