"""What is shown from outside leaves every hidden number at least two values, also to somebody who knows the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from measures.suppression import HIDDEN, HIDDEN_TO, Shown, apart, margin, outside, uncover, words

Told = object
#: Larger than every bucket that a part of the examples can fall into.
MOST = 24


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


def _could_be(counts: Sequence[int], shown: Sequence[Shown]) -> Iterator[tuple[int, ...]]:
    """Every table of true counts whose visible numbers are those; a hidden one may be anything at all."""
    ranges = [
        range(MOST + 1) if seen is None else [0] if seen == 0 else range(max(seen - 2, HIDDEN_TO + 1), seen + 3)
        for seen in shown
    ]
    yield from product(*ranges)


@cache
def _values(
    tell: Callable[[tuple[int, ...]], Told], counts: tuple[int, ...], shown: tuple[Shown, ...]
) -> list[set[int]]:
    told = tell(counts)
    found: list[set[int]] = [set() for _ in counts]
    for table in _could_be(counts, shown):
        if tell(table) == told:
            for place, count in enumerate(table):
                found[place].add(count)
    return found


def _tell_margin(counts: tuple[int, ...]) -> Told:
    return margin(counts)


def _tell_apart(counts: tuple[int, ...]) -> Told:
    return apart(counts), sum(counts)


TABLES = st.lists(st.integers(0, MOST - 4), min_size=2, max_size=3).map(tuple)


@settings(max_examples=120)
@given(TABLES)
@example((7, 7))
@example((1, 1, 1))
@example((12, 7))
@example((8, 1))
@example((7, 7, 20))
def test_a_total_that_is_shown_leaves_every_hidden_part_several_values(counts: tuple[int, ...]) -> None:
    shown, _total = margin(counts)
    for seen, values in zip(shown, _values(_tell_margin, counts, shown), strict=True):
        assert seen is not None or len(values) > 1


@settings(max_examples=120)
@given(TABLES)
@example((3, 0, 0))
@example((7, 7))
@example((1, 1))
@example((12, 7))
@example((8, 1))
@example((0, 0, 1))
@example((1, 0))
@example((7, 7, 7))
@example((20, 1, 0))
def test_a_total_that_is_known_anyway_leaves_every_hidden_part_several_values(counts: tuple[int, ...]) -> None:
    shown = apart(counts)
    for seen, values in zip(shown, _values(_tell_apart, counts, shown), strict=True):
        assert seen is not None or len(values) > 1


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
