"""A funnel of units: too few are told in words, hidden ones are not in it, and nobody is ranked."""

from __future__ import annotations

from datetime import date

from dashboards.pages.funnels import of_units
from measures.definitions import BY_KEY
from measures.queries import Rate
from measures.scopes import SUBTREE_WORD, Scope, Unit, Wanted
from measures.suppression import HIDDEN

WANTED = Wanted(date(2026, 1, 1), date(2026, 6, 30), Scope(SUBTREE_WORD, 1, 1, "市及全部下级"))


def rows(*rates: Rate) -> list[tuple[Unit, Rate, str | None]]:
    return [
        (Unit(place, f"单位{place}", f"单位{place}"), rate, f"/x?unit={place}") for place, rate in enumerate(rates)
    ]


def test_four_units_make_no_funnel_and_a_sentence_says_so() -> None:
    chart = of_units(WANTED, BY_KEY["on_time"], "？", rows(*[Rate(90, 100)] * 4))
    assert chart.figure is None
    assert "只有4个，不足5个" in chart.answer
    assert len(chart.table.rows) == 4


def test_a_unit_with_hidden_or_no_cases_is_in_the_table_and_not_in_the_drawing() -> None:
    chart = of_units(WANTED, BY_KEY["on_time"], "？", rows(*[Rate(95, 100)] * 5, Rate(None, None), Rate(0, 0)))
    assert chart.figure is not None
    assert len(chart.figure["data"][-1]["x"]) == 5
    assert [row[1] for row in chart.table.rows[5:]] == [HIDDEN, "0"]
    assert chart.table.rows[6][2] == "—"


def test_the_unit_that_differs_is_named_and_the_small_one_is_not_blamed() -> None:
    chart = of_units(WANTED, BY_KEY["on_time"], "？", rows(*[Rate(970, 1000)] * 6, Rate(600, 1000), Rate(7, 8)))
    assert "单位6" in chart.answer
    assert "单位7" not in chart.answer
    assert [row[0] for row in chart.table.rows] == [f"单位{place}" for place in range(8)]


def test_satisfaction_stands_beside_the_share_that_answered() -> None:
    measure = BY_KEY["office_satisfaction"]
    chart = of_units(
        WANTED,
        measure,
        "？",
        rows(*[Rate(90, 100)] * 5),
        beside=[("参评率", ["10.0%"] * 5), ("重复信访率", ["2.0%"] * 5)],
    )
    assert chart.table.headings[-2:] == ("参评率", "重复信访率")
    assert {row[-2:] for row in chart.table.rows} == {("10.0%", "2.0%")}
