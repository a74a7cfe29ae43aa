"""The tail is the negative binomial's, seasons and quiet days are learned, and sums are over the right days."""

from __future__ import annotations

import numpy as np
import pytest

from measures.expecting import (
    PLACES,
    SEASON_DAYS,
    Days,
    fading,
    kind_weights,
    season_factors,
    tail_score,
    windowed,
)

#: P(Y ≥ y) as normal scores from exact sums of the negative binomial, for (y, mean, spread).
EXACT = (
    ((3, 0.5, 0.1), 2.116),
    ((6, 0.5, 0.01), 4.159),
    ((9, 2, 0.1), 3.053),
    ((17, 2, 0.4), 4.040),
    ((23, 8, 0.1), 2.954),
    ((65, 40, 0.01), 2.967),
    ((163, 40, 0.4), 3.004),
    ((502, 300, 0.01), 4.990),
)


@pytest.mark.parametrize(("given", "score"), EXACT)
def test_the_tail_of_the_negative_binomial_is_met_to_two_places(
    given: tuple[int, float, float], score: float
) -> None:
    assert float(tail_score(*given)) == pytest.approx(score, abs=0.01)


def test_no_case_is_never_surprising_and_more_cases_are_always_more_so() -> None:
    scores = tail_score(np.arange(0, 60), 4.0, 0.05)
    assert scores[0] == -np.inf
    assert (np.diff(scores[1:]) > 0).all()


def test_windows_end_with_their_day() -> None:
    values = np.arange(40.0)
    found = windowed(values, np.array([30, 39]), (3, 28))
    assert found.tolist() == [[28 + 29 + 30, 37 + 38 + 39], [sum(range(3, 31)), sum(range(12, 40))]]


def test_a_day_weighs_half_after_the_half_life() -> None:
    values = np.zeros(21)
    values[0] = 8.0
    assert fading(values, 10.0)[[0, 10, 20]].tolist() == pytest.approx([8.0, 4.0, 2.0])


def test_quiet_days_are_learned_from_all_series_together() -> None:
    kind = np.tile([0, 0, 0, 0, 0, 1, 1], 30)
    total = np.where(kind == 1, 2.0, 10.0)
    weights = kind_weights(total, Days(kind, np.zeros(len(kind))))
    assert weights[0] == 1
    assert weights[1] == pytest.approx(0.2, abs=0.02)


def test_a_season_of_two_years_is_learned_and_growth_is_no_season() -> None:
    day = np.arange(728)
    phase = (day % 364) / 364
    days = Days(np.zeros(728, dtype=np.int64), phase)
    peak = np.where((phase > 0.8) & (phase < 0.95), 2.0, 1.0)
    columns = np.stack([200 * peak, np.linspace(100, 200, 728)])
    columns = np.concatenate([columns, columns.sum(axis=0, keepdims=True)])
    factors = season_factors(columns, days, np.ones(728))
    assert factors[0, int(0.87 * PLACES)] > 1.5
    assert factors[0, int(0.4 * PLACES)] < 1.0
    assert np.abs(factors[1] - 1).max() < 0.25


def test_without_a_year_there_is_no_season() -> None:
    short = SEASON_DAYS - 1
    factors = season_factors(
        np.ones((3, short)), Days(np.zeros(short, dtype=np.int64), np.zeros(short)), np.ones(short)
    )
    assert (factors == 1).all()
