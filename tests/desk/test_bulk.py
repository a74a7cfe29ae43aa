"""批量改派 from the list: ticked rows, one look at each, all or nothing. Without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from flask.testing import FlaskClient

from cases.intake import NewParty
from cases.models import Case
from tests.builders import Federation
from tests.desk.pages import Page
from tests.web.clients import post

AsUser = Callable[[str], FlaskClient]
REASON = "承办人休假，期间移交办理"


def fill(federation: Federation, cases: Sequence[Case], **changes: str) -> dict[str, object]:
    head = str(federation.users["head@street"].id)
    numbers = [case.number for case in cases]
    return {"do": "check", "number": numbers, "assignee": head, "department": "keep", "reason": REASON, **changes}


def picks(page: Page) -> dict[str, object]:
    found: dict[str, object] = {
        name: page.one("input", name=name)["value"] for name in ("assignee", "department", "reason")
    }
    return found | {"pick": [box["value"] for box in page.all("input", name="pick")]}


def test_rows_are_ticked_in_the_list_by_those_who_may_give_cases(as_user: AsUser, federation: Federation) -> None:
    case = federation.accepted()
    for who in ("head@street", "leader@street"):
        page = Page(as_user(who).get("/cases/").text)
        box = page.one("input", type="checkbox", name="number")
        assert (box["value"], box["form"]) == (case.number, "pick")
        assert page.one("form", id="pick")["action"] == "/cases/assign"
    for who in ("clerk@street", "handler@street", "supervisor@street"):
        assert "改派所选的" not in as_user(who).get("/cases/").text
        assert as_user(who).get("/cases/assign").status_code == 403
        assert post(as_user(who), "/cases/assign/confirm", {}).status_code == 403


def test_from_the_list_over_one_look_to_the_new_handler(as_user: AsUser, federation: Federation) -> None:
    cases = [federation.accepted(), federation.accepted()]
    barred = federation.register()
    browser = as_user("head@street")
    page = Page(post(browser, "/cases/assign", {"number": [case.number for case in (*cases, barred)]}).text)
    assert page.checked("number") == [box["value"] for box in page.all("input", name="number")]
    assert len(page.checked("number")) == 3
    look = Page(post(browser, "/cases/assign", fill(federation, (*cases, barred))).text)
    assert "2件可以改派给测试负责人" in look.visible
    assert "还没有受理" in look.visible
    assert look.primary == ["确认改派2件"]
    done = post(browser, "/cases/assign/confirm", picks(look))
    assert done.status_code == 303
    listed = Page(browser.get(done.location).text)
    assert "已将2件改派给测试负责人" in listed.visible
    assert all(case.number in listed.visible for case in cases)
    assert barred.number not in listed.visible


def test_all_that_the_filters_find_can_be_given_at_once(as_user: AsUser, federation: Federation) -> None:
    federation.accepted(title="急的一件", urgent=True)
    federation.accepted(title="不急的一件")
    browser = as_user("head@street")
    url = Page(browser.get("/cases/?flag=urgent").text)
    link = next(each["href"] for each in url.all("a") if each.get("href", "").startswith("/cases/assign"))
    page = Page(browser.get(link).text)
    assert "急的一件" in page.visible
    assert "不急的一件" not in page.visible
    nothing = browser.get("/cases/assign?flag=collective")
    assert nothing.status_code == 422
    assert "没有符合条件的信访件" in Page(nothing.text).visible
    assert browser.get("/cases/assign?flag=nonsense").status_code == 422
    assert browser.get("/cases/assign?due_from=nonsense").status_code == 422


def test_a_case_that_somebody_changed_after_the_look_stops_all_and_is_shown(
    as_user: AsUser, federation: Federation
) -> None:
    cases = [federation.accepted(), federation.accepted()]
    browser = as_user("head@street")
    look = Page(post(browser, "/cases/assign", fill(federation, cases)).text)
    federation.act("handler@street", cases[0].number, "note", note="刚刚联系了信访人。")
    answer = post(browser, "/cases/assign/confirm", picks(look))
    assert answer.status_code == 409
    again = Page(answer.text)
    assert f"核对以后，{cases[0].number}有变化" in again.visible
    assert again.visible.count("核对以后有变化") == 1
    assert post(browser, "/cases/assign/confirm", picks(again)).status_code == 303


def test_whoever_has_to_withdraw_is_said_for_each_case_and_names_nobody(
    as_user: AsUser, federation: Federation
) -> None:
    case = federation.accepted(parties=(NewParty(name="测试负责人"),))
    look = Page(post(as_user("leader@street"), "/cases/assign", fill(federation, [case])).text)
    assert "应当回避" in look.visible
    assert look.primary == []
    forged = fill(federation, [case]) | {"pick": [f"{case.version}:{case.number}"]}
    answer = post(as_user("leader@street"), "/cases/assign/confirm", forged)
    assert answer.status_code == 409
    assert "没有改派任何一件" in Page(answer.text).visible


def test_what_was_typed_comes_back(as_user: AsUser, federation: Federation) -> None:
    case = federation.accepted()
    browser = as_user("head@street")
    answer = post(browser, "/cases/assign", fill(federation, [case], reason="短", assignee=""))
    page = Page(answer.text)
    assert answer.status_code == 422
    assert "请选择承办人。" in page.visible
    assert page.value("reason") == "短"
    back = Page(post(browser, "/cases/assign", fill(federation, [case], do="edit")).text)
    assert back.value("reason") == REASON
    assert post(browser, "/cases/assign", {}).status_code == 422
    assert post(browser, "/cases/assign/confirm", fill(federation, [])).status_code == 422
    assert post(browser, "/cases/assign/confirm", {"pick": [f"1:{case.number}"]}).status_code == 422
    too_many = {"number": [f"号{place}" for place in range(201)]}
    assert "一次最多改派200件" in Page(post(browser, "/cases/assign", too_many).text).visible


@pytest.mark.parametrize("path", ["/cases/assign", "/cases/assign/confirm"])
def test_a_case_of_another_union_is_not_there(as_user: AsUser, federation: Federation, path: str) -> None:
    theirs = federation.accepted("east")
    form = fill(federation, [theirs]) | {"pick": [f"{theirs.version}:{theirs.number}"]}
    assert post(as_user("head@street"), path, form).status_code == 404
