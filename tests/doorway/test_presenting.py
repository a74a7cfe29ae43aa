"""The shell around every page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from doorway.presenting import NAVIGATION, lamp, navigation
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
