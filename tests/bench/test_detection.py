"""The simulation runs to its end and what it counts is what it says; its figures are read by people."""

from __future__ import annotations

import numpy as np

from bench.detection import delay, ears, episodes
from bench.outbreaks import LEARN, OUTBREAK_DAYS, Outbreak, federation, strike


def test_an_alarm_that_goes_on_is_one_and_one_after_a_silence_another() -> None:
    alarms = np.zeros((1, 1, 100), dtype=bool)
    alarms[0, 0, [3, 4, 20, 60]] = True
    assert episodes(alarms) == 2


def test_the_delay_counts_from_the_first_day_and_a_late_alarm_is_none() -> None:
    alarms = np.zeros((2, 2, 60), dtype=bool)
    alarms[1, 0, 15] = alarms[0, 0, 12] = True
    assert delay(alarms, Outbreak(1, 0, 110, 5.0), 100) == 6
    alarms[1, 0, 15] = False
    alarms[1, 0, 10 + OUTBREAK_DAYS] = True
    assert delay(alarms, Outbreak(1, 0, 110, 5.0), 100) == float("inf")


def test_an_outbreak_adds_cases_to_one_series_for_four_weeks() -> None:
    rng = np.random.default_rng(1)
    made = federation(rng, 3, 100.0)
    counts, outbreak = strike(rng, made, 2.5, LEARN)
    added = counts - made.counts
    assert added.sum() == added[outbreak.row, outbreak.column].sum() > 0
    days = np.flatnonzero(added[outbreak.row, outbreak.column])
    assert outbreak.begins <= days.min() <= days.max() < outbreak.begins + OUTBREAK_DAYS


def test_ears_c2_compares_a_week_with_seven_behind_a_guard_of_two() -> None:
    rng = np.random.default_rng(2)
    made = federation(rng, 1, 30.0)
    counts = np.full_like(made.counts, 1)
    counts[0, 0, 363:370] = 4
    alarms = ears(3.0)(made, counts, (), np.array([369, 376]))
    assert not alarms[0, 1].any()
    nights = np.arange(363, 370)
    assert ears(3.0, every_night=True)(made, counts, (), nights)[0, 0, -1]
