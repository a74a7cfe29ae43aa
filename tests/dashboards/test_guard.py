"""Who may ask a dashboard anything, and that whose figures they are is never the browser's to say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboards.app import COOKIE
from doorway.guard import MARK
from tests.builders import Federation
from tests.dashboards.conftest import PAGES, children, components, csrf, draw, told

Enter = Callable[[str], FlaskClient]
BEHIND = (*PAGES, "_dash-layout", "_dash-dependencies", "_reload-hash", "_favicon.ico", "anything")


@pytest.mark.parametrize("place", BEHIND)
def test_a_stranger_is_sent_to_the_login_form(client: FlaskClient, place: str) -> None:
    answer = client.get(f"/dashboards/{place}")
    assert answer.status_code in (302, 401)
    assert "children" not in answer.text


def test_a_strangers_callback_is_refused(client: FlaskClient) -> None:
    answer = client.post("/dashboards/_dash-update-component", json={"output": "charts.children"})
    assert answer.status_code in (302, 400, 401)


@pytest.mark.parametrize("who", ["admin@city", "security@city", "auditor@city", "root@platform"])
def test_administrators_and_auditors_are_turned_away(federation: Federation, as_user: Enter, who: str) -> None:
    browser = as_user(who)
    for place in BEHIND[:5]:
        assert browser.get(f"/dashboards/{place}").status_code == 403, place


def test_every_dash_route_carries_a_guard_or_is_public_on_purpose(the_app: Flask) -> None:
    rules = [rule for rule in the_app.url_map.iter_rules() if rule.rule.startswith("/dashboards/")]
    marks = {rule.rule: getattr(the_app.view_functions[rule.endpoint], MARK, None) for rule in rules}
    assert len(marks) >= 8
    assert [rule for rule, mark in marks.items() if mark is None] == []
    open_to_all = [rule for rule, mark in marks.items() if mark == "public"]
    assert len(open_to_all) == 1
    assert open_to_all[0].startswith("/dashboards/_dash-component-suites/")


def test_a_callback_needs_the_token_of_its_own_session(figures: Federation, as_user: Enter) -> None:
    browser = as_user("head@city")
    assert draw(browser, "load", token="").status_code == 400
    assert draw(browser, "load", token="forged").status_code == 400
    assert draw(browser, "load", token=csrf(as_user("head@east"))).status_code == 400
    assert draw(browser, "load").status_code == 200


def test_the_tokens_cookie_stays_with_the_dashboards(figures: Federation, as_user: Enter) -> None:
    answer = as_user("head@city").get("/dashboards/load")
    (cookie,) = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{COOKIE}=")]
    assert "Path=/dashboards/" in cookie
    assert "SameSite=Strict" in cookie
    assert "HttpOnly" not in cookie


@pytest.mark.parametrize("page", PAGES)
def test_a_foreign_organisation_in_the_address_gives_a_sentence_and_no_data(
    figures: Federation, as_user: Enter, page: str
) -> None:
    browser, foreign = as_user("head@east"), figures.ids["west"]
    answer = browser.get(f"/dashboards/{page}?unit={foreign}")
    assert answer.status_code == 200
    assert "所选组织不是本单位的直接下级" in answer.text
    assert "西区" not in answer.text
    assert "<table" not in answer.text
    drawn = draw(browser, page, f"?unit={foreign}")
    assert "Graph" not in {part["type"] for part in components(children(drawn))}
    assert "西区" not in told(drawn)


def test_a_clerk_cannot_ask_for_the_unions_below(figures: Federation, as_user: Enter) -> None:
    browser = as_user("clerk@city")
    page = browser.get("/dashboards/load?unit=subtree")
    assert "您的角色只能查看本单位的数据。" in page.text
    assert 'name="unit"' not in page.text


def test_a_grandchild_is_not_reached_past_its_parent(figures: Federation, as_user: Enter) -> None:
    page = as_user("head@city").get(f"/dashboards/load?unit={figures.ids['street']}")
    assert "所选组织不是本单位的直接下级" in page.text


def test_the_bare_address_leads_to_the_first_page_and_an_unknown_one_nowhere(
    federation: Federation, as_user: Enter
) -> None:
    browser = as_user("head@city")
    assert browser.get("/dashboards/").headers["Location"] == "/dashboards/load"
    assert browser.get("/dashboards/province").status_code == 404
    assert draw(browser, "nothing").status_code == 404
