"""Figures of unions beside each other: marks by shape and word as well as by colour, and links on every one."""

from __future__ import annotations

from dashboards import spreads
from dashboards.spreads import Spot
from measures.funnel import funnel


def test_a_union_beyond_the_limits_carries_its_name_and_another_shape() -> None:
    met, trials = [190, 188, 192, 189, 191, 190, 187, 193, 190, 120], [200] * 10
    found = funnel(met, trials)
    assert found is not None
    spots = [Spot(f"单位{place}", good, 200, "", f"/dashboards/x?unit={place}") for place, good in enumerate(met)]
    points = spreads.funnel(found, spots, unit="件数")["data"][-1]
    assert points["text"][-1] == "单位9"
    assert points["text"][:9] == [""] * 9
    assert points["marker"]["symbol"][-1] != points["marker"]["symbol"][0]
    assert [data[-1] for data in points["customdata"]] == [spot.link for spot in spots]


def test_the_limits_of_a_funnel_stay_between_none_and_all() -> None:
    found = funnel([2, 40], [2, 50])
    assert found is not None
    figure = spreads.funnel(found, [Spot("甲", 2, 2, "", None), Spot("乙", 40, 50, "", None)], unit="件数")
    for line in figure["data"][:-1]:
        assert 0 <= min(line["y"]) <= max(line["y"]) <= 1


def test_units_without_a_rate_are_not_drawn_in_their_band() -> None:
    figure = spreads.banded(
        ["小", "小", "大"], ["甲", "乙", "丙"], [(0.5, 0.4, 0.6), None, (0.9, 0.8, 1.0)], ["", "", ""], [None] * 3
    )
    assert figure["data"][0]["x"] == [["小", "大"], ["甲", "丙"]]


def test_an_hour_without_anybody_is_empty_and_opens_nothing() -> None:
    figure = spreads.clock(["星期一"], ["8时", "9时"], [[0, 3]], [[None, "/cases/?arrived=1-09"]])
    assert figure["data"][0]["z"] == [[None, 3]]
    assert figure["data"][0]["customdata"] == [[["0", None], ["3", "/cases/?arrived=1-09"]]]


def test_the_parts_of_a_bar_open_what_they_count() -> None:
    figure = spreads.stacked(
        ["甲"], (("近", "#000", [1], ["/a"]), ("远", "#111", [2], ["/b"])), unit="件", lying=True
    )
    assert [trace["customdata"][0][-1] for trace in figure["data"]] == ["/a", "/b"]
    assert figure["layout"]["barmode"] == "stack"
