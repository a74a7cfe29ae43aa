"""From everything that the hotspot page ships no hidden count can be determined, also by who knows the rules."""

from __future__ import annotations

from datetime import date

import pytest

from dashboards.charts import Chart
from dashboards.pages import hotspots
from measures.queries import Heat, Recent
from measures.scopes import SUBTREE, SUBTREE_WORD, Around, Scope, Unit, Wanted
from measures.suppression import apart

HERE = Around(1, "市", (Unit(2, "东", "东"), Unit(3, "西", "西")), {"01": "工资", "02": "社保"})
ALL = Wanted(date(2026, 3, 2), date(2026, 5, 31), Scope(SUBTREE_WORD, 1, SUBTREE, "市及下级"))
CHILD = Wanted(date(2026, 3, 2), date(2026, 5, 31), Scope("2", 2, SUBTREE, "东", veiled=True))


def page(table: tuple[tuple[int, ...], ...]) -> Chart:
    """What the page ships about a table of true counts: own cases first, then two children."""
    shown = tuple((row[0], *apart(row[1:])) for row in table)
    own = Unit(1, "市", "本单位")
    heat = Heat(("01", "02"), (own, *HERE.children), shown, sum(map(sum, table)))
    return hotspots._heat(HERE, ALL, heat)


@pytest.mark.parametrize("children", [(3, 40), (40, 7), (1, 8), (7, 20), (2, 5), (7, 7), (0, 4), (1, 0), (1, 1)])
@pytest.mark.parametrize("others", [(60, 20), (0, 12), (5, 30)])
def test_every_hidden_cell_could_be_several_numbers_given_all_that_the_page_ships(
    children: tuple[int, int], others: tuple[int, int]
) -> None:
    shipped, total = page(((30, *children), (12, *others))), sum(children)
    # The viewer knows what all children have together, and in this test even the other category exactly.
    possible = [(one, total - one) for one in range(total + 1)]
    same = [pair for pair in possible if page(((30, *pair), (12, *others))) == shipped]
    assert children in same
    for place, seen in enumerate(apart(children)):
        assert seen is not None or len({pair[place] for pair in same}) > 1


def test_a_hidden_cell_has_neither_colour_nor_link_nor_a_word_about_its_size() -> None:
    chart = page(((10, 3, 40), (20, 80, 60)))
    assert chart.figure is not None
    trace = chart.figure["data"][0]
    assert trace["z"][0][1] is None
    assert trace["customdata"][0][1] == ["小数隐去", None]


def test_a_table_is_as_good_as_the_chart_for_who_has_no_script() -> None:
    chart = page(((10, 3, 40), (20, 80, 60)))
    assert chart.figure is not None
    for row, line in enumerate(chart.figure["data"][0]["customdata"]):
        assert [link for _words, link in line] == [chart.table.cell(row, place) for place in (1, 2, 3)]
        assert chart.table.link(row) is not None
    assert chart.table.cell(0, 2) is None, "a hidden cell opens nothing"


def test_columns_that_do_not_fit_are_not_dropped_in_silence() -> None:
    many = tuple(date(2020 + month // 12, 1 + month % 12, 1) for month in range(45))
    chart = hotspots._heat(HERE, ALL, Heat(("01",), many, (tuple(range(20, 65)),), 1890))
    assert "图中只画前40列，其余5列见数据表" in chart.answer


def test_recent_weeks_of_a_unit_below_are_judged_by_what_is_shown() -> None:
    chart = hotspots._recent(HERE, CHILD, [Recent("01", None, 10, 9), Recent("02", 50, 40, 9)])
    assert chart.table.rows == (("工资", "隐去", "—", "小数隐去"), ("社保", "50", "17.8", "偏多，请核实"))
