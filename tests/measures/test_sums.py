"""Measures by month and by unit: the whole period's sums, cut into parts, with small ones hidden."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import Engine

from measures import sums
from measures.definitions import BY_KEY
from tests.builders import Federation
from tests.measures.test_queries import add, asking, may

__all__ = ["may"]

Fold = Callable[..., int]
ASKED = (BY_KEY["on_time"], BY_KEY["skip_levels"])


def test_months_are_clipped_to_the_period_and_silent_ones_are_there(
    may: Federation, superuser: Engine, fold_all: Fold
) -> None:
    add(superuser, may.ids["street"], date(2026, 3, 31), due=9, due_met=9)
    add(superuser, may.ids["street"], date(2026, 4, 2), due=5, due_met=4)
    add(superuser, may.ids["street"], date(2026, 4, 2), channel="letter", due=1, registered=4)
    add(superuser, may.ids["street"], date(2026, 4, 3), registered=10, skip_levels=1)
    fold_all()
    values = {"unit": "own", "from": "2026-04-01", "to": "2026-05-31"}
    with asking(may, "head@street", **values) as (work, _here, wanted):
        found = dict(sums.by_month(work, wanted, ASKED))
    assert list(found) == [date(2026, 4, 1), date(2026, 5, 1)]
    april = found[date(2026, 4, 1)]
    assert (april["on_time"].numerator, april["on_time"].denominator) == (4, 6)
    # Letters are no visits.
    assert (april["skip_levels"].numerator, april["skip_levels"].denominator) == (1, 10)
    assert found[date(2026, 5, 1)]["on_time"].denominator == 0


def test_units_come_in_the_order_of_the_tree_with_small_numbers_hidden(
    may: Federation, superuser: Engine, fold_all: Fold
) -> None:
    add(superuser, may.ids["west"], date(2026, 4, 2), due=40, due_met=20)
    add(superuser, may.ids["east"], date(2026, 4, 2), due=5, due_met=5)
    fold_all()
    with asking(may, "head@city") as (work, here, wanted):
        found = [(unit.short_name, answers["on_time"]) for unit, answers in sums.by_unit(work, wanted, here, ASKED)]
    assert [name for name, _answer in found] == ["东区总工会", "西区总工会"]
    assert found[0][1].hidden
    assert (found[1][1].numerator, found[1][1].denominator) == (20, 40)


def test_a_stock_has_no_parts(may: Federation) -> None:
    with asking(may, "head@city") as (work, _here, wanted), pytest.raises(ValueError, match="stock"):
        sums.by_month(work, wanted, (BY_KEY["open"],))
