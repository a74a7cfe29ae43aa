"""Sums of a period from the viewer's own rows: scopes, days and parts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import Engine

from measures import totals
from measures.models import OWN, SUBTREE
from tests.builders import Federation
from tests.measures.test_queries import add

FIRST, LAST = date(2026, 2, 1), date(2026, 2, 28)


def test_sums_are_of_the_asked_days_and_scope(
    federation: Federation, fold_all: Callable[..., int], superuser: Engine
) -> None:
    ids = federation.ids
    add(superuser, ids["east"], date(2026, 1, 31), registered=5)
    add(superuser, ids["east"], FIRST, registered=20, closed=6, category="01", channel="visit")
    add(superuser, ids["street"], LAST, registered=30, closed=9, due=4, due_met=3, category="02", channel="letter")
    add(superuser, ids["west"], LAST, registered=99)
    fold_all()
    with federation.work("head@east") as work:
        own = totals.totals(work, OWN, FIRST, LAST)
        assert (own["registered"], own["closed"], own["due"]) == (20, 6, 0)
        everybody = totals.totals(work, SUBTREE, FIRST, LAST)
        assert (everybody["registered"], everybody["due_met"]) == (50, 3)
        assert {
            code: sums["registered"] for code, sums in totals.by_category(work, SUBTREE, FIRST, LAST).items()
        } == {
            "01": 20,
            "02": 30,
        }
        assert set(totals.by_channel(work, OWN, FIRST, LAST)) == {"visit"}
        assert totals.first_day(work) == date(2026, 1, 31)
    with federation.work("head@city") as work:
        below = totals.of_children(work, [ids["east"], ids["west"]], FIRST, LAST)
        assert {number: sums["registered"] for number, sums in below.items()} == {ids["east"]: 50, ids["west"]: 99}


def test_categories_that_are_left_out_are_in_no_sum(
    federation: Federation, fold_all: Callable[..., int], superuser: Engine
) -> None:
    ids = federation.ids
    add(superuser, ids["east"], FIRST, registered=20, category="01")
    add(superuser, ids["east"], FIRST, registered=5, category="13")
    fold_all()
    with federation.work("head@east") as work:
        assert totals.totals(work, OWN, FIRST, LAST, without={"13"})["registered"] == 20
        assert set(totals.by_category(work, OWN, FIRST, LAST, without={"13"})) == {"01"}
        assert totals.by_channel(work, OWN, FIRST, LAST, without={"13"})["visit"]["registered"] == 20
    with federation.work("head@city") as work:
        below = totals.of_children(work, [ids["east"]], FIRST, LAST, without={"13"})
        assert below[ids["east"]]["registered"] == 20


def test_a_union_without_a_figure_has_nothing_and_no_first_day(federation: Federation) -> None:
    with federation.work("head@west") as work:
        assert totals.totals(work, OWN, FIRST, LAST) == totals.NOTHING
        assert totals.first_day(work) is None
