"""我的待办."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from notices.services import post as notify
from tenants import delegations
from tests.builders import Federation
from tests.desk.pages import Page

AsUser = Callable[[str], FlaskClient]


def test_the_desk_shows_what_waits_with_the_lamp_in_words_and_the_late_ones_first(
    as_user: AsUser, federation: Federation
) -> None:
    federation.register(title="刚收到的一件")
    federation.register(title="早该告知的一件", received_on=date(2026, 2, 10))
    page = Page(as_user("clerk@street").get("/desk/").text)
    assert page.visible.index("早该告知的一件") < page.visible.index("刚收到的一件")
    assert "红灯 超期5天" in page.visible
    assert "绿灯 剩15天" in page.visible
    assert "甄别分流" in page.visible


def test_a_handler_sees_only_cases_that_are_theirs(as_user: AsUser, federation: Federation) -> None:
    federation.accepted(title="交给承办人的一件")
    federation.register(title="还没有人承办的一件")
    page = Page(as_user("handler@street").get("/desk/").text)
    assert "交给承办人的一件" in page.visible
    assert "还没有人承办的一件" not in page.visible
    assert "出具处理意见" in page.visible


def test_an_empty_desk_says_so_in_words(as_user: AsUser) -> None:
    page = Page(as_user("leader@street").get("/desk/").text)
    assert "现在没有等您处理的信访件。" in page.visible
    assert "没有新的提醒。" in page.visible


def test_figures_open_the_list_that_they_count(as_user: AsUser, federation: Federation) -> None:
    federation.register(title="早该告知的一件", received_on=date(2026, 2, 10))
    federation.register(title="还有时间的一件")
    browser = as_user("head@street")
    page = Page(browser.get("/desk/").text)
    late = next(link["href"] for link in page.all("a") if "overdue=1" in link.get("href", ""))
    listed = Page(browser.get(late).text).visible
    assert "早该告知的一件" in listed
    assert "还有时间的一件" not in listed


def test_notices_of_a_role_and_of_a_person_are_on_the_desk(as_user: AsUser, federation: Federation) -> None:
    with federation.work_as_system("street") as work:
        person = federation.users["handler@street"].id
        notify(work.session, kind="case", title="有一件已交您承办", link="/cases/", user_id=person)
    assert "有一件已交您承办" in as_user("handler@street").get("/desk/").text
    assert "有一件已交您承办" not in as_user("clerk@street").get("/desk/").text


@pytest.mark.parametrize("who", ["admin@street", "security@street", "auditor@street", "root@platform"])
@pytest.mark.parametrize("path", ["/desk/", "/cases/", "/cases/new", "/dispatches/"])
def test_administrators_have_no_desk(as_user: AsUser, who: str, path: str) -> None:
    assert as_user(who).get(path).status_code == 403


@pytest.mark.parametrize("path", ["/desk/", "/cases/", "/cases/new", "/dispatches/", "/cases/X〔2026〕000001"])
def test_a_stranger_is_sent_to_the_login_form(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer.location.startswith("/login/?next=")


def test_the_desk_costs_the_same_number_of_statements_however_much_waits(
    as_user: AsUser, federation: Federation, statements: Callable[[], Any]
) -> None:
    browser = as_user("head@street")
    federation.register()
    browser.get("/desk/")
    with statements() as few:
        browser.get("/desk/")
    for _ in range(9):
        federation.register()
    with statements() as many:
        browser.get("/desk/")
    assert len(many) == len(few) <= 13


def test_the_head_sees_who_is_away_and_hands_their_cases_over_with_one_click(
    as_user: AsUser, federation: Federation
) -> None:
    case = federation.accepted(title="休假人员的一件")
    people = federation.users
    with federation.work("head@street") as work:
        delegations.begin(
            work,
            user_id=people["handler@street"].id,
            deputy_id=people["head@street"].id,
            from_on=date(2026, 3, 2),
            until_on=case.due_on or date(2026, 6, 1),
            reason="年休假",
        )
    head = Page(as_user("head@street").get("/desk/").text)
    assert "您正在代测试承办人办理" in head.visible
    assert "在办1件" in head.visible
    assert "返回前到期1件" in head.visible
    give = next(link["href"] for link in head.all("a") if link.get("href", "").startswith("/cases/assign"))
    assert "休假人员的一件" in Page(as_user("head@street").get(give).text).visible
    leader = Page(as_user("leader@street").get("/desk/").text)
    assert "测试承办人外出至" in leader.visible
    assert "登记和结束外出" not in leader.visible
    away = Page(as_user("handler@street").get("/desk/").text)
    assert "期间由测试负责人代办" in away.visible
    assert "批量改派" not in away.visible
    assert "外出和代办" not in Page(as_user("clerk@street").get("/desk/").text).visible
    assert "您外出期间（2026年3月2日至" in away.visible, "the person was told when it was entered"
    assert "由您代办" in head.visible
