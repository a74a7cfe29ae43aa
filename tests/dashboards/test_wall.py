"""大屏: four tiles a screen, no name of a person or of a unit below, and no small number."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from measures.suppression import HIDDEN
from tests.builders import Federation
from tests.dashboards.test_pages import ENGLISH, words
from tests.measures.test_queries import add

Enter = Callable[[str], FlaskClient]
Fold = Callable[..., int]


def test_the_wall_has_two_screens_of_four_tiles_in_chinese(figures: Federation, as_user: Enter) -> None:
    page = as_user("supervisor@city").get("/dashboards/wall").text
    assert page.count("data-screen") == 2
    assert page.count('class="wall-tile"') == 8
    assert "测试市总工会及全部下级" in page
    assert ENGLISH.findall(words(page)) == []


@pytest.mark.parametrize("who", ["head@city", "head@street", "clerk@city"])
def test_the_wall_names_nobody_and_no_unit_below(figures: Federation, as_user: Enter, who: str) -> None:
    page = as_user(who).get("/dashboards/wall").text
    for name in ("测试负责人", "测试登记员", "测试承办人", "东区", "西区"):
        assert name not in page


def test_small_counts_are_hidden_from_the_room_even_of_the_own_union(
    federation: Federation, as_user: Enter, superuser: Engine, fold_all: Fold
) -> None:
    for week in range(5, 13):
        day = federation.clock.today().replace(day=1)
        add(superuser, federation.ids["street"], day.fromordinal(day.toordinal() - 7 * week), registered=20)
    near = federation.clock.today().toordinal() - 8
    add(superuser, federation.ids["street"], day.fromordinal(near), category="02", registered=3)
    fold_all()
    page = as_user("leader@street").get("/dashboards/wall?unit=own").text
    assert f"<span>{HIDDEN}</span>" in page
    assert "<span>3</span>" not in page


def test_sealed_matters_are_not_broken_out_for_the_room(
    federation: Federation, as_user: Enter, superuser: Engine, fold_all: Fold
) -> None:
    with superuser.connect() as connection:
        code, name = connection.exec_driver_sql(
            "select code, name from categories where sealed and parent_code is null"
        ).one()
    day = federation.clock.today()
    # Weeks before, or the newest four would have nothing to be beside.
    add(superuser, federation.ids["street"], day.fromordinal(day.toordinal() - 84), registered=50)
    add(superuser, federation.ids["street"], day.fromordinal(day.toordinal() - 8), category=code, registered=99)
    fold_all()
    browser = as_user("head@street")
    assert name in browser.get("/dashboards/hotspots?unit=own").text
    wall = browser.get("/dashboards/wall?unit=own").text
    assert "近4周反映最多的问题" in wall
    assert name not in wall
    assert "（不含检举控告）" in wall
    # Nor does the number of the week tell them.
    assert ">99<" not in wall


def test_a_wrong_filter_is_said_and_nothing_is_shown(figures: Federation, as_user: Enter) -> None:
    answer = as_user("head@east").get(f"/dashboards/wall?unit={figures.ids['west']}")
    assert answer.status_code == 422
    assert "不是本单位的直接下级" in answer.text
    assert "data-screen" not in answer.text


def test_a_wall_of_a_young_union_says_from_when_it_counts(
    figures: Federation, as_user: Enter, superuser: Engine
) -> None:
    browser = as_user("supervisor@city")
    assert "起才有数据" not in browser.get("/dashboards/wall?from=2026-01-05").text
    with superuser.begin() as connection:
        connection.execute(text("delete from daily_facts where day < '2026-02-02'"))
        connection.execute(text("update tenants set created_at = '2026-02-03 08:00+08' where id > 0"))
    assert "从2026年2月2日起才有数据，此前不计" in browser.get("/dashboards/wall?from=2026-01-05").text
    assert "本单位从" in browser.get("/dashboards/definitions").text
