"""Direct subordinates at a glance (下级单位): figures of each one's subtree, from the viewer's own rows only.

Counts come out suppressed as everywhere (``None`` = hidden), and against each other: the viewer knows its own figures
and those of the whole subtree, so of all direct children together none may follow by subtraction
(``suppression.apart``). That is why one child's figures cost a read of all children's. A rate is given as the ends
between which it lies: beside the number of cases that fell due, an exact rate would tell the hidden late ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, cast, func, select

from access.actor import Work
from kernel.errors import ForbiddenError, NotFoundError
from measures import grains, policy
from measures.grains import Facts, Matter, Stretch
from measures.models import SUBTREE
from measures.suppression import HIDDEN_TO, Shown, apart, outside, rounded, uncover
from tenants.models import Category, Tenant

#: Days of due-date cohorts that the page looks back on: a quarter, whatever day it is opened.
WINDOW_DAYS = 90

#: What the page may be sorted by. A rate is not among them: ranking by raw rate picks small units (ux.md §1).
SORTS = ("name", "open", "overdue", "late")


@dataclass(frozen=True, slots=True)
class Window:
    """The days of the cohorts, both included; it ends yesterday, because what is due today is not late yet."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Share:
    """A proportion by its volume; ``low`` = ``high`` where nothing is hidden, both ``None`` where nothing fell due
    or the volume itself is hidden."""

    due: Shown
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Subordinate:
    """A direct child and the figures of its subtree, in cases (件)."""

    tenant_id: int
    slug: str
    name: str
    kind: str
    status: str
    #: Open stock now.
    open: Shown
    #: Cases whose handling period ended in the window without a written opinion in time.
    overdue: Shown
    #: Cases whose 15-day notice fell due in the window and was not given in time.
    late: Shown
    on_time: Share


@dataclass(frozen=True, slots=True)
class Page:
    """One page of subordinates; ``total`` counts all that match the search."""

    rows: tuple[Subordinate, ...]
    total: int
    window: Window


@dataclass(frozen=True, slots=True)
class Part:
    """A category or a month of one subordinate."""

    label: str | date
    registered: Shown
    closed: Shown
    overdue: Shown
    late: Shown
    on_time: Share


def window(work: Work) -> Window:
    """The last :data:`WINDOW_DAYS` whole days."""
    last = work.clock.today() - timedelta(days=1)
    return Window(last - timedelta(days=WINDOW_DAYS - 1), last)


def page(work: Work, *, search: str = "", sort: str = "name", offset: int = 0, limit: int = 50) -> Page:
    """Direct subordinates that are not closed, in two statements, however many there are.

    Hidden counts are equal in the order too, or the order would tell them apart.

    :raises ForbiddenError: without a role that sees the unions below.
    """
    if not policy.may_see_below(work.actor):
        raise ForbiddenError
    cohorts = window(work)
    found = [row for row in _summed(work, _children(work), cohorts) if row.status != "closed" and search in row.name]
    if sort != "name":
        found.sort(key=lambda row: -_rank(getattr(row, sort)))
    return Page(tuple(found[offset : offset + limit]), len(found), cohorts)


def one(work: Work, slug: str) -> Subordinate:
    """One direct subordinate.

    :raises NotFoundError: for anything that is not a direct child; whether it exists elsewhere is not told.
    :raises ForbiddenError: without a role that sees the unions below.
    """
    if not policy.may_see_below(work.actor):
        raise ForbiddenError
    children = _children(work)
    if all(child.slug != slug or child.status == "closed" for child in children):
        raise NotFoundError
    return next(row for row in _summed(work, children, window(work)) if row.slug == slug)


def by_category(work: Work, unit: Subordinate) -> tuple[Part, ...]:
    """The window of one subordinate by first-level category code, the code as the label."""
    children = [child.id for child in _children(work)]
    facts = _facts(work, children, categories=True)
    return _parts(work, unit, children, facts, facts.c.category)


def by_month(work: Work, unit: Subordinate) -> tuple[Part, ...]:
    """The window of one subordinate by calendar month, the month's first day as the label."""
    children = [child.id for child in _children(work)]
    facts = _facts(work, children)
    return _parts(work, unit, children, facts, cast(func.date_trunc("month", facts.c.day), Date))


def units_of(work: Work, unit: Subordinate, *, limit: int = 50) -> tuple[Sequence[Tenant], int]:
    """The unions directly below a subordinate, by name, and how many there are: who they are, and no figures.

    Those are the subordinate's own: a viewer has the sum of each direct child and nothing of what lies below.
    """
    rows = work.session.execute(
        select(Tenant, func.count().over().label("total"))
        .where(Tenant.parent_id == unit.tenant_id, Tenant.status != "closed")
        .order_by(Tenant.name, Tenant.id)
        .limit(limit)
    ).all()
    return [row.Tenant for row in rows], rows[0].total if rows else 0


def _children(work: Work) -> Sequence[Tenant]:
    """All of them by name, closed ones too: their figures are in the subtree's sum."""
    statement = select(Tenant).where(Tenant.parent_id == work.tenant_id)
    return work.session.scalars(statement.order_by(Tenant.name, Tenant.id)).all()


def _rank(count: Shown) -> int:
    return 1 if count is None else count


