"""Facts after a fold equal a recount of the cases, at every level, whoever folds and however often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from threading import Thread

import pytest
from sqlalchemy import Engine, text

from kernel.db import Database
from measures.folding import fold
from measures.models import COUNTS, OWN, SUBTREE
from tests.builders import Federation
from tests.measures.histories import UNION_SLUGS, facts, live
from tests.measures.truth import QUESTIONS, Cells, truths

Fold = Callable[..., int]
BELOW = {"city": ("east", "west"), "east": ("street",), "west": (), "street": ()}


def assert_facts_are_true(federation: Federation, superuser: Engine) -> None:
    ids = federation.ids
    found = truths(superuser)
    truth = {slug: found.get(ids[slug], Counter()) for slug in UNION_SLUGS}

    def subtree(slug: str) -> Cells:
        cells = +truth[slug]
        for child in BELOW[slug]:
            cells = cells + subtree(child)
        return cells

    for slug in UNION_SLUGS:
        assert facts(superuser, ids[slug], ids[slug], OWN) == truth[slug], slug
        assert facts(superuser, ids[slug], ids[slug], SUBTREE) == subtree(slug), slug
        for child in BELOW[slug]:
            assert facts(superuser, ids[slug], ids[child], SUBTREE) == subtree(child), (slug, child)


def test_the_recount_knows_every_column() -> None:
    assert {name.partition(" ")[0] for name in QUESTIONS} == set(COUNTS)


@pytest.mark.parametrize("seed", [1, 2])
def test_random_histories_fold_to_what_a_recount_gives(
    federation: Federation, fold_all: Fold, superuser: Engine, seed: int
) -> None:
    live(federation, seed, cases=14)
    fold_all(limit=7)
    live(federation, seed + 100, cases=10)
    assert fold_all() > 0
    assert fold_all() == 0
    assert_facts_are_true(federation, superuser)


def test_nobody_but_ancestors_is_shown_a_figure(federation: Federation, fold_all: Fold, superuser: Engine) -> None:
    federation.register("clerk@street")
    fold_all()
    with superuser.connect() as connection:
        seen = connection.execute(text("select distinct tenant_id, subject_id, scope from daily_facts")).all()
    ids = federation.ids
    city, east, street = ids["city"], ids["east"], ids["street"]
    assert set(seen) == {
        (street, street, OWN),
        (street, street, SUBTREE),
        (east, east, SUBTREE),
        (east, street, SUBTREE),
        (city, city, SUBTREE),
        (city, east, SUBTREE),
    }


def test_two_folds_at_once_count_every_delta_once(
    federation: Federation, rollup: Database, superuser: Engine
) -> None:
    live(federation, 5, cases=12)
    with superuser.connect() as connection:
        waiting = connection.execute(text("select count(*) from fact_deltas")).scalar_one()
    folded: list[int] = []

    def run() -> None:
        for _ in range(waiting):
            with rollup.engine.begin() as connection:
                folded.append(fold(connection, limit=5))

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(folded) == waiting
    assert_facts_are_true(federation, superuser)


def test_a_fold_that_dies_leaves_everything_as_it_was(
    federation: Federation, rollup: Database, fold_all: Fold, superuser: Engine
) -> None:
    federation.accepted()
    with rollup.engine.connect() as connection:
        assert fold(connection) > 0
        connection.rollback()
    with superuser.connect() as connection:
        assert connection.execute(text("select count(*) from daily_facts")).scalar_one() == 0
    fold_all()
    assert_facts_are_true(federation, superuser)


def test_the_as_of_time_moves_only_when_nothing_waits(
    federation: Federation, rollup: Database, superuser: Engine
) -> None:
    federation.register("clerk@street")
    federation.register("clerk@east")

    def beats() -> int:
        with superuser.connect() as connection:
            return connection.execute(text("select count(*) from heartbeats where name = 'fold'")).scalar_one()

    with rollup.engine.begin() as connection:
        assert fold(connection, limit=1) == 1
    assert beats() == 0
    with rollup.engine.begin() as connection:
        assert fold(connection, limit=9) == 3  # each left one cell for its day and one for its due date
    assert beats() == 1
