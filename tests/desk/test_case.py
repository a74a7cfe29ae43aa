"""信访件: the page of one case, its papers, and the one look at an identity."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from audit.models import AuditEvent
from cases.intake import NewParty
from cases.workflow import CASE_WORKFLOW, Status
from documents.services import of_subject
from kernel.clock import FixedClock
from tests.builders import Federation
from tests.desk.pages import Page
from tests.tenants.arranged import arrange
from tests.ways import Ways
from tests.web.clients import post

AsUser = Callable[[str], FlaskClient]


def test_the_page_tells_the_whole_case_in_words(as_user: AsUser, federation: Federation) -> None:
    case = federation.decided()
    page = Page(as_user("head@street").get(f"/cases/{case.number}").text)
    for words in (
        case.number,
        "反映三个月工资未发",
        "已出处理意见",
        "甄别分流",
        "受理告知",
        "《信访工作条例》第三十四条：自受理之日起60日内办结",
        "拖欠工资",
        "予以支持",
        "督促单位十日内补发。",
        "承办人：测试承办人",
        "信访事项受理告知书",
        "信访事项处理意见书",
        "测试厂",
    ):
        assert words in page.visible, words
    assert page.one("li", aria_current="step")["class"] == "step step-now"


def test_identities_are_masked(as_user: AsUser, federation: Federation) -> None:
    case = federation.register(parties=(NewParty(name="欧阳测试", phone="13912345678", address="测试路8号"),))
    text = as_user("head@street").get(f"/cases/{case.number}").text
    assert "139****5678" in text
    for secret in ("欧阳测试", "13912345678", "测试路8号"):
        assert secret not in text


@pytest.mark.parametrize("who", ["clerk", "handler", "head", "leader", "supervisor"])
@pytest.mark.parametrize("reached", ["register", "accepted", "decided"])
def test_there_is_never_more_than_one_primary_button_and_it_is_the_next_legal_step(
    as_user: AsUser, federation: Federation, who: str, reached: str
) -> None:
    case = getattr(federation, reached)()
    answer = as_user(f"{who}@street").get(f"/cases/{case.number}")
    if who == "handler" and reached == "register":
        assert answer.status_code == 404
        return
    roles = federation.actor(f"{who}@street").roles
    rows = CASE_WORKFLOW.available(Status(case.status), roles)
    # The leader sorts sealed matters alone (intake_or_sealed), and this is none.
    rows = [row for row in rows if who != "leader" or row.action != "triage"]
    expected = [row.label for row in rows if row.primary][:1]
    assert Page(answer.text).primary == expected


def test_a_handler_has_no_button_on_a_colleagues_case(as_user: AsUser, federation: Federation) -> None:
    case = federation.register("handler@street")
    federation.act("clerk@street", case.number, "triage", purpose="request", category="01.01", tier="simple")
    head = str(federation.users["head@street"].id)
    federation.act("head@street", case.number, "accept", assignee=head)
    page = Page(as_user("handler@street").get(f"/cases/{case.number}").text)
    assert page.primary == []
    assert as_user("handler@street").get(f"/cases/{case.number}/do/decide").status_code == 403


def test_a_number_of_another_union_reads_as_if_it_did_not_exist(as_user: AsUser, federation: Federation) -> None:
    case = federation.decided()
    with federation.work("head@street") as work:
        paper = of_subject(work.session, case.id)[0].id
    paths = (
        f"/cases/{case.number}",
        f"/cases/{case.number}/receipt",
        f"/cases/{case.number}/papers/{paper}",
        f"/cases/{case.number}/do/close",
        "/cases/没有〔2026〕000009",
    )
    for path in paths:
        answers = {as_user(who).get(path).status_code for who in ("head@east", "leader@city", "handler@west")}
        assert answers == {404}, path
    for who in ("head@east", "handler@west"):
        assert post(as_user(who), f"/cases/{case.number}/do/note", {"note": "看不见的"}).status_code == 404
        assert post(as_user(who), f"/cases/{case.number}/parties/1", {"reason": "核对身份"}).status_code == 404


def looks(federation: Federation) -> list[dict[str, Any]]:
    with federation.database.transaction(federation.ids["street"]) as session:
        return list(session.scalars(select(AuditEvent.data).where(AuditEvent.action == "party:reveal")))


def test_an_identity_is_shown_once_for_a_reason_that_stays_on_record(as_user: AsUser, federation: Federation) -> None:
    case = federation.register(parties=(NewParty(name="欧阳测试", phone="13912345678"),))
    browser = as_user("clerk@street")
    answer = post(browser, f"/cases/{case.number}/parties/1", {"reason": "电话核实诉求"})
    assert answer.status_code == 200
    assert "欧阳测试" in answer.text
    assert "13912345678" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert looks(federation) == [{"party": 1, "reason": "电话核实诉求"}]
    page = browser.get(f"/cases/{case.number}")
    assert "欧阳测试" not in page.text
    assert "电话核实诉求" in Page(page.text).visible
    assert browser.get(f"/cases/{case.number}/parties/1").status_code == 302


def test_without_a_reason_nothing_is_shown_and_the_question_is_asked_again(
    as_user: AsUser, federation: Federation
) -> None:
    case = federation.register(parties=(NewParty(name="欧阳测试"),))
    answer = post(as_user("clerk@street"), f"/cases/{case.number}/parties/1", {"reason": "看"})
    assert answer.status_code == 422
    assert "欧阳测试" not in answer.text
    page = Page(answer.text)
    assert page.value("reason") == "看"
    assert "请写明查看身份信息的理由" in page.visible
    assert looks(federation) == []


def test_a_paper_is_a_sheet_with_number_union_and_date(as_user: AsUser, federation: Federation) -> None:
    case = federation.decided()
    with federation.work("head@street") as work:
        papers = of_subject(work.session, case.id)
    browser = as_user("handler@street")
    for paper in papers:
        page = Page(browser.get(f"/cases/{case.number}/papers/{paper.id}").text)
        assert paper.number in page.visible
        assert paper.title in page.visible
        assert "2026年3月2日" in page.visible
    assert "东区总工会" in page.visible  # where a review may be asked for
    assert browser.get(f"/cases/{case.number}/papers/{case.id}").status_code == 404


def test_a_case_costs_the_same_number_of_statements_however_much_happened(
    as_user: AsUser, federation: Federation, statements: Callable[[], Any]
) -> None:
    case = federation.accepted()
    browser = as_user("head@street")
    browser.get(f"/cases/{case.number}")
    with statements() as few:
        browser.get(f"/cases/{case.number}")
    for place in range(5):
        federation.act("handler@street", case.number, "note", note=f"第{place}次调查")
    with statements() as many:
        browser.get(f"/cases/{case.number}")
    # One asks whether a split is under way, one for the counts beside the menu, one for cases that belong here or
    # repeat this one, one for the files of the case, two what there is of the handling and who was given the case.
    assert len(many) == len(few) <= 23


def test_a_deadline_in_a_year_that_nobody_arranged_says_that_it_may_move(
    as_user: AsUser, federation: Federation
) -> None:
    settled = federation.register()
    federation.clock = FixedClock(datetime(2026, 12, 25, 2, 0, tzinfo=UTC))
    case = federation.register(received_on=date(2026, 12, 25))
    words = "该年度节假日安排尚未收录，期限可能调整"
    browser = as_user("head@street")
    assert words in browser.get(f"/cases/{case.number}").text
    assert words not in browser.get(f"/cases/{settled.number}").text
    with federation.work_as_system("platform") as work:
        arrange(work, 2027)
    assert words not in browser.get(f"/cases/{case.number}").text


def test_a_request_for_more_time_shows_its_day_and_reason_to_whoever_grants_it(
    as_user: AsUser, federation: Federation
) -> None:
    case = Ways(federation).asked()
    leader = as_user("leader@street")
    page = Page(leader.get(f"/cases/{case.number}").text)
    assert "申请延期至2026年6月5日，理由：需要调取单位账册核对" in page.visible
    assert "待批延期" in page.visible and "待批延期" in leader.get("/desk/").text
    for action in ("grant_extension", "deny_extension"):
        form = Page(leader.get(f"/cases/{case.number}/do/{action}").text)
        assert "申请延期至2026年6月5日" in form.visible and "需要调取单位账册核对" in form.visible
