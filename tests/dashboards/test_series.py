"""Figures of time: nothing is drawn at the value of a hidden number, and the tail of a curve is not drawn at all."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from dashboards import series
from measures.suppression import HIDDEN
from measures.survival import survival

DAYS = [date(2026, 1, 4) + timedelta(weeks=week) for week in range(3)]


def test_a_hidden_number_leaves_a_gap_in_its_line_and_reads_as_hidden() -> None:
    figure = series.cumulative(
        DAYS, [[10, None, 30], [0, 0, 0], [8, 9, 10]], [["/cases/?a=1"] * 3, [None] * 3, [None] * 3]
    )
    first = figure["data"][0]
    assert first["y"] == [10, None, 30]
    assert first["customdata"][1] == [HIDDEN, "/cases/?a=1"]
    assert [trace["name"] for trace in figure["data"]] == ["登记", "受理", "办结"]


def test_the_curve_begins_with_everybody_and_ends_where_ten_are_left() -> None:
    found = survival(np.arange(30), np.ones(30, dtype=bool))
    assert found is not None
    figure = series.survival(found, [None] * (found.days.size + 1), ((15, "15日"), (90, "90日")))
    curve = figure["data"][-1]
    assert (curve["x"][0], curve["y"][0]) == (0, 1.0)
    assert curve["x"][-1] == 20
    # A deadline beyond the end of the curve is not drawn into empty space.
    assert [shape["x0"] for shape in figure["layout"]["shapes"]] == [15]
