"""Units beside each other: by name in bands of like volume, and a young one is not called silent."""

from __future__ import annotations

from datetime import date

from dashboards.pages import federation
from measures.queries import Rate, UnitRow
from measures.scopes import SUBTREE, SUBTREE_WORD, Scope, Unit, Wanted

WANTED = Wanted(date(2026, 1, 5), date(2026, 6, 30), Scope(SUBTREE_WORD, 1, SUBTREE, "市及全部下级"))


def row(place: int, name: str, registered: int, founded: date | None = None) -> UnitRow:
    unit = Unit(place, name, name, founded)
    return UnitRow(unit, registered, registered, Rate(registered, registered), Rate(registered, registered))


ROWS = [row(2, "长安区", 50), row(3, "碑林区", 40), row(4, "雁塔区", 500), row(5, "新区", 0, date(2026, 6, 24))]


def test_units_stand_by_name_within_bands_and_never_by_their_rate() -> None:
    chart = federation._banded(WANTED, ROWS)
    assert [line[0] for line in chart.table.rows][1:] == ["碑林区", "长安区", "雁塔区"]
    assert [line[1] for line in chart.table.rows] == ["不足30件", "30–99件", "30–99件", "300件以上"]
    assert [line[0] for line in federation._volumes(WANTED, ROWS).table.rows][:2] == ["碑林区", "长安区"]


def test_a_unit_that_came_last_week_is_told_from_a_silent_one() -> None:
    chart = federation._volumes(WANTED, ROWS)
    assert "新区（2026年6月24日入驻，不满所选时段）" in {line[0] for line in chart.table.rows}
    assert chart.answer.endswith("其中1个入驻不满所选时段，件数不能与其他单位相比。")
    old = federation._volumes(WANTED, ROWS[:3])
    assert "入驻" not in old.answer
