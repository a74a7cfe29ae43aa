"""Figures stay honest when the tree changes: a day's cells belong to that day's line, the stock is never wrong.

The expectation is counted in Python from the cases and from trees kept by hand (``histories.Forest``); neither lines
with dates nor a word of the product's SQL are asked.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import Engine, text

from kernel.clock import FixedClock
from kernel.db import Database
from kernel.errors import InvalidError
from measures import queries, scopes
from measures.folding import fold
from measures.models import OWN, SUBTREE
from measures.rebuilding import rebuild
from measures.suppression import rounded
from tenants.moving import move
from tests.builders import Federation
from tests.measures.histories import START, UNION_SLUGS, Forest, facts, live
from tests.measures.truth import Cells, recount

Fold = Callable[..., int]


def hang(federation: Federation, forest: Forest, slug: str, parent: str | None, day: date) -> None:
    federation.clock = FixedClock(datetime(day.year, day.month, day.day, 2, 0, tzinfo=UTC))
    with federation.work("root@platform") as work:
        move(work, slug, new_parent_slug=parent, reason="隶属关系调整")
    forest.hang(slug, parent, day)


def assert_honest(federation: Federation, superuser: Engine, forest: Forest) -> None:
    ids = federation.ids
    truth = {slug: recount(superuser, ids[slug]) for slug in UNION_SLUGS}
    for viewer in UNION_SLUGS:
        assert facts(superuser, ids[viewer], ids[viewer], OWN) == truth[viewer], viewer
        for subject in UNION_SLUGS:
            expected = forest.shown(truth, viewer, subject)
            assert facts(superuser, ids[viewer], ids[subject], SUBTREE) == expected, (viewer, subject)


def stock(cells: Cells, day: date) -> int:
    sign = {"registered": 1, "moved": 1, "closed": -1}
    return sum(sign.get(name, 0) * amount for (at, _, _, name), amount in cells.items() if at <= day)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_random_histories_with_random_moves_agree_three_ways(
    federation: Federation, rollup: Database, fold_all: Fold, superuser: Engine, seed: int
) -> None:
    dice, forest, day = Random(seed), Forest(), START.date() + timedelta(days=20)
    live(federation, seed, cases=10)
    for turn in range(4):
        slug = dice.choice(UNION_SLUGS[1:])
        parent = dice.choice([each for each in (*UNION_SLUGS, None) if each != slug])
        try:
            hang(federation, forest, slug, parent, day)
        except InvalidError:
            continue  # a knot, or where it hangs already
        if dice.random() < 0.6:
            fold_all(limit=9)
        live(federation, seed * 100 + turn, cases=4)
        day += timedelta(days=dice.choice((0, 1, 15)))
    fold_all(limit=11)
    assert_honest(federation, superuser, forest)
    assert rebuild(federation.database, rollup) == {}
    with superuser.begin() as connection:
        connection.execute(text("delete from daily_facts"))
    assert rebuild(federation.database, rollup) != {}
    assert_honest(federation, superuser, forest)


def test_the_old_line_keeps_its_past_and_the_new_one_gets_the_stock(
    federation: Federation, fold_all: Fold, superuser: Engine
) -> None:
    ids, forest, day = federation.ids, Forest(), date(2026, 4, 1)
    live(federation, 21, cases=20)
    fold_all()
    before = {unit: facts(superuser, ids[unit], ids[unit], SUBTREE) for unit in ("city", "east", "west")}
    street = facts(superuser, ids["street"], ids["street"], SUBTREE)
    past = day - timedelta(days=1)
    hang(federation, forest, "street", "west", day)
    fold_all()
    after = {unit: facts(superuser, ids[unit], ids[unit], SUBTREE) for unit in ("city", "east", "west")}
    assert {cell: n for cell, n in after["east"].items() if cell[0] < day} == {
        cell: n for cell, n in before["east"].items() if cell[0] < day
    }
    assert stock(street, past) > 0
    assert stock(after["east"], day) == stock(before["east"], day) - stock(street, day)
    assert stock(after["west"], day) == stock(before["west"], day) + stock(street, day)
    assert after["city"] == before["city"], "the common ancestor sees no change"
    assert_honest(federation, superuser, forest)


def test_there_and_back_gives_the_figures_back(federation: Federation, fold_all: Fold, superuser: Engine) -> None:
    forest = Forest()
    live(federation, 31, cases=12)
    hang(federation, forest, "street", "west", date(2026, 2, 10))
    fold_all()
    live(federation, 32, cases=8)
    hang(federation, forest, "street", "east", date(2026, 3, 10))
    live(federation, 33, cases=8)
    fold_all()
    assert_honest(federation, superuser, forest)


def test_two_that_change_places_over_time_are_rebuilt_too(
    federation: Federation, rollup: Database, fold_all: Fold, superuser: Engine
) -> None:
    """Once east was above street, now street is above east: no one order of visits suits every day."""
    forest = Forest()
    live(federation, 41, cases=16)
    hang(federation, forest, "street", "city", date(2026, 2, 1))
    hang(federation, forest, "east", "street", date(2026, 3, 1))
    live(federation, 42, cases=8)
    fold_all()
    assert_honest(federation, superuser, forest)
    with superuser.begin() as connection:
        connection.execute(text("delete from daily_facts"))
    rebuild(federation.database, rollup)
    assert_honest(federation, superuser, forest)


def test_a_fold_that_dies_over_a_move_changes_nothing_and_the_next_one_does_it_once(
    federation: Federation, rollup: Database, fold_all: Fold, superuser: Engine
) -> None:
    forest = Forest()
    live(federation, 51, cases=10)
    fold_all()
    hang(federation, forest, "street", "west", date(2026, 3, 1))
    waiting = text("select count(*) from tree_moves where facts_at is null")
    with rollup.engine.connect() as connection:
        fold(connection)
        connection.rollback()
    with superuser.connect() as connection:
        assert connection.execute(waiting).scalar_one() == 1
    for _ in range(2):
        fold_all()
        assert_honest(federation, superuser, forest)
    with superuser.connect() as connection:
        assert connection.execute(waiting).scalar_one() == 0


def test_a_rebuild_between_the_move_and_the_fold_does_no_harm(
    federation: Federation, rollup: Database, fold_all: Fold, superuser: Engine
) -> None:
    forest = Forest()
    live(federation, 61, cases=10)
    fold_all()
    hang(federation, forest, "street", "west", date(2026, 3, 1))
    live(federation, 62, cases=4)
    rebuild(federation.database, rollup)
    fold_all()
    assert_honest(federation, superuser, forest)
    assert rebuild(federation.database, rollup) == {}


def test_a_case_handed_to_a_successor_is_counted_once(
    federation: Federation, rollup: Database, fold_all: Fold, superuser: Engine
) -> None:
    live(federation, 71, cases=16)
    with superuser.begin() as connection:
        for column, slug in (("handed_on", "east"), ("arrived_on", "west")):
            connection.execute(
                text(f"update cases set {column} = '2026-03-01' where tenant_id = :t and closed_at is null"),
                {"t": federation.ids[slug]},
            )
    rebuild(federation.database, rollup)
    fold_all()
    assert_honest(federation, superuser, Forest())


def test_the_weekly_stock_on_the_page_counts_who_came(
    federation: Federation, fold_all: Fold, superuser: Engine
) -> None:
    forest = Forest()
    for _ in range(12):
        federation.register("clerk@street")
    hang(federation, forest, "street", "west", date(2026, 5, 4))
    fold_all()
    federation.clock = FixedClock(datetime(2026, 5, 31, 4, 0, tzinfo=UTC))
    stocks = {}
    for slug in ("east", "west", "city"):
        with federation.work(f"head@{slug}") as work:
            asked = scopes.read(work, scopes.around(work), {"unit": "subtree", "from": "2026-04-06"})
            stocks[slug] = [week.open for week in queries.flow(work, asked).weeks]
    # West has one unit below: what it is shown of both together is rounded.
    assert stocks == {"east": [12] * 4 + [0] * 4, "west": [0] * 4 + [rounded(12)] * 4, "city": [12] * 8}
