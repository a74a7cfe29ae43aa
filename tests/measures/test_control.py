"""Worked series for each of the four rules, and the false alarms of a steady process."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.control import RUN, XMR_SHORTEST, Limits, xmr

#: Mean 10, moving ranges 2: limits 10 ± 5.32, outer third beyond 10 ± 3.55.
STEADY = [9.0, 11.0] * 10


def rules(found: Limits | None) -> list[tuple[str, int, int, bool]]:
    assert found is not None
    return [(signal.rule, signal.first, signal.last, signal.up) for signal in found.signals]


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


def test_a_steady_process_says_nothing() -> None:
    assert rules(xmr(STEADY)) == []


def test_seven_in_a_row_on_one_side_are_a_change_and_six_are_none() -> None:
    low, high = [9.0, 11.0, 10.0] * 3, [14.0, 13.0] * 4
    found = rules(xmr([*low, *high[:RUN]]))
    assert ("side", 9, 15, True) in found
    found = rules(xmr([*[12.0, 8.0] * 6, *high[: RUN - 1], *[8.0, 12.0] * 6]))
    assert not [rule for rule in found if rule[0] == "side"]


def test_seven_that_rise_are_a_trend_wherever_the_mean_lies() -> None:
    series = [10.0, 12.0, 9.0, 11.0, 10.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 9.0, 11.0]
    assert ("trend", 5, 11, True) in rules(xmr(series))
    falling = [-value for value in series]
    assert ("trend", 5, 11, False) in rules(xmr(falling))
    assert not [rule for rule in rules(xmr([*series[:11], 9.0, 11.0, 10.0])) if rule[0] == "trend"]


def test_two_of_three_in_the_outer_third_are_a_change_and_on_two_sides_they_are_none() -> None:
    series = [*STEADY, 14.4, 10.0, 14.5, *STEADY]
    near = [rule for rule in rules(xmr(series)) if rule[0] == "near"]
    assert near == [("near", 20, 22, True)]
    assert not [rule for rule in rules(xmr([*STEADY, 14.4, 10.0, 5.6, *STEADY])) if rule[0] == "near"]


def test_every_point_of_a_signal_is_marked() -> None:
    found = xmr([*[9.0, 11.0, 10.0] * 3, *[14.0, 13.0] * 4])
    assert found is not None
    assert found.marked >= set(range(9, 16))


def test_a_steady_process_gives_few_false_alarms() -> None:
    """One in three years of weekly figures is the price of four rules on normal noise; ten would be no rules."""
    rng = np.random.default_rng(20260302)
    alarms = [len(rules(xmr(rng.normal(20, 4, 52).tolist()))) for _ in range(300)]
    assert 0.2 < float(np.mean(alarms)) < 2.5


@given(st.lists(st.integers(0, 60), min_size=XMR_SHORTEST, max_size=120))
def test_signals_lie_within_the_series_and_turn_round_with_it(values: list[int]) -> None:
    found = rules(xmr([float(value) for value in values]))
    assert all(0 <= first <= last < len(values) for _, first, last, _ in found)
    turned = rules(xmr([-float(value) for value in values]))
    assert sorted((rule, first, last, not up) for rule, first, last, up in found) == sorted(turned)
