"""The product-limit estimate against worked tables, and against what a mean of closed cases would say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.survival import survival


def test_the_leukaemia_table_of_every_textbook() -> None:
    """6-MP arm of Freireich et al. 1963 (weeks; + is censored), as printed in Collett, table 2.1."""
    weeks = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    ended = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    found = survival(weeks, ended, tail=1)
    assert found is not None
    assert found.days.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert found.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert found.open_share == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4)
    assert (found.median, found.cases, found.closed) == (23, 21, 9)


def test_the_limits_are_those_of_greenwood_on_the_log_log_scale() -> None:
    found = survival([6] * 3 + [6] + [20] * 17, [1] * 3 + [0] * 18, tail=1)
    assert found is not None
    # S = 18/21; Greenwood 3/(21·18); exp(± 1.96·√0.00794 / ln S) on the exponent of S.
    assert found.open_share.tolist() == pytest.approx([18 / 21])
    assert (found.lower[0], found.upper[0]) == pytest.approx((0.6197, 0.9516), abs=2e-4)


def test_the_open_cases_make_it_longer_than_a_mean_of_the_closed_ones() -> None:
    rng = np.random.default_rng(7)
    truth = rng.exponential(30, 4000).astype(int)
    seen = np.minimum(truth, 25)
    found = survival(seen, truth <= 25)
    assert found is not None
    assert found.median == pytest.approx(float(np.median(truth)), abs=1)
    assert seen[truth <= 25].mean() < 12


def test_the_tail_that_single_cases_draw_is_not_shown() -> None:
    found = survival(range(1, 31), [True] * 30, tail=10)
    assert found is not None
    assert found.days.max() == 21
    assert found.at_risk.min() == 10
    assert found.quantile(0.9) is None


def test_no_case_has_no_curve_and_open_cases_alone_have_an_empty_one() -> None:
    assert survival([], []) is None
    found = survival([3, 4], [False, False])
    assert found is not None
    assert (found.days.size, found.median) == (0, None)


@pytest.mark.parametrize(("days", "closed"), [([1, 2], [True]), ([-1], [True])])
def test_what_cannot_be_is_refused(days: list[int], closed: list[bool]) -> None:
    with pytest.raises(ValueError, match=r"differ|before it came"):
        survival(days, closed)


@given(st.lists(st.tuples(st.integers(0, 400), st.booleans()), min_size=1, max_size=80))
def test_the_curve_falls_and_its_limits_hold_it(cases: list[tuple[int, bool]]) -> None:
    found = survival([days for days, _ in cases], [closed for _, closed in cases], tail=1)
    assert found is not None
    assert (np.diff(found.open_share) <= 1e-12).all()
    assert ((found.lower <= found.open_share + 1e-12) & (found.open_share <= found.upper + 1e-12)).all()
    assert ((found.lower >= 0) & (found.upper <= 1)).all()
