"""Whose hotspots an actor sees: own rows, below only with the role, 检举控告 only by those who read such files."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from kernel.errors import ForbiddenError, NotFoundError
from measures import spot_queries
from measures.spot_rules import EVERY
from tests.builders import Federation
from tests.measures.planting import plant, search, spots

Fold = Callable[..., int]


def test_a_clerk_sees_the_own_unions_and_a_superior_those_below_too(
    federation: Federation, superuser: Engine, fold_all: Fold
) -> None:
    plant(federation, superuser, "east")
    plant(federation, superuser, "west", factor=1.0, seed=2)
    plant(federation, superuser, "city", category="02", seed=3)
    fold_all()
    search(federation, "city")
    assert {(spot.scope, spot.category) for spot in spots(federation, "city")} == {(0, "02"), (1, "01")}
    with federation.work("supervisor@city") as work:
        assert len(spot_queries.page(work)[0]) == 2
        assert spot_queries.tally(work) == spot_queries.Tally(2, 2)
    below = next(spot.id for spot in spots(federation, "city") if spot.scope == 1)
    with federation.work("clerk@city") as work:
        assert [spot.category for spot in spot_queries.page(work)[0]] == ["02"]
        with pytest.raises(NotFoundError):
            spot_queries.get(work, below)
    with federation.work("head@west") as work:
        assert spot_queries.page(work)[0] == []
    with pytest.raises(ForbiddenError), federation.work("admin@city") as work:
        spot_queries.page(work)


def test_a_rise_of_accusations_is_seen_by_those_who_read_such_files(
    federation: Federation, superuser: Engine, fold_all: Fold
) -> None:
    plant(federation, superuser, "east", category="13", factor=6.0)
    fold_all()
    search(federation, "east")
    assert [spot.category for spot in spots(federation, "east")] == ["13"]
    for who, seen in (("head@east", 1), ("leader@east", 1), ("supervisor@east", 0), ("clerk@east", 0)):
        with federation.work(who) as work:
            assert len(spot_queries.page(work)[0]) == seen, who


def test_a_rise_of_everything_counts_accusations_too_and_is_shown_to_who_reads_such_files(
    federation: Federation, superuser: Engine, fold_all: Fold
) -> None:
    plant(federation, superuser, "east", factor=1.0)
    with superuser.begin() as connection:
        connection.execute(
            text("update fact_deltas set registered = registered * 3 where tenant_id = :t and day >= '2026-05-03'"),
            {"t": federation.ids["east"]},
        )
    fold_all()
    search(federation, "east")
    assert [spot.category for spot in spots(federation, "east")] == [EVERY]
    for who, seen in (("head@east", 1), ("leader@east", 1), ("supervisor@east", 0)):
        with federation.work(who) as work:
            assert len(spot_queries.page(work)[0]) == seen, who
