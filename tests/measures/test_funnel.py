"""Small unions are not misjudged, big differences are seen, and what unions differ anyway widens the limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.funnel import ALARM, FEWEST, WARN, funnel


def test_a_tiny_union_at_nought_is_no_alarm_and_a_large_one_a_little_below_is() -> None:
    size = [2, 900, *[600, 700] * 15]
    good = [0, 730, *[540, 630] * 15]
    found = funnel(good, size)
    assert found is not None
    assert found.share == pytest.approx(sum(good) / sum(size))
    assert 0 not in found.places(ALARM)
    assert 1 in found.places(WARN)
    lower, upper = found.limits([2, 900], ALARM)
    assert upper[0] - lower[0] > 4 * (upper[1] - lower[1])


def test_the_limits_without_overdispersion_are_those_of_the_binomial() -> None:
    found = funnel([50, 50], [100, 100])
    assert found is not None
    assert found.between == 0
    lower, upper = found.limits([100], WARN)
    assert (lower[0], upper[0]) == pytest.approx((0.5 - 0.098, 0.5 + 0.098), abs=2e-3)


def test_unions_that_differ_anyway_get_wider_limits_and_few_alarms() -> None:
    rng = np.random.default_rng(11)
    size = rng.integers(20, 600, 200)
    good = rng.binomial(size, rng.beta(20, 5, 200))
    found = funnel(good, size)
    assert found is not None
    # The true shares vary by 0.8 · 0.2 / 26, on the arcsine scale by 1 / (4 · 26).
    assert found.between == pytest.approx(1 / 104, rel=0.35)
    assert len(found.places(ALARM)) <= 3
    lower, _ = found.limits([300], ALARM)
    assert lower[0] < found.share - ALARM * np.sqrt(found.share * (1 - found.share) / 300)


def test_chance_alone_alarms_as_often_as_the_limits_say() -> None:
    rng = np.random.default_rng(3)
    alarms = 0
    for _ in range(100):
        found = funnel(rng.binomial(80, 0.9, 100), [80] * 100)
        alarms += len(found.places(ALARM)) if found else 0
    assert alarms / 10_000 < 0.006, "0.2 % by definition, with the steps of small counts"


def test_one_that_really_stands_out_does_not_hide_itself() -> None:
    found = funnel([90] * 30 + [20], [100] * 31)
    assert found is not None
    assert 30 in found.places(ALARM)


def test_nobody_with_a_case_gives_no_funnel_and_one_without_has_no_score() -> None:
    assert funnel([], []) is None
    assert funnel([0, 0], [0, 0]) is None
    found = funnel([5, 0], [10, 0])
    assert found is not None
    assert np.isnan(found.scores[1])
    assert found.places(WARN) == ()


@pytest.mark.parametrize(("good", "size"), [([3], [2]), ([-1], [2]), ([1, 1], [2])])
def test_what_cannot_be_is_refused(good: list[int], size: list[int]) -> None:
    with pytest.raises(ValueError, match="between 0"):
        funnel(good, size)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=40))
def test_limits_stay_within_nought_and_one_whatever_comes(units: list[tuple[int, int]]) -> None:
    found = funnel([good for good, _ in units], [good + bad for good, bad in units])
    if found is None:
        return
    assert found.between >= 0
    assert len(units) >= FEWEST or found.between == 0
    lower, upper = found.limits([good + bad for good, bad in units], WARN)
    assert ((lower >= 0) & (upper <= 1) & (lower <= upper)).all()
