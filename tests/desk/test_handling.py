"""The handling at the desk: forms that offer and let type, tasks, sums under the list, ratings in whose hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from cases import follow_ups, registries, tasking
from cases.models import Case
from tenants import departments
from tests.builders import Federation
from tests.desk.pages import Page
from tests.ways import Ways
from tests.web.clients import post

AsUser = Callable[[str], FlaskClient]


@pytest.fixture
def ways(federation: Federation) -> Ways:
    return Ways(federation)


def task_of(ways: Ways, case: Case) -> str:
    with ways.federation.work("head@street") as work:
        return str(tasking.of_case(work, case.id)[0].id)


def test_results_are_typed_shown_and_summed_under_the_list(as_user: AsUser, ways: Ways) -> None:
    case = ways.decided()
    handler = as_user("handler@street")
    path = f"/cases/{case.number}/do/gains"
    form = Page(handler.get(path).text)
    assert form.checked("dispositions.1.disposition") == ["solved"], "what follows from the opinion is preselected"
    typed = {
        "dispositions.1.disposition": "solved",
        "dispositions.1.aided": "1",
        "measures.mediation": "1",
        "recovered": "三万",
    }
    answer = post(handler, path, typed)
    assert answer.status_code == 422
    assert Page(answer.text).value("recovered") == "三万"
    assert post(handler, path, typed | {"recovered": "36500.5", "helped": "12"}).status_code == 303
    page = Page(handler.get(f"/cases/{case.number}").text).visible
    for words in ("解决问题到位、帮扶救助到位", "调解", "36,500.50元", "12人"):
        assert words in page
    assert "36,500.50元" in Page(handler.get("/cases/").text).visible
    assert "36,500.50元" not in as_user("head@east").get("/cases/").text


def test_a_department_sees_what_it_is_asked_and_not_the_file(as_user: AsUser, ways: Ways) -> None:
    with ways.federation.work("admin@street") as work:
        place = departments.create(work, {"name": "财务部"}).id
        departments.move(work, ways.federation.users["handler@street"].id, place)
    case = ways.act("head", ways.triaged(), "accept", assignee=str(ways.federation.users["head@street"].id))
    head, handler = as_user("head@street"), as_user("handler@street")
    path = f"/cases/{case.number}/do/ask_department"
    assert Page(head.get(path).text).value("task_due") == "2026-03-09"
    sent = {"task_department": str(place), "task_asked": "请核对工资发放表", "task_due": "2026-03-06"}
    assert post(head, path, sent).status_code == 303
    own = f"/desk/tasks/{task_of(ways, case)}"
    for page in (handler.get("/desk/").text, handler.get("/desk/tasks/").text, handler.get(own).text):
        assert "请核对工资发放表" in page
        assert "红灯" in page or "灯" in page
    assert handler.get(f"/cases/{case.number}").status_code == 404
    assert case.title not in handler.get(own).text
    assert post(handler, own, {"answer": ""}).status_code == 422
    assert post(handler, own, {"answer": "已核对，确未发放"}).status_code == 303
    assert "已核对，确未发放" in head.get(f"/cases/{case.number}").text
    assert post(handler, own, {"answer": "再答复一次"}).status_code == 409
    for login in ("admin@street", "auditor@street"):
        assert as_user(login).get(own).status_code in (403, 404)


def test_a_form_offers_the_registries_and_lets_one_type(as_user: AsUser, ways: Ways) -> None:
    with ways.federation.work("head@street") as work:
        registries.save_mediator(work, {"name": "测试调解工作室", "kind": "organisation", "agreed_on": "2026-01-05"})
        registries.save_body(work, {"name": "测试仲裁委员会", "kind": "arbitration"})
    case, handler = ways.handling(), as_user("handler@street")
    for action, word in (("mediate", "测试调解工作室"), ("divert", "测试仲裁委员会"), ("hear", "测试仲裁委员会")):
        assert word in handler.get(f"/cases/{case.number}/do/{action}").text, action
    sent = {"mediator": "街道调解委员会", "both_agree": "1"}
    assert post(handler, f"/cases/{case.number}/do/mediate", sent).status_code == 303


def test_the_first_receiver_stands_on_every_page_of_the_case(as_user: AsUser, ways: Ways) -> None:
    case, head = ways.closed(), as_user("head@street")
    with ways.federation.work("head@street") as work:
        follow = follow_ups.of_case(work, case.id)[0].id
    for path in ("", "/receipt", "/do/gains", "/do/rate", f"/follow-ups/{follow}"):
        page = Page(head.get(f"/cases/{case.number}{path}").text).visible
        assert "首办责任人" in page, path
        assert "测试登记员" in page, path


def test_a_bad_rating_offers_the_review_and_says_whose_hand_it_was(as_user: AsUser, ways: Ways) -> None:
    ways.outside()
    case, clerk = ways.closed(), as_user("clerk@street")
    for about, rating in (("unit", "dissatisfied"), ("office", "satisfied")):
        sent = {"rated_about": about, "rating": rating, "told_how": "call", "reason": "电话里这样说"}
        assert post(clerk, f"/cases/{case.number}/do/rate", sent).status_code == 303
    page = clerk.get(f"/cases/{case.number}").text
    words = Page(page).visible.replace("\n", "")
    assert "责任单位：不满意（工作人员代录）· 电话回访" in words
    assert "信访部门：满意（工作人员代录）· 电话回访" in words
    assert "可以在期限内申请复查" in words
    assert "/do/ask_review" in page


def test_a_follow_up_asks_about_revenge_and_offers_the_higher_union(as_user: AsUser, ways: Ways) -> None:
    case, clerk, head = ways.closed(), as_user("clerk@street"), as_user("head@street")
    with ways.federation.work("head@street") as work:
        path = follow_ups.link_of(case, follow_ups.of_case(work, case.id)[0])
    assert "打击报复" in clerk.get(path).text
    assert post(clerk, path, {"reached": "yes"}).status_code == 422
    sent = {"reached": "yes", "content": "partly", "retaliation": "yes", "note": "说被调离岗位"}
    assert post(clerk, path, sent).headers["Location"].endswith("/desk/")
    assert "本件已封闭" in clerk.get("/desk/").text
    assert "向上级工会呈报" in head.get(path).text
    assert "打击报复" in Page(head.get(f"/cases/{case.number}").text).visible
    assert post(head, path, sent).status_code == 409
    # 打击报复 closed the file: whoever wrote it down does not see it again.
    assert post(clerk, path, sent).status_code == 404
    for login in ("admin@street", "auditor@street", "head@east"):
        assert as_user(login).get(path).status_code in (403, 404)
