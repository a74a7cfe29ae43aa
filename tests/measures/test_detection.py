"""A planted rise is found where it is, chance seldom cries, small and short series are left in peace."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from measures.detection import FEWEST, SHORTEST, Finding, discoveries, find, findings, learn
from measures.expecting import GUARD, Days, Ints

LENGTH = 728


def days(length: int = LENGTH) -> Days:
    place = np.arange(length)
    return Days(np.where(place % 7 >= 5, 1, 0), (place % 364) / 364)


def counts(seed: int, daily: float, *, rows: int = 6, columns: int = 5, length: int = LENGTH) -> Ints:
    rng = np.random.default_rng(seed)
    busy = np.where(np.arange(length) % 7 >= 5, 0.2, 1.32)
    return rng.poisson(daily * busy, (rows, columns, length))


def raised(table: Ints, row: int, column: int, factor: float, days_ago: int = 28) -> Ints:
    rng = np.random.default_rng(5)
    table = table.copy()
    usual = table[row, column, :-days_ago].mean()
    table[row, column, -days_ago:] += rng.poisson(usual * (factor - 1), days_ago)
    return table


def test_a_planted_rise_is_found_where_it_is_and_only_there() -> None:
    found = find(raised(counts(1, 1.5), 2, 3, 2.5), days())
    assert [(one.row, one.column) for one in found] == [(2, 3)]
    assert found[0].counted > 2 * found[0].hoped
    assert found[0].hoped == pytest.approx(1.5 * 28, rel=0.2)
    assert found[0].chance < 1e-4


def test_a_rise_of_one_week_is_found_by_a_short_window() -> None:
    found = find(raised(counts(2, 2.0), 0, 1, 3.0, days_ago=5), days())
    assert [(one.row, one.column) for one in found] == [(0, 1)]
    assert found[0].window <= 7
    assert found[0].recent > 2 * found[0].recent_hoped


def test_a_rise_everywhere_is_told_once_of_the_whole() -> None:
    table = counts(3, 1.0)
    for row in range(6):
        table = raised(table, row, 4, 1.9)
    found = find(table, days())
    assert (found[0].row, found[0].column) == (6, 4)
    assert all(one.column == 4 for one in found)
    assert len(found) == 1


def test_chance_alone_seldom_cries() -> None:
    table = counts(4, 0.8, rows=8, columns=8, length=LENGTH + 364)
    learned = learn(table[..., :LENGTH], days())
    nights = np.arange(LENGTH, LENGTH + 364)
    told = findings(table, days(LENGTH + 364), learned, nights)
    series = {(one.row, one.column) for night in told for one in night}
    assert len(series) <= 8, "at most one a unit and year"


def test_fewer_cases_than_a_person_should_be_bothered_with_are_no_hotspot() -> None:
    table = np.zeros((1, 3, LENGTH), dtype=np.int64)
    table[0, 0, ::40] = 1
    table[0, 1, -3:] = 1
    assert table[0, 1].sum() < FEWEST
    assert find(table, days()) == ()


def test_a_unit_that_was_founded_last_month_is_not_judged() -> None:
    table = counts(6, 1.0)
    table[5, :, : -(SHORTEST + GUARD - 10)] = 0
    assert all(one.row != 5 for one in find(table, days()))


def test_too_short_a_history_says_nothing_and_zeros_break_nothing() -> None:
    length = SHORTEST + GUARD
    assert find(counts(7, 5.0, length=length), days(length)) == ()
    assert find(np.zeros((3, 2, LENGTH), dtype=np.int64), days()) == ()


def test_days_and_counts_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        find(counts(8, 1.0), days(LENGTH - 1))


def test_benjamini_and_hochberg_reject_as_in_their_paper() -> None:
    # The fifteen p-values of their example as normal scores: four are rejected at 5 %.
    p = (0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528)
    p = (*p, 0.7590, 0.9999)
    scores = np.array([-NormalDist().inv_cdf(value) for value in p])
    assert (scores >= discoveries(scores, 0.05)).sum() == 4
    assert discoveries(np.array([0.1, -1.0]), 0.05) == float("inf")


def test_the_spread_of_wild_series_is_learned() -> None:
    rng = np.random.default_rng(9)
    weekly = np.repeat(rng.gamma(8, 1 / 8, (6, 5, LENGTH // 7)), 7, axis=-1)
    wild = rng.poisson(3.0 * weekly)
    assert learn(wild, days()).spread[0, 0, 1] > 3 * learn(counts(9, 3.0), days()).spread[0, 0, 1]


def test_a_finding_knows_nothing_of_people() -> None:
    assert set(Finding.__slots__) == {
        "row",
        "column",
        "window",
        "counted",
        "hoped",
        "recent",
        "recent_hoped",
        "score",
    }
