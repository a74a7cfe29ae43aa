"""The way of portal cases in words, table and marks, and the sentence about who is not counted."""

from __future__ import annotations

from datetime import date

from dashboards.pages.portal import NOBODY_WATCHED, share, way
from measures.online import Filed
from measures.scopes import OWN_WORD, Scope, Wanted

WANTED = Wanted(date(2026, 1, 1), date(2026, 2, 28), Scope(OWN_WORD, 1, 0, "本单位"))
TODAY = date(2026, 3, 2)
FOUND = Filed(registered=50, filed=20, taken=18, taken_ahead=1, answered=15, answered_ahead=3, rated=6, rated_ahead=5)


def test_each_step_stands_with_its_share_of_what_was_filed_and_the_rest_apart() -> None:
    chart = way(WANTED, FOUND, TODAY)
    assert chart.answer == (
        "网上门户提交20件：受理或直接答复18件（90.0%），答复15件（75.0%），本人网上评价6件（30.0%）。"
    )
    assert [(row[1], row[4], row[5]) for row in chart.table.rows] == [
        ("20", "0", "0"),
        ("18", "1", "1"),
        ("15", "3", "2"),
        ("6", "5", "9"),
    ]
    assert chart.figure is not None
    for marks in zip(*(trace["x"] for trace in chart.figure["data"]), strict=True):
        assert sum(marks) == 20
    assert chart.table.link(0) == "/cases/?flag=portal&registered_from=2026-01-01&registered_to=2026-02-28"


def test_the_definition_says_that_nobody_is_watched() -> None:
    assert "不留任何痕迹，这是有意的" in NOBODY_WATCHED
    for chart in (way(WANTED, FOUND, TODAY), share(WANTED, [(date(2026, 1, 1), FOUND)])):
        assert NOBODY_WATCHED in chart.basis


def test_the_digital_share_is_of_everything_that_was_registered() -> None:
    months = [(date(2026, 1, 1), FOUND), (date(2026, 2, 1), Filed())]
    chart = share(WANTED, months)
    assert chart.answer.startswith("登记50件，其中门户提交20件，占40.0%，95%区间")
    assert [row[1] for row in chart.table.rows] == ["40.0%", "—"]


def test_nothing_filed_is_said_in_words() -> None:
    assert way(WANTED, Filed(), TODAY).answer == "所选时段没有从网上门户提交的件。"
    assert way(WANTED, Filed(), TODAY).figure is None
    empty = share(WANTED, [(date(2026, 1, 1), Filed())])
    assert empty.figure is None
    assert "—" in empty.answer
