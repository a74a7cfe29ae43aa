"""我的待办."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from notices.services import post as notify
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
    assert len(many) == len(few) <= 12
