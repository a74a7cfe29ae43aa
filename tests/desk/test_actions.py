"""One form for every row of the table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from access.roles import Role
from cases import registries
from cases.handling_rules import BODY_KINDS
from cases.models import Case
from cases.workflow import CASE_WORKFLOW, Status
from desk.widgets import TABLE
from dispatches.workflow import RECIPIENT_WORKFLOW
from kernel.clock import FixedClock
from kernel.workflow import Transition
from tests.builders import Federation
from tests.desk.pages import Page
from tests.stations import at
from tests.ways import Ways
from tests.web.clients import post

AsUser = Callable[[str], FlaskClient]


def stored(federation: Federation, number: str) -> Case:
    with federation.database.transaction(federation.ids["street"]) as session:
        return session.scalars(select(Case).where(Case.number == number)).one()


def test_every_field_of_every_row_can_be_drawn() -> None:
    named = {field for row in (*CASE_WORKFLOW, *RECIPIENT_WORKFLOW) for field in row.fields}
    # What a letter itself tells the case of its sender is asked of nobody; a petitioner has a page elsewhere.
    own = {"own_words", "own_rating", "own_reason"}
    assert named - {"way", "destination", "outcomes"} - own == set(TABLE)


def with_a_body(ways: Ways) -> Case:
    """Somebody outside can be invited."""
    with ways.federation.work("head@street") as work:
        registries.save_body(work, {"name": "测试区人力资源和社会保障局", "kind": next(iter(BODY_KINDS))})
    return ways.handling()


def with_a_task(ways: Ways) -> Case:
    """A department has been asked."""
    asked = {
        "task_handler": ways.handler,
        "task_asked": "核对工资台账",
        "task_due": ways.due(case := ways.handling()),
    }
    return ways.act("head", case, "ask_department", **asked)


def with_the_head(ways: Ways) -> Case:
    """The head of the office handles it."""
    return ways.act("head", ways.triaged(), "accept", assignee=str(ways.federation.users["head@street"].id))


#: Acts whose conditions ask for more than the status: how a case gets there.
PREPARED: dict[str, Callable[[Ways], Case]] = {
    "take_simple": lambda ways: ways.triaged(tier="simple"),
    "review_decide": lambda ways: ways.handling(review_stage="review"),
    "execute": Ways.served,
    "finish": Ways.explained,
    "recheck_execute": Ways.rechecking,
    "ask_review": lambda ways: ways.reviewed_outside(),
    "late_review": Ways.lapsed,
    "late_recheck": lambda ways: ways.lapsed(reviewed=True),
    "agree": Ways.mediating,
    "conclude_agreement": Ways.agreed,
    "grant_extension": Ways.asked,
    "deny_extension": Ways.asked,
    "rejoin": Ways.split_off,
    "unmerge": Ways.merged,
    "report_urgent": lambda ways: ways.registered(urgent=True),
    "archive": Ways.answered,
    "interrupt_right": lambda ways: ways.with_right(),
    "exercise_right": lambda ways: ways.with_right(),
    "adoption": lambda ways: ways.advised(),
    "answer_supervision": Ways.supervised,
    "report_back": lambda ways: ways.ordered(),
    "hear": with_a_body,
    "withdraw_task": with_a_task,
    "declare_interest": with_the_head,
}


@pytest.mark.parametrize("row", [row for row in CASE_WORKFLOW if not row.internal], ids=lambda row: row.action)
def test_every_row_has_a_button_and_a_form_for_the_right_role_and_for_nobody_else(
    as_user: AsUser, federation: Federation, row: Transition[Status]
) -> None:
    ways = Ways(federation)
    case = PREPARED[row.action](ways) if row.action in PREPARED else at(ways, row.sources[0])
    address = f"/cases/{case.number}/do/{row.action}"
    # Whoever holds the case acts on it; the others by their roles alone.
    for name, role in (("clerk", Role.CLERK), ("head", Role.OFFICE_HEAD), ("leader", Role.LEADER)):
        browser = as_user(f"{name}@street")
        answer = browser.get(address)
        if role not in row.roles:
            assert answer.status_code == 403, (name, row.action)
            assert f'href="{quote(address)}"' not in browser.get(f"/cases/{case.number}").text
            continue
        if (name, row.action) == ("leader", "triage"):
            # A leader sorts reports only, which the clerk does not see.
            assert answer.status_code == 409
            continue
        page = Page(answer.text)
        assert page.primary == [row.label], (name, answer.status_code)
        for field in row.fields:
            assert f'name="{field}' in page.text, (row.action, field)
        assert f'href="{quote(address)}"' in browser.get(f"/cases/{case.number}").text


def test_the_whole_way_from_triage_to_closing_goes_by_forms(as_user: AsUser, federation: Federation) -> None:
    number = federation.register(claims=("补发工资", "支付补偿")).number
    clerk, head, handler = (as_user(f"{who}@street") for who in ("clerk", "head", "handler"))
    steps: tuple[tuple[FlaskClient, str, dict[str, Any], str], ...] = (
        (clerk, "triage", {"purpose": "request", "category": "01.01", "tier": "ordinary"}, "triaged"),
        (head, "accept", {"assignee": str(federation.users["handler@street"].id)}, "handling"),
        (handler, "note", {"note": "已与单位面谈。"}, "handling"),
        (
            handler,
            "decide",
            {
                "facts": "经核实，单位确实拖欠三个月工资。",
                "basis": "《劳动法》第五十条",
                "opinions.1.opinion": "support",
                "opinions.1.finding": "督促补发。",
                "opinions.2.opinion": "explain",
                "opinions.2.finding": "劳动关系没有解除，不适用补偿。",
            },
            "decided",
        ),
        (
            handler,
            "close",
            {
                "delivery": "post",
                "tracking": "EMS1234",
                "delivered_on": "2026-03-02",
                "executed_on": "2026-03-02",
                "result": "已补发到位",
            },
            "closed",
        ),
    )
    for browser, action, data, status in steps:
        form = Page(browser.get(f"/cases/{number}/do/{action}").text)
        answer = post(browser, f"/cases/{number}/do/{action}", {"version": form.value("version"), **data})
        assert answer.status_code == 303, Page(answer.text).visible
        assert stored(federation, number).status == status
    page = Page(handler.get(f"/cases/{number}").text)
    assert "已完成：送达并办结" in page.visible
    assert "劳动关系没有解除，不适用补偿。" in page.visible
    assert page.primary == []


def test_mistakes_come_back_beside_their_fields_with_what_was_typed(as_user: AsUser, federation: Federation) -> None:
    number = federation.accepted(claims=("补发工资", "支付补偿")).number
    data = {
        "facts": "经核实，单位确实拖欠三个月工资。",
        "opinions.1.opinion": "support",
        "opinions.1.finding": "督促补发。",
        "opinions.2.opinion": "explain",
    }
    answer = post(as_user("handler@street"), f"/cases/{number}/do/decide", data)
    assert answer.status_code == 422
    page = Page(answer.text)
    assert page.value("facts") == data["facts"]
    assert page.value("opinions.1.finding") == "督促补发。"
    assert page.checked("opinions.1.opinion") == ["support"]
    assert page.checked("opinions.2.opinion") == ["explain"]
    assert page.one("span", id="e-basis")
    assert page.one("span", id="e-opinions-2-finding")
    for link in page.all("a"):
        if link.get("href", "").startswith("#f-"):
            assert any(tag.get("id") == link["href"][1:] for _name, tag in page.tags), link
    assert stored(federation, number).status == "handling"


def test_a_form_drawn_before_somebody_else_acted_is_refused_once_and_loses_nothing(
    as_user: AsUser, federation: Federation
) -> None:
    number = federation.accepted().number
    browser = as_user("handler@street")
    version = Page(browser.get(f"/cases/{number}/do/note").text).value("version")
    federation.clock = FixedClock(federation.clock.now() + timedelta(minutes=5))
    federation.act("head@street", number, "note", note="负责人先记了一笔")
    data = {"note": "承办人写了很久的情况", "version": version}
    answer = post(browser, f"/cases/{number}/do/note", data)
    assert answer.status_code == 409
    page = Page(answer.text)
    assert "其他人刚刚处理了同一事项" in page.visible
    assert page.value("note") == data["note"]
    again = post(browser, f"/cases/{number}/do/note", {**data, "version": page.value("version")})
    assert again.status_code == 303


def test_an_action_that_somebody_else_has_taken_says_so_and_keeps_the_text(
    as_user: AsUser, federation: Federation
) -> None:
    number = federation.register().number
    browser = as_user("clerk@street")
    federation.act("clerk@street", number, "answer", spot_purpose="inquiry", reply="同事已当场答复")
    answer = post(browser, f"/cases/{number}/do/answer", {"reply": "我也答复了一遍"})
    assert answer.status_code == 409
    page = Page(answer.text)
    assert "当前状态下不能执行" in page.visible
    assert page.value("reply") == "我也答复了一遍"
    assert page.primary == ["查看最新状态"]


def test_who_may_not_act_is_told_so(as_user: AsUser, federation: Federation) -> None:
    number = federation.register().number
    assert as_user("leader@street").get(f"/cases/{number}/do/triage").status_code == 409, "sorts reports only"
    assert as_user("supervisor@street").get(f"/cases/{number}/do/triage").status_code == 403
    assert post(as_user("supervisor@street"), f"/cases/{number}/do/triage", {}).status_code == 403
    assert as_user("clerk@street").get(f"/cases/{number}/do/nonsense").status_code == 404
    assert as_user("clerk@street").get(f"/cases/{number}/do/resume").status_code == 404
    assert as_user("clerk@street").get(f"/cases/{number}/do/close").status_code == 409


def test_a_report_closes_to_the_clerk_who_triaged_it(as_user: AsUser, federation: Federation) -> None:
    number = federation.register().number
    browser = as_user("clerk@street")
    data = {"purpose": "report", "category": "13.01", "tier": "hard"}
    answer = post(browser, f"/cases/{number}/do/triage", data)
    assert answer.location == "/desk/"
    assert "已按检举控告封闭办理" in Page(browser.get("/desk/").text).visible
    assert browser.get(f"/cases/{number}").status_code == 404
    assert as_user("head@street").get(f"/cases/{number}").status_code == 200


def test_a_refusal_is_chosen_with_its_article_before_the_eyes(as_user: AsUser, federation: Federation) -> None:
    number = federation.register().number
    federation.act("clerk@street", number, "triage", purpose="request", category="01.01", tier="simple")
    browser = as_user("head@street")
    page = Page(browser.get(f"/cases/{number}/do/refuse").text)
    assert "《信访工作条例》第十九条第三款" in page.visible
    assert "出具《信访事项不予受理告知书》" in page.visible
    data = {"refusal": "N4", "reason": "已由仲裁委立案", "where_to_go": "受理本案的仲裁委员会"}
    assert post(browser, f"/cases/{number}/do/refuse", data).status_code == 303
    assert stored(federation, number).status == "refused"


def test_the_form_of_a_step_names_no_working_code(as_user: AsUser, federation: Federation) -> None:
    number = federation.register().number
    page = Page(as_user("clerk@street").get(f"/cases/{number}/do/triage").text)
    assert "依据：《信访工作条例》第二十三条" in page.visible
    assert "T3" not in page.visible
