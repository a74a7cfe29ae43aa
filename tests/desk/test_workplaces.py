"""用人单位: the pages."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

from tests.builders import Federation
from tests.desk.pages import Page
from tests.web.clients import post

AsUser = Callable[[str], FlaskClient]


def test_an_entry_is_made_from_a_cases_respondent_changed_and_merged(as_user: AsUser, federation: Federation) -> None:
    federation.register()
    browser = as_user("clerk@street")
    listing = Page(browser.get("/workplaces/").text)
    (link,) = [each["href"] for each in listing.all("a") if "/workplaces/new?name=" in each.get("href", "")]
    assert Page(browser.get(link).text).value("name") == "测试厂"
    made = post(browser, "/workplaces/new", {"name": "测试厂", "has_union": "no"})
    assert made.status_code == 303
    page = Page(browser.get(made.location).text)
    assert "反映三个月工资未发" in page.visible
    assert post(browser, made.location, {"name": "", "version": "1"}).status_code == 422
    assert post(browser, made.location, {"name": "测试厂", "region": "东区", "version": "1"}).status_code == 303
    assert post(browser, made.location, {"name": "测试厂", "version": "1"}).status_code == 409
    assert "未建会" not in Page(browser.get("/workplaces/").text).visible
    post(browser, "/workplaces/new", {"name": "测试厂有限公司"})
    assert post(browser, f"{made.location}/merge", {"into": "没有"}).status_code == 422
    assert post(browser, f"{made.location}/merge", {"into": "测试厂有限公司"}).status_code == 303
    assert browser.get(made.location).status_code == 404


def test_names_are_suggested_while_somebody_types_and_only_the_unions_own(
    as_user: AsUser, federation: Federation
) -> None:
    post(as_user("clerk@street"), "/workplaces/new", {"name": "测试机械厂"})
    address = "/workplaces/names?parties.1.organisation=机械"
    assert 'value="测试机械厂"' in as_user("clerk@street").get(address).text
    assert "测试机械厂" not in as_user("clerk@east").get(address).text
    assert as_user("admin@street").get(address).status_code == 403


def test_a_repetition_is_decided_on_the_case_page(as_user: AsUser, federation: Federation) -> None:
    first, second = federation.register(title="第一件"), federation.register(title="第二件")
    browser = as_user("clerk@street")
    page = Page(browser.get(f"/cases/{second.number}").text)
    assert "可能重复，请核对" in page.visible
    address = f"/cases/{second.number}/repeat"
    browser_answer = post(browser, address, {"of": first.number, "version": "1", "reason": "同一事项再次提出"})
    assert browser_answer.status_code == 303
    assert "本件重复反映" in Page(browser.get(f"/cases/{second.number}").text).visible
    assert "重复反映本件的" in Page(browser.get(f"/cases/{first.number}").text).visible
    assert post(browser, address, {"of": "", "version": "2"}).status_code == 303
    assert "本件重复反映" not in Page(browser.get(f"/cases/{second.number}").text).visible
