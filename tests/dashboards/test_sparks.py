"""Lines of the wall."""

from __future__ import annotations

from dashboards.sparks import HEIGHT, WIDTH, spark


def test_a_line_runs_from_edge_to_edge_and_a_hidden_value_breaks_it() -> None:
    found = spark([1, 2, None, 4, 4])
    assert len(found.runs) == 2
    assert found.runs[0].startswith("0.0,")
    assert found.runs[1].split()[-1].startswith(f"{WIDTH}.0,")


def test_nothing_leaves_the_picture() -> None:
    found = spark([0, 100, 50], level=120)
    heights = [float(point.split(",")[1]) for run in found.runs for point in run.split()]
    assert found.level is not None
    assert 0 <= min([*heights, found.level]) <= max([*heights, found.level]) <= HEIGHT


def test_no_values_and_one_value_make_no_line() -> None:
    assert spark([]).runs == ()
    assert spark([3]).runs == ()
    assert spark([None, None]).last is None
