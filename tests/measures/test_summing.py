"""Sums of daily figures hold exactly the days before their border, whatever comes late, moves, breaks or dies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import Engine, text

from kernel.db import Database
from measures.carrying import LOCK
from measures.models import COUNTS, SUBTREE, SummedFact
from measures.rebuilding import rebuild
from measures.summing import GRAINS, Line, advance, behind, check
from tests.builders import Federation
from tests.measures.histories import START, UNION_SLUGS, Forest, live
from tests.measures.test_moves import hang

Fold = Callable[..., int]
SPRING = date(2026, 3, 10)


def sum_all(rollup: Database, until: date) -> int:
    with rollup.engine.begin() as connection:
        lines = behind(connection, until, dense=1)
    for line in lines:
        with rollup.engine.begin() as connection:
            advance(connection, line, until)
    return len(lines)


def wrong(rollup: Database, federation: Federation) -> int:
    """How many sums differ from their days, without leaving a correction behind."""
    with rollup.engine.connect() as connection, connection.begin() as unfinished:
        connection.execute(LOCK)
        found = sum(check(connection, federation.ids[slug]) for slug in UNION_SLUGS)
        unfinished.rollback()
    return found


def sums(superuser: Engine) -> set[tuple[object, ...]]:
    kept = " or ".join(f"{name} <> 0" for name in COUNTS)
    with superuser.connect() as connection:
        return {tuple(row) for row in connection.execute(text(f"select * from summed_facts where {kept}"))}


def test_a_line_is_summed_once_it_has_many_rows_and_only_up_to_its_border(
    federation: Federation, rollup: Database, fold_all: Fold, superuser: Engine
) -> None:
    live(federation, 3, cases=25)
    fold_all()
    with rollup.engine.begin() as connection:
        assert behind(connection, SPRING) == [], "2,000 rows are not reached"
        lines = behind(connection, SPRING, dense=1)
    ids = federation.ids
    assert Line(ids["city"], ids["city"], SUBTREE) in lines
    assert Line(ids["city"], ids["east"], SUBTREE) in lines
    assert sum_all(rollup, SPRING) == len(lines)
    with superuser.connect() as connection:
        found = connection.execute(
            text(
                "select grain, sum(registered), min(day), max(day) from summed_facts "
                "where tenant_id = :city and subject_id = :city and scope = 1 group by grain"
            ),
            {"city": ids["city"]},
        ).all()
        expected = connection.execute(
            text(
                "select sum(registered) from daily_facts "
                "where tenant_id = :city and subject_id = :city and scope = 1 and day < :until"
            ),
            {"city": ids["city"], "until": SPRING},
        ).scalar_one()
    assert {row[0] for row in found} == set(GRAINS)
    assert {row[1] for row in found} == {expected}
    assert all(row[3] < SPRING for row in found)
    assert wrong(rollup, federation) == 0


@pytest.mark.parametrize("seed", [1, 2])
def test_what_comes_late_and_who_moves_reach_the_sums_too(
    federation: Federation, rollup: Database, fold_all: Fold, seed: int
) -> None:
    dice, forest, day = Random(seed), Forest(), START.date() + timedelta(days=20)
    live(federation, seed, cases=12)
    fold_all()
    for turn in range(3):
        sum_all(rollup, day)
        live(federation, seed * 100 + turn, cases=5)
        slug = dice.choice(("east", "street"))
        hang(federation, forest, slug, "west" if turn % 2 == 0 else "city", day)
        fold_all(limit=11)
        assert wrong(rollup, federation) == 0, turn
        day += timedelta(days=dice.choice((1, 15, 40)))
    assert rebuild(federation.database, rollup) == {}


def test_a_border_moves_on_alike_in_one_step_and_in_many_and_never_back(
    federation: Federation, rollup: Database, fold_all: Fold, superuser: Engine
) -> None:
    live(federation, 7, cases=25)
    fold_all()
    for days in (0, 1, 17, 31, 62):
        sum_all(rollup, START.date() + timedelta(days=days))
    by_steps = sums(superuser)
    with superuser.begin() as connection:
        connection.execute(text("delete from summed_facts"))
        connection.execute(text("delete from summed_lines"))
    sum_all(rollup, START.date() + timedelta(days=62))
    assert sums(superuser) == by_steps
    assert sum_all(rollup, START.date() + timedelta(days=62)) == 0, "nothing is behind"
    city = federation.ids["city"]
    with rollup.engine.begin() as connection:
        advance(connection, Line(city, city, SUBTREE), START.date())
    assert sums(superuser) == by_steps
    assert wrong(rollup, federation) == 0


def test_a_step_that_dies_before_its_end_leaves_the_border_where_it_was(
    federation: Federation, rollup: Database, fold_all: Fold, superuser: Engine
) -> None:
    live(federation, 9, cases=20)
    fold_all()
    city = federation.ids["city"]
    with rollup.engine.connect() as connection, connection.begin() as unfinished:
        advance(connection, Line(city, city, SUBTREE), SPRING)
        unfinished.rollback()
    assert sums(superuser) == set()
    sum_all(rollup, SPRING)
    assert wrong(rollup, federation) == 0


def test_the_second_count_puts_wrong_and_lost_sums_right(
    federation: Federation, rollup: Database, fold_all: Fold, superuser: Engine
) -> None:
    live(federation, 11, cases=20)
    fold_all()
    sum_all(rollup, SPRING)
    right = sums(superuser)
    with superuser.begin() as connection:
        connection.execute(text("update summed_facts set registered = registered + 5 where grain = 2"))
        connection.execute(text("delete from summed_facts where grain = 5"))
    assert wrong(rollup, federation) > 0
    corrected = rebuild(federation.database, rollup)
    assert set(corrected) == {federation.ids[slug] for slug in UNION_SLUGS}
    assert sums(superuser) == right
    assert rebuild(federation.database, rollup) == {}


def test_days_that_vanished_come_back_into_days_and_sums(
    federation: Federation, rollup: Database, fold_all: Fold, superuser: Engine
) -> None:
    live(federation, 13, cases=20)
    fold_all()
    sum_all(rollup, SPRING)
    right = sums(superuser)
    with superuser.begin() as connection:
        connection.execute(text("delete from daily_facts where day < '2026-02-10'"))
    assert rebuild(federation.database, rollup) != {}
    assert sums(superuser) == right
    assert wrong(rollup, federation) == 0


def test_every_count_is_summed() -> None:
    assert set(COUNTS) <= set(SummedFact.__table__.columns.keys())
