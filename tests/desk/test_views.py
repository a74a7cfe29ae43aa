"""常用视图 above the list and on the desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from access.roles import CASE_ROLES
from cases.filters import READERS
from cases.saved_views import check
from desk.views import BUILT_IN
from tests.builders import Federation
from tests.desk.pages import Page
from tests.web.clients import post

AsUser = Callable[[str], FlaskClient]


def test_every_built_in_view_is_made_of_filters_that_the_list_knows(federation: Federation) -> None:
    with federation.work("head@street") as work:
        for name, query, roles in BUILT_IN:
            assert set(query) <= set(READERS), name
            assert check(work, query) == dict(query)
            assert roles <= CASE_ROLES


@pytest.mark.parametrize("name", [name for name, _query, _roles in BUILT_IN])
def test_each_built_in_view_opens_from_the_list_and_is_marked_there(
    as_user: AsUser, federation: Federation, name: str
) -> None:
    browser = as_user("head@street")
    text = browser.get("/cases/").text
    found = {link["href"] for link in Page(text).all("a", class_="chip") if "href" in link}
    query = next(query for each, query, _roles in BUILT_IN if each == name)
    url = "/cases/?" + "&".join(f"{key}={value}" for key, value in query.items())
    assert url in found
    answer = browser.get(url)
    assert answer.status_code == 200
    assert [link["href"] for link in Page(answer.text).all("a", aria_current="page", class_="chip")] == [url]


def test_each_role_has_the_views_that_make_sense_for_it(as_user: AsUser) -> None:
    assert "未分配" not in Page(as_user("handler@street").get("/cases/").text).visible.replace("只看未分配", "")
    assert "我办的" not in Page(as_user("leader@street").get("/cases/").text).visible
    assert "我办的" in Page(as_user("handler@street").get("/desk/").text).visible


def test_filters_are_saved_under_a_name_and_the_link_is_the_plain_address(
    as_user: AsUser, federation: Federation
) -> None:
    federation.register(title="来电的一件", channel="call", urgent=True)
    federation.register(title="来访的一件", urgent=True)
    browser = as_user("clerk@street")
    page = Page(browser.get("/cases/?channel=call&flag=urgent&cursor=").text)
    answer = post(browser, "/cases/views/", {"name": "来电急件", "query": page.one("input", name="query")["value"]})
    assert answer.status_code == 303
    assert answer.location == "/cases/?channel=call&flag=urgent"
    listed = Page(browser.get(answer.location).text)
    assert "来电急件" in listed.visible
    assert "存为常用视图" not in listed.visible, "these filters have a name already"
    assert "来电急件" in Page(browser.get("/desk/").text).visible
    # A colleague opens the same address, without having the view.
    theirs = Page(as_user("head@street").get(answer.location).text)
    assert "来电的一件" in theirs.visible
    assert "来访的一件" not in theirs.visible
    assert "来电急件" not in theirs.visible


def test_a_shared_view_is_made_by_the_head_and_seen_by_all(as_user: AsUser, federation: Federation) -> None:
    post(
        as_user("head@street"), "/cases/views/", {"name": "每周会商", "query": "tier=hard&open_only=1", "shared": "1"}
    )
    page = Page(as_user("handler@street").get("/cases/").text)
    assert "每周会商" in page.visible
    assert "共用" in page.visible
    refused = post(as_user("clerk@street"), "/cases/views/", {"name": "我的", "query": "tier=hard", "shared": "1"})
    assert refused.status_code == 422
    assert "共用视图由信访部门负责人维护" in Page(refused.text).visible
    assert Page(refused.text).value("name") == "我的"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("nonsense=1", "没有这些筛选条件"),
        ("tier=hard&tier=simple", "写了两次"),
        ("", "还没有筛选条件"),
        ("due_to=soon", "不正确"),
    ],
)
def test_what_the_list_does_not_know_is_refused_in_words(as_user: AsUser, query: str, words: str) -> None:
    answer = post(as_user("clerk@street"), "/cases/views/", {"name": "视图", "query": query})
    assert answer.status_code == 422
    assert words in Page(answer.text).visible


def test_a_view_is_renamed_and_deleted_by_plain_forms(as_user: AsUser, federation: Federation) -> None:
    browser = as_user("clerk@street")
    for name in ("急件", "慢件"):
        post(browser, "/cases/views/", {"name": name, "query": "flag=urgent"})
    page = Page(browser.get("/cases/views/").text)
    actions = [form["action"] for form in page.all("form", method="post")]
    rename = next(each for each in actions if each.startswith("/cases/views/") and not each.endswith("/remove"))
    taken = post(browser, rename, {"name": "慢件"})
    assert taken.status_code == 422
    assert "已有同名的视图" in Page(taken.text).visible
    assert post(browser, rename, {"name": "特急件", "version": "1"}).status_code == 303
    assert post(browser, rename, {"name": "更急", "version": "1"}).status_code == 409
    assert "特急件" in Page(browser.get("/cases/views/").text).visible
    assert post(browser, f"{rename}/remove", {"version": "1"}).status_code == 409
    assert post(browser, f"{rename}/remove", {"version": "2"}).status_code == 303
    assert "特急件" not in Page(browser.get("/cases/views/").text).visible
    assert post(as_user("head@street"), rename, {"name": "不是我的"}).status_code == 404
