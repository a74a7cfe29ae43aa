"""The figures of one child are hidden exactly where the table of all children hides them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from measures import figuring, queries, sums
from measures.definitions import BY_KEY
from measures.scopes import OWN, SUBTREE, Scope
from measures.suppression import apart
from measures.veils import tell, totalled
from tests.builders import Federation
from tests.measures.test_queries import add, asking, may

__all__ = ["may"]

Fold = Callable[..., int]

CHILDREN = (2, 3)
OF_EACH = {child: Scope(str(child), child, SUBTREE, "", veiled=True, beside=CHILDREN) for child in CHILDREN}


@given(st.tuples(st.integers(0, 60), st.integers(0, 60)))
def test_the_pages_of_all_children_together_show_what_their_table_shows(counts: tuple[int, int]) -> None:
    cell = dict(zip(CHILDREN, counts, strict=True))
    assert tuple(tell(OF_EACH[child], cell) for child in CHILDREN) == apart(counts)


def test_ones_own_counts_are_exact_and_those_of_an_only_child_stand_alone() -> None:
    assert tell(Scope("own", 1, OWN, ""), {1: 3}) == 3
    assert tell(Scope("2", 2, SUBTREE, "", veiled=True, beside=(2,)), {2: 0}) == 0
    assert tell(Scope("2", 2, SUBTREE, "", veiled=True, beside=(2,)), {2: 3}) is None


@pytest.mark.parametrize("child", CHILDREN)
def test_a_page_with_its_totals_leaves_every_hidden_number_several_values(child: int) -> None:
    """Two children, two weeks; the viewer knows what both have in each week."""

    def told(first: tuple[int, int], second: tuple[int, int]) -> object:
        return totalled(OF_EACH[child], [dict(zip(CHILDREN, counts, strict=True)) for counts in (first, second)])

    for one, other in product((0, 3, 9), (0, 3, 8)):
        for one_later, other_later in ((0, 0), (0, 9), (4, 0), (2, 12), (7, 7)):
            first, second = (one, other), (one_later, other_later)
            shipped = told(first, second)
            same = [
                (a, b)
                for a, b in product(range(sum(first) + 1), range(sum(second) + 1))
                if told((a, sum(first) - a), (b, sum(second) - b)) == shipped
            ]
            for week, counts in enumerate((first, second)):
                assert None not in apart(counts) or len({pair[week] for pair in same}) > 1, (first, second)


def test_the_page_of_a_silent_unit_does_not_tell_the_small_number_of_another(
    may: Federation, fold_all: Fold, superuser: Engine
) -> None:
    add(superuser, may.ids["east"], date(2026, 5, 4), registered=3, closed=2, due=3, due_met=1)
    add(superuser, may.ids["west"], date(2026, 5, 4), category="02", channel="letter", registered=50)
    fold_all()
    with asking(may, "head@city", unit=str(may.ids["west"])) as (work, here, wanted):
        flow, (*_before, now) = queries.flow(work, wanted), queries.months(work, wanted)
        week = next(week for week in flow.weeks if week.monday == date(2026, 5, 4))
        assert (flow.closed, week.closed, now.closed, now.handling) == (None, None, None, queries.Rate(None, None))
        assert flow.channels == {"letter": 50, "visit": None}
        assert flow.registered is None, "with the letters it would tell the visits"
        heat = queries.heat(work, wanted, here)
        assert heat.rows == ("01", "02"), "a line that is missing is a zero that is told"
        assert None in heat.shown[0] and heat.total is None
        assert {row.category: row.recent for row in queries.recent(work, wanted, here)} == {"01": None, "02": 50}
        (closed,) = figuring.answers(work, wanted, (BY_KEY["closed"],))
        ((_month, told),) = sums.by_month(work, replace(wanted, first=date(2026, 5, 1)), (BY_KEY["on_time"],))
        assert closed.hidden and told["on_time"].denominator is None
    with asking(may, "head@city") as (work, here, wanted):
        east, west = (answers["on_time"] for _unit, answers in sums.by_unit(work, wanted, here, (BY_KEY["on_time"],)))
        assert east.hidden and west.hidden