def leaves_out_sealed(work: Work) -> bool:
    """Whether the figures here leave 检举控告 out, sums and parts alike: who may not see them is told neither."""
    return not policy.may_see_sealed(work.actor)


def _summed(work: Work, units: Sequence[Tenant], cohorts: Window) -> list[Subordinate]:
    stretches = [
        Stretch(None, cohorts.first - timedelta(days=1)),
        Stretch(cohorts.first, cohorts.last),
        Stretch(cohorts.last + timedelta(days=1), work.clock.today()),
    ]
    matter = Matter(without=_left_out(work))
    facts = grains.rows(work, [(unit.id, SUBTREE) for unit in units], stretches, matter)
    days = facts.c.day.between(cohorts.first, cohorts.last)
    rows = work.session.execute(
        select(
            facts.c.subject_id,
            func.sum(facts.c.registered + facts.c.moved - facts.c.closed).label("open"),
            *(
                func.coalesce(func.sum(facts.c[name]).filter(days), 0).label(name)
                for name in ("due", "due_met", "notice_due", "notice_met")
            ),
        ).group_by(facts.c.subject_id),
        facts.values,
    ).all()
    by_unit = {row.subject_id: row for row in rows}
    shown = _hidden({unit.id: _counts(by_unit.get(unit.id), "open") for unit in units})
    return [
        Subordinate(
            tenant_id=unit.id,
            slug=unit.slug,
            name=unit.name,
            kind=unit.kind,
            status=unit.status,
            open=shown[unit.id]["open"],
            overdue=shown[unit.id]["overdue"],
            late=shown[unit.id]["late"],
            on_time=_on_time(_counts(by_unit.get(unit.id)), shown[unit.id]),
        )
        for unit in units
    ]


def _counts(row: Any, *names: str) -> Mapping[str, int]:
    """What a row of sums says of one child; ``None`` is a child without a row."""

    def of(name: str) -> int:
        return int(getattr(row, name)) if row is not None else 0

    late = of("notice_due") - of("notice_met")
    told = {"due": of("due"), "met": of("due_met"), "overdue": of("due") - of("due_met"), "late": late}
    return told | {name: of(name) for name in names}


def _hidden(counts: Mapping[int, Mapping[str, int]]) -> dict[int, dict[str, Shown]]:
    """Counts of all direct children as they may be shown together."""
    # In one order on every page, or another number would be hidden for the same one's sake.
    order = sorted(counts)
    columns = {name: [counts[child][name] for child in order] for name in next(iter(counts.values()), {})}
    shown = {name: apart(column) for name, column in columns.items()}
    if shown:
        shown["due"] = uncover(columns["due"], shown["due"], shown["overdue"], shown["met"])
    return {child: {name: told[place] for name, told in shown.items()} for place, child in enumerate(order)}


def _on_time(counts: Mapping[str, int], shown: Mapping[str, Shown]) -> Share:
    """The rate of a child; none where a number of it is hidden for another child's sake."""
    if any(shown[name] is None and outside(counts[name]) is not None for name in ("due", "overdue", "met")):
        return Share(shown["due"], None, None)
    return share(counts["met"], counts["due"])


def share(met: int, due: int) -> Share:
    """A rate that tells no more than the shown number of late cases does."""
    if outside(due) is None or due == 0:
        return Share(outside(due), None, None)
    whole = rounded(due)
    if outside(due - met) is not None:
        # Few in time point at few people as well.
        if outside(met) is not None:
            # Of the rounded numbers: the exact rate would tell the exact ones.
            return Share(whole, rounded(met) / whole, rounded(met) / whole)
        return Share(whole, 1 / whole, HIDDEN_TO / whole)
    return Share(whole, max(0, whole - HIDDEN_TO) / whole, (whole - 1) / whole)


def _left_out(work: Work) -> Sequence[str]:
    # 检举控告: that somebody was reported at all is not for everybody (条例 art. 30(3)).
    if not leaves_out_sealed(work):
        return ()
    return work.session.scalars(select(Category.code).where(Category.sealed)).all()


def _facts(work: Work, children: Sequence[int], *, categories: bool = False) -> Facts:
    cohorts = window(work)
    period = Stretch(cohorts.first, cohorts.last)
    matter = Matter(categories=categories, without=_left_out(work))
    return grains.rows(work, [(child, SUBTREE) for child in children], [period], matter)


def _parts(
    work: Work, unit: Subordinate, children: Sequence[int], facts: Facts, place: ColumnElement[Any]
) -> tuple[Part, ...]:
    names = ("registered", "closed", "due", "due_met", "notice_due", "notice_met")
    rows = work.session.execute(
        select(
            facts.c.subject_id, place.label("place"), *(func.sum(facts.c[name]).label(name) for name in names)
        ).group_by(facts.c.subject_id, place),
        facts.values,
    ).all()
    found = {(row.place, row.subject_id): row for row in rows}
    parts = []
    for label in sorted({row.place for row in rows}):
        counts = {child: _counts(found.get((label, child)), "registered", "closed") for child in children}
        mine, shown = counts[unit.tenant_id], _hidden(counts)[unit.tenant_id]
        # A 0 that is hidden for another's sake must not be told by a missing line.
        if any(mine.values()) or None in shown.values():
            told = {name: shown[name] for name in ("registered", "closed", "overdue", "late")}
            parts.append(Part(label=label, **told, on_time=_on_time(mine, shown)))
    return tuple(parts)
