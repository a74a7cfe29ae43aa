"""Worked numbers: each expectation was computed by hand or comes from a textbook."""

from __future__ import annotations

import numpy as np
import pytest

from measures.statistics import XMR_SHORTEST, expected, pearson, wilson, xmr
from measures.suppression import outside, words


def test_limits_are_the_mean_and_2_66_mean_moving_ranges() -> None:
    values = [10, 12, 9, 11, 10, 13, 8, 10, 12, 9, 11, 10]
    found = xmr(values)
    assert found is not None
    # Ranges 2 3 2 1 3 5 2 2 3 2 1 sum to 26; 26 / 11 × 2.66 = 6.287; the mean is 125 / 12.
    assert found.mean == pytest.approx(10.4167, abs=1e-4)
    assert found.upper == pytest.approx(10.4167 + 6.2873, abs=1e-3)
    assert found.lower == pytest.approx(10.4167 - 6.2873, abs=1e-3)
    assert found.outside == ()


def test_a_point_beyond_the_limits_is_named_by_its_place() -> None:
    found = xmr([10, 11, 10, 11, 10, 11, 10, 40, 10, 11, 10, 11, 10, 11, 10, 11])
    assert found is not None
    assert found.outside == (7,)


def test_the_lower_limit_of_a_count_stops_at_nothing() -> None:
    found = xmr([0, 5, 0, 5, 0, 5, 0, 5, 0, 5, 0, 5])
    assert found is not None
    assert found.lower == 0


def test_a_short_series_gets_no_limits() -> None:
    assert xmr([5.0] * (XMR_SHORTEST - 1)) is None
    assert xmr([]) is None
    steady = xmr([5.0] * XMR_SHORTEST)
    assert steady is not None
    assert (steady.lower, steady.upper, steady.outside) == (5.0, 5.0, ())


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I, method 3
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0),
    ],
)
def test_wilson_agrees_with_newcombes_table(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


def test_nothing_due_has_no_interval() -> None:
    assert wilson(0, 0) is None


def test_expectation_comes_from_row_and_column() -> None:
    table = [[10, 20], [30, 40]]
    assert expected(table).tolist() == [[12.0, 18.0], [28.0, 42.0]]
    assert pearson(table) == pytest.approx(np.array([[-2 / 12**0.5, 2 / 18**0.5], [2 / 28**0.5, -2 / 42**0.5]]))


def test_an_empty_table_is_unusual_nowhere() -> None:
    assert pearson([[0, 0], [0, 0]]).tolist() == [[0, 0], [0, 0]]
    assert pearson([[0, 5], [0, 7]]).tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize(("count", "text"), [(0, "0"), (1, "1–7"), (7, "1–7"), (8, "8"), (1234, "1,234")])
def test_small_counts_are_hidden_from_outside_and_nothing_is_not(count: int, text: str) -> None:
    assert words(outside(count)) == text
