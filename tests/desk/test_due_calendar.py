"""期限日历: a month of due dates; every day leads to its list."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from tenants import departments
from tests.builders import Federation
from tests.desk.pages import Page

AsUser = Callable[[str], FlaskClient]


def days(page: Page) -> list[str]:
    return [link["href"] for link in page.all("a") if "due_from=" in link.get("href", "")]


def test_each_day_says_how_many_are_due_in_colour_and_words_and_opens_them(
    as_user: AsUser, federation: Federation
) -> None:
    federation.register(title="十七日到期")
    federation.register(title="又一件十七日到期")
    federation.register(title="九日到期", received_on=date(2026, 2, 20))
    federation.register(title="早该告知的一件", received_on=date(2026, 1, 5))
    browser = as_user("clerk@street")
    page = Page(browser.get("/desk/calendar").text)
    assert "2026年3月" in page.visible
    assert "本月到期的在办信访件3件" in page.visible
    assert "绿灯2件" in page.visible
    assert "黄灯1件" in page.visible or "橙灯1件" in page.visible
    assert len(days(page)) == 2
    listed = Page(browser.get(next(url for url in days(page) if "2026-03-17" in url)).text).visible
    assert "十七日到期" in listed
    assert "九日到期" not in listed
    late = next(link["href"] for link in page.all("a", class_="late-link"))
    assert "早该告知的一件" in Page(browser.get(late).text).visible
    january = Page(browser.get("/desk/calendar?month=2026-01").text)
    assert "超期1件" in january.visible


def test_the_list_of_a_day_has_as_many_lines_as_the_day_says(as_user: AsUser, federation: Federation) -> None:
    for _ in range(3):
        federation.register()
    federation.accepted()
    for who in ("head@street", "handler@street"):
        browser = as_user(who)
        for month in ("2026-03", "2026-04", "2026-05"):
            page = Page(browser.get(f"/desk/calendar?month={month}").text)
            total = int(re.findall(r"本月到期的在办信访件(\d+)件", page.visible)[0])
            lists = [Page(browser.get(url).text) for url in days(page)]
            assert sum(len(listed.all("td", class_="title")) for listed in lists) == total


def test_holidays_and_made_up_workdays_are_marked_in_words(as_user: AsUser) -> None:
    page = Page(as_user("clerk@street").get("/desk/calendar?month=2026-02").text)
    assert page.visible.count("休") > 3
    assert "班" in page.visible
    assert "春节" in page.visible
    unknown = Page(as_user("clerk@street").get("/desk/calendar?month=2031-02").text)
    assert "该年度节假日安排尚未收录" in unknown.visible


def test_a_handler_begins_with_the_own_cases_and_a_head_with_the_unions(
    as_user: AsUser, federation: Federation
) -> None:
    with federation.work("admin@street") as work:
        place = departments.create(work, {"name": "权益部"}).id
        departments.move(work, federation.users["handler@street"].id, place)
    federation.accepted()
    federation.register()
    own = Page(as_user("handler@street").get("/desk/calendar?month=2026-05").text)
    assert "由我办理" in own.visible
    assert "我的部门（权益部）" in own.visible
    assert all("mine=1" in url for url in days(own))
    department = Page(as_user("handler@street").get("/desk/calendar?month=2026-05&whose=department").text)
    assert "本月到期的在办信访件0件" in department.visible
    everything = Page(as_user("head@street").get("/desk/calendar?month=2026-05").text)
    assert "本单位" in everything.visible
    assert not any("mine=1" in url for url in days(everything))
    assert "由我办理" not in Page(as_user("leader@street").get("/desk/calendar").text).visible


@pytest.mark.parametrize("month", ["nonsense", "2026-13", "2026-00", "1999-01", "2026-1", "9999-12"])
def test_a_month_that_is_none_is_said_and_the_present_one_is_shown(as_user: AsUser, month: str) -> None:
    answer = as_user("clerk@street").get(f"/desk/calendar?month={month}")
    assert answer.status_code == 422
    assert "不正确" in Page(answer.text).visible
    assert "2026年3月" in Page(answer.text).visible


def test_months_are_turned_and_the_first_and_last_end(as_user: AsUser) -> None:
    browser = as_user("clerk@street")
    december = Page(browser.get("/desk/calendar?month=2026-12").text)
    turned = {link["rel"]: link["href"] for link in december.all("a") if "rel" in link}
    chosen = [option["value"] for option in december.all("option") if "selected" in option]
    assert chosen == ["2026-12"]
    assert len(december.all("option")) == 25
    assert "month=2026-11" in turned["prev"]
    assert "month=2027-01" in turned["next"]
    assert Page(browser.get("/desk/calendar?month=2004-01").text).all("a", rel="prev") == []
    assert Page(browser.get("/desk/calendar?month=2099-12").text).all("a", rel="next") == []


def test_the_calendar_costs_the_same_number_of_statements_however_full_it_is(
    as_user: AsUser, federation: Federation, statements: Callable[[], Any]
) -> None:
    browser = as_user("head@street")
    federation.register()
    browser.get("/desk/calendar")
    with statements() as few:
        browser.get("/desk/calendar")
    for place in range(6):
        federation.register(received_on=date(2026, 2, 20 + place))
    with statements() as many:
        browser.get("/desk/calendar")
    assert len(many) == len(few) <= 14
