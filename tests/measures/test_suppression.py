"""What is shown from outside leaves every hidden number at least two values, also to somebody who knows the rules."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.suppression import HIDDEN, HIDDEN_TO, Shown, apart, margin, outside, uncover, words

#: What somebody outside reads: the parts and their total.
Tell = Callable[[tuple[int, ...]], tuple[tuple[Shown, ...], Shown]]
#: Tables of counts below this are looked at, against all that are larger by no more than what rounding can hide.
MOST = 24
ROUNDING = 16


@pytest.mark.parametrize(
    ("count", "seen"), [(0, 0), (1, None), (7, None), (8, 10), (12, 10), (13, 15), (1_998, 2_000), (-3, -5), (-1, 0)]
)
def test_small_counts_are_hidden_and_the_others_rounded(count: int, seen: Shown) -> None:
    assert outside(count) == seen


def test_a_hidden_count_reads_as_a_word_and_never_as_a_number() -> None:
    assert words(None) == HIDDEN
    assert words(1_235) == "1,235"
    assert not any(character.isdigit() for character in HIDDEN)


def test_a_whole_of_nothing_is_hidden_where_a_part_of_it_is_and_no_other_is() -> None:
    assert uncover([0, 40, 0], [0, 40, 0], [None, None, 0]) == (None, 40, 0)


def _tell_margin(counts: tuple[int, ...]) -> tuple[tuple[Shown, ...], Shown]:
    return margin(counts)


def _tell_apart(counts: tuple[int, ...]) -> tuple[tuple[Shown, ...], int]:
    return apart(counts), sum(counts)


@pytest.mark.parametrize("parts", [2, 3])
@pytest.mark.parametrize("tell", [_tell_margin, _tell_apart])
def test_no_table_tells_a_hidden_part_to_somebody_who_knows_the_rule(tell: Tell, parts: int) -> None:
    """Of all tables that read alike, with their total, every hidden part has several values."""
    possible: dict[object, list[set[int]]] = {}
    for counts in product(range(MOST + ROUNDING), repeat=parts):
        values = possible.setdefault(tell(counts), [set() for _ in counts])
        for found, count in zip(values, counts, strict=True):
            found.add(count)
    for counts in product(range(MOST), repeat=parts):
        told = tell(counts)
        for seen, values in zip(told[0], possible[told], strict=True):
            assert seen is not None or len(values) > 1, (counts, told)


@pytest.mark.parametrize("many", [2, 8, 9, 40])
@pytest.mark.parametrize(("each", "instead"), [(1, (2, 0)), (HIDDEN_TO, (HIDDEN_TO - 1, HIDDEN_TO + 1))])
def test_many_parts_at_one_end_are_not_told_by_their_exact_total(
    many: int, each: int, instead: tuple[int, int]
) -> None:
    assert apart((each,) * many) == apart((*instead, *(each,) * (many - 2)))


@given(st.integers(2, 60), st.lists(st.integers(8, 500), max_size=4), st.data())
def test_many_parts_at_one_end_are_not_told_by_their_rounded_total(
    many: int, others: list[int], data: st.DataObject
) -> None:
    """Where every hidden part is 1, or 7, a plainly rounded total can say so."""
    each, instead = data.draw(st.sampled_from([(1, 2), (HIDDEN_TO, HIDDEN_TO - 1)]))
    told = margin([*[each] * many, *others])
    for shift in range(-4, 5):
        near = [min(max(other + shift, 8, _rounded(other) - 2), _rounded(other) + 2) for other in others]
        if margin([instead, *[each] * (many - 1), *near]) == told:
            return
    raise AssertionError(f"{many} parts of {each} are told by {told[1]}")


def _rounded(count: int) -> int:
    seen = outside(count)
    assert seen is not None
    return seen


@given(st.lists(st.integers(0, 2_000), max_size=60))
def test_a_shown_total_is_near_the_true_one(counts: list[int]) -> None:
    total = margin(counts)[1]
    assert sum(counts) <= HIDDEN_TO if total is None else abs(total - sum(counts)) <= 7


@given(st.lists(st.integers(0, 2_000), max_size=60))
def test_nothing_small_is_ever_shown(counts: list[int]) -> None:
    for shown in (apart(counts), margin(counts)[0]):
        for count, seen in zip(counts, shown, strict=True):
            assert seen is None or seen == outside(count)
            assert not 1 <= count <= HIDDEN_TO or seen is None
