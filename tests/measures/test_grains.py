"""Whatever rows a question is answered from, daily ones or sums, it has one answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, event, select, text

from access.actor import Work
from kernel.db import Database
from measures import below, figuring, grains, queries, scopes, spotting, sums, totals
from measures.definitions import CATALOGUE
from measures.grains import Matter, Stretch
from measures.models import DAY_BY_CATEGORY, DAY_BY_CHANNEL, MONTH, MONTH_BY_CATEGORY, MONTH_BY_CHANNEL, OWN, SUBTREE
from measures.scopes import Wanted
from tests.builders import Federation
from tests.measures.histories import START, live
from tests.measures.test_summing import sum_all

Fold = Callable[..., int]
BORDER = date(2026, 3, 10)
_MONTHLY = [measure for measure in CATALOGUE if not any(part.before for part in measure.numerator)]
_MONTHLY = [m for m in _MONTHLY if not any(part.before for part in m.denominator or ())]


def answers(work: Work, wanted: Wanted) -> Iterator[tuple[str, Any]]:
    """What every reader of figures says to one question."""
    here = scopes.around(work)
    yield "flow", queries.flow(work, wanted)
    yield "months", queries.months(work, wanted)
    yield "units", queries.units(work, wanted, here)
    yield "heat", queries.heat(work, wanted, here)
    yield "recent", queries.recent(work, wanted, here)
    yield "figures", figuring.answers(work, wanted)
    yield "months of measures", sums.by_month(work, wanted, _MONTHLY)
    yield "units of measures", sums.by_unit(work, wanted, here, _MONTHLY)
    for scope in (OWN, SUBTREE):
        period = (scope, wanted.first, wanted.last)
        yield "totals", totals.totals(work, *period)
        yield "totals by category", totals.by_category(work, *period)
        yield "totals by channel", totals.by_channel(work, *period)
    children = [child.tenant_id for child in here.children]
    yield "totals of children", totals.of_children(work, children, wanted.first, wanted.last)
    yield "subordinates", below.page(work)
    for unit in below.page(work).rows:
        yield "its categories", below.by_category(work, unit)
        yield "its months", below.by_month(work, unit)
    ground = spotting.read(work)
    yield "ground", None if ground is None else (ground.categories, ground.first, ground.counts.tolist())


def questions(work: Work, dice: Random) -> Iterator[Wanted]:
    here = scopes.around(work)
    words = ["own", "subtree", *(str(child.tenant_id) for child in here.children)]
    for _ in range(4):
        first = START.date() + timedelta(days=dice.randrange(-40, 120))
        last = first + timedelta(days=dice.choice((0, 6, 45, 100, 300)))
        scope = scopes.choose_scope(work, here, dice.choice(words))
        yield Wanted(
            first, last, scope, dice.choice((None, None, "01", "-")), dice.choice((None, None, "visit", "online"))
        )


def test_answers_are_the_same_with_sums_without_them_and_with_some(
    federation: Federation, rollup: Database, fold_all: Fold, superuser: Engine
) -> None:
    live(federation, 5, cases=40)
    fold_all()

    def said() -> list[tuple[str, Any]]:
        found = []
        for slug in ("city", "east", "street"):
            with federation.work(f"head@{slug}") as work:
                for wanted in questions(work, Random(slug)):
                    found += [(f"{slug}: {name}", answer) for name, answer in answers(work, wanted)]
        return found

    plain = said()
    for until in (BORDER, BORDER + timedelta(days=80), date(2026, 12, 1)):
        assert sum_all(rollup, until) > 0
        for (name, expected), (_name, found) in zip(plain, said(), strict=True):
            assert found == expected, (until, name)
    # Some lines are summed and others are not yet.
    with superuser.begin() as connection:
        connection.execute(
            text("delete from summed_lines where subject_id % 2 = 1 or scope = 0 and subject_id = tenant_id")
        )
    for (name, expected), (_name, found) in zip(plain, said(), strict=True):
        assert found == expected, name


@pytest.mark.parametrize(
    ("matter", "month", "day"),
    [
        (Matter(), MONTH_BY_CHANNEL, DAY_BY_CHANNEL),
        (Matter(channel="visit"), MONTH_BY_CHANNEL, DAY_BY_CHANNEL),
        (Matter(channels=True), MONTH_BY_CHANNEL, DAY_BY_CHANNEL),
        (Matter(categories=True), MONTH_BY_CATEGORY, DAY_BY_CATEGORY),
        (Matter(category="01"), MONTH_BY_CATEGORY, DAY_BY_CATEGORY),
        (Matter(category="01", channels=True), MONTH, None),
        (Matter(channel="visit", categories=True), MONTH, None),
    ],
)
def test_a_period_is_whole_months_the_days_around_them_and_what_is_not_summed_yet(
    matter: Matter, month: int, day: int | None
) -> None:
    period = Stretch(date(2026, 1, 20), date(2026, 4, 25))
    assert _covered(period, date(2026, 4, 10), matter) == [
        (None, date(2026, 4, 10), date(2026, 4, 25)),
        (month, date(2026, 2, 1), date(2026, 3, 31)),
        (day, date(2026, 1, 20), date(2026, 1, 31)),
        (day, date(2026, 4, 1), date(2026, 4, 9)),
    ]


def test_history_is_months_and_whoever_tells_days_apart_gets_days() -> None:
    until = date(2026, 4, 10)
    assert _covered(Stretch(None, date(2026, 3, 31)), until) == [(MONTH_BY_CHANNEL, None, date(2026, 3, 31))]
    days = Stretch(date(2026, 1, 1), date(2026, 3, 31), by_month=False)
    assert _covered(days, until) == [(DAY_BY_CHANNEL, date(2026, 1, 1), date(2026, 3, 31))]
    assert _covered(Stretch(until, until), until) == [(None, until, until)]
    assert _covered(days, None) == [(None, days.first, days.last)]


def _covered(stretch: Stretch, until: date | None, matter: Matter | None = None) -> list[tuple[object, ...]]:
    return [(part.grain, part.first, part.last) for part in grains._cover([stretch], until, matter or Matter())]


def test_borders_are_read_once_a_transaction_and_a_question_about_nobody_has_no_rows(federation: Federation) -> None:
    said: list[str] = []
    with federation.work("head@city") as work:
        event.listen(work.session.connection(), "before_cursor_execute", lambda *args: said.append(args[2]))
        week = [Stretch(START.date(), START.date() + timedelta(days=6))]
        facts = grains.rows(work, [], week, Matter())
        assert work.session.execute(select(facts.c.day), facts.values).all() == []
        grains.rows(work, [(work.tenant_id, OWN)], week, Matter())
    assert sum("summed_lines" in statement for statement in said) == 1
