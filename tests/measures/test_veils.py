"""The figures of one child are hidden exactly where the table of all children hides them."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.scopes import OWN, SUBTREE, Scope
from measures.suppression import apart
from measures.veils import tell, totalled

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
