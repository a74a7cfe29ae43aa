"""Time to close in words and curve."""

from __future__ import annotations

from datetime import date

import numpy as np

from dashboards.pages.durations import time_to_close
from measures.own_cases import Durations
from measures.scopes import OWN_WORD, Scope, Wanted

WANTED = Wanted(date(2026, 1, 1), date(2026, 6, 30), Scope(OWN_WORD, 1, 0, "本单位"))
TODAY = date(2026, 6, 30)


def durations(days: list[int], closed: list[bool]) -> Durations:
    return Durations(np.array(days, dtype=np.int64), np.array(closed, dtype=np.bool_))


def test_open_cases_are_told_of_and_the_median_counts_them() -> None:
    chart = time_to_close(WANTED, durations([10] * 20 + [40] * 30, [True] * 20 + [False] * 30), TODAY)
    assert "30件尚未办结" in chart.answer
    assert "中位天数还看不出来" in chart.answer


def test_a_step_opens_the_cases_that_were_still_open_after_so_many_days() -> None:
    chart = time_to_close(WANTED, durations([5] * 15 + [30] * 15, [True] * 30), TODAY)
    assert "一半的件在5天内办结" in chart.answer
    link = chart.table.links[-1]
    assert link is not None
    assert "open_only=1" in link
    assert "registered_to=2026-05-31" in link


def test_nothing_and_too_few_are_said_in_words() -> None:
    assert time_to_close(WANTED, durations([], []), TODAY).answer == "所选时段没有登记件。"
    few = time_to_close(WANTED, durations([1, 2], [True, True]), TODAY)
    assert few.figure is None
    assert "不足10件" in few.answer
