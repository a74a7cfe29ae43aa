"""Worked numbers: each expectation was computed by hand or comes from a textbook."""

from __future__ import annotations

import numpy as np
import pytest

from measures.statistics import expected, pearson, wilson
from measures.suppression import outside, words


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


@pytest.mark.parametrize(("count", "text"), [(0, "0"), (1, "隐去"), (7, "隐去"), (8, "10"), (1234, "1,235")])
def test_small_counts_are_hidden_from_outside_and_nothing_is_not(count: int, text: str) -> None:
    assert words(outside(count)) == text


def test_a_cell_that_is_not_known_is_expected_from_the_others_and_changes_nothing_in_their_expectation() -> None:
    hoped = expected([[10, 20], [30, float("nan")]])
    # 10 × 60 = 20 × 30: with 60 the rows and columns have nothing to do with each other.
    assert hoped == pytest.approx(np.array([[10, 20], [30, 60]]), rel=1e-3)
    residuals = pearson([[10, 20], [30, float("nan")]])
    assert np.isnan(residuals[1, 1])
    assert residuals[0, 0] == pytest.approx(0, abs=1e-2)
    assert expected([[float("nan")]]).tolist() == [[0]]
