"""The shell around every page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from access.roles import Role
from doorway.presenting import BADGES, FOLDED, MOST_PLACES, NAVIGATION, lamp, navigation
from notices.tasks import open_task
from tests.builders import Federation
from tests.desk.pages import Page

AsUser = Callable[[str], FlaskClient]

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("due", "colour", "words"),
    [
        (date(2026, 2, 28), "red", "红灯 超期2天"),
        (date(2026, 3, 1), "red", "红灯 超期1天"),
        (date(2026, 3, 2), "amber", "黄灯 今天到期"),
        (date(2026, 3, 5), "amber", "黄灯 剩3天"),
        (date(2026, 3, 9), "amber", "黄灯 剩7天"),
        (date(2026, 3, 22), "green", "绿灯 剩20天"),
    ],
)
def test_a_lamp_always_has_words(app: Flask, due: date, colour: str, words: str) -> None:
    with app.test_request_context():
        found = lamp(due, TODAY)
    assert found is not None
    assert (found.colour, found.words) == (colour, words)


def test_no_deadline_has_no_lamp() -> None:
    assert lamp(None, TODAY) is None


def test_the_navigation_shows_each_role_its_own_places(app: Flask, federation: Federation) -> None:
    with app.test_request_context():
        for who in ("clerk", "handler", "leader", "admin", "auditor"):
            actor = federation.actor(f"{who}@street")
            shown = {item.label for item in navigation(actor, "/")}
            assert shown == {label for label, _url, roles in NAVIGATION if actor.roles & roles}
        assert "登记" not in {item.label for item in navigation(federation.actor("leader@street"), "/")}


def test_who_has_many_places_finds_the_registers_under_one_word(app: Flask, federation: Federation) -> None:
    with app.test_request_context():
        for who, folds in (("head", True), ("clerk", False), ("admin", False)):
            shown = navigation(federation.actor(f"{who}@street"), "/")
            folded = [item.url for item in shown if item.folded]
            assert bool(folded) is folds, who
            assert all(url.startswith(FOLDED) for url in folded)
            assert len(shown) - len(folded) <= MOST_PLACES, who


def test_exactly_the_present_place_is_marked(app: Flask, federation: Federation) -> None:
    clerk = federation.actor("clerk@street")
    with app.test_request_context():
        assert [item.label for item in navigation(clerk, "/cases/new") if item.current] == ["登记"]
        assert [item.label for item in navigation(clerk, "/cases/X/do/triage") if item.current] == ["信访件"]


def test_the_shell_names_the_union_the_person_and_the_roles_and_logs_out_by_post(as_user: AsUser) -> None:
    page = Page(as_user("head@street").get("/desk/").text)
    assert "东一街道工会联合会" in page.visible
    assert "测试负责人" in page.visible
    assert "信访部门负责人" in page.visible
    assert page.one("form", action="/logout/")["method"] == "post"
    assert page.one("html")["lang"] == "zh"
    assert page.one("main")["id"] == "content"
    assert len(page.all("h1")) == 1


def test_nothing_on_a_page_comes_from_elsewhere(as_user: AsUser) -> None:
    text = as_user("clerk@street").get("/cases/new").text
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert "https://" not in text
    assert " style=" not in text
    assert " onclick=" not in text


def test_what_waits_stands_beside_the_word_and_is_read_out(
    as_user: AsUser, federation: Federation, statements: Callable[[], Any]
) -> None:
    browser = as_user("supervisor@street")
    assert "nav-count" not in browser.get("/cases/").text, "nothing waits, so nothing is shown"
    with federation.work_as_system("street") as work:
        for number in range(3):
            open_task(work, kind="note", title="需要处理", link="/", role=Role.SUPERVISOR, key=str(number))
    with statements() as sent:
        page = browser.get("/cases/").text
    assert '<span class="nav-count" aria-hidden="true">3</span>' in page
    assert "（3项待办）" in page
    assert sum("count(*)" in statement and "FROM tasks" in statement for statement in sent) == 1


def test_a_page_that_is_refused_pays_for_no_number(as_user: AsUser, statements: Callable[[], Any]) -> None:
    browser = as_user("handler@street")
    with statements() as sent:
        assert browser.get("/admin/users").status_code in (302, 403)
    assert not any("FROM tasks" in statement for statement in sent)


def test_every_number_stands_beside_a_place_of_the_menu() -> None:
    assert set(BADGES) <= {url for _label, url, _roles in NAVIGATION}
