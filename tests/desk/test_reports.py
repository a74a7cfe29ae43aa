"""Reports at the desk: a month from the form to the superior's letter, and what goes wrong said in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient

from tests.desk.conftest import as_user
from tests.reports.conftest import Desk, desk, fold_all, rollup, superuser
from tests.web.clients import token
from tests.web.conftest import app, client, clock, the_app, web_clock

__all__ = ["app", "as_user", "client", "clock", "desk", "fold_all", "rollup", "superuser", "the_app", "web_clock"]

As = Callable[[str], FlaskClient]
NEW = {"choice": "other", "kind": "month", "first": "2026-02-01", "last": "2026-02-28"}


def post(browser: FlaskClient, path: str, **form: str) -> tuple[int, str, str]:
    answer = browser.post(path, data=form | {"csrf_token": token(browser, "/password")})
    return answer.status_code, answer.headers.get("Location", ""), answer.get_data(as_text=True)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def begin(browser: FlaskClient, **changes: str) -> str:
    status, place, page = post(browser, "/reports/new", **NEW | changes)
    assert status == 303, page
    return place


def issue(as_user: As, who: str) -> str:
    place = begin(as_user(f"head@{who}"))
    leader = as_user(f"leader@{who}")
    page = leader.get(place).get_data(as_text=True)
    words = {"words.overview": "本期总量平稳。", "version": hidden(page, "version"), "seen": hidden(page, "seen")}
    status, place, page = post(leader, place, do="issue", **words)
    assert status == 303, page
    return place


def test_a_month_from_the_list_to_the_superiors_letter(desk: Desk, as_user: As) -> None:
    head = as_user("head@street")
    page = head.get("/reports/").get_data(as_text=True)
    assert "月报（2026年2月）" in page
    assert "choice=month/2026-02-01/2026-02-28" in page
    assert 'value="month/2026-02-01/2026-02-28"' in head.get("/reports/new").get_data(as_text=True)
    place = issue(as_user, "street")
    page = head.get(place).get_data(as_text=True)
    assert "校验一致" in page
    assert "东一工信月〔2026〕000001" in page
    assert "本期总量平稳。" in page
    status, back, page = post(head, f"{place}/submit", to=str(desk.federation.ids["east"]), note="请审阅。")
    assert (status, back) == (303, place), page
    assert "已报送：待签收" in head.get("/reports/?kind=month").get_data(as_text=True)
    assert post(head, f"{place}/submit", to=str(desk.federation.ids["east"]))[0] == 409
    above = as_user("head@east")
    letter = re.search(r"/dispatches/[0-9a-f-]{36}", above.get("/dispatches/").get_data(as_text=True))
    assert letter is not None
    page = above.get(letter[0]).get_data(as_text=True)
    assert "数据与报送时一致" in page
    assert "月报（2026年2月）" in page


def test_the_print_page_the_pdf_and_the_docx_carry_the_tables(desk: Desk, as_user: As) -> None:
    place = issue(as_user, "east")
    head = as_user("head@east")
    page = head.get(f"{place}/print").get_data(as_text=True)
    assert "总量（本单位及下级）" in page
    assert "附：指标口径和数据说明" in page
    assert head.get(f"{place}/pdf").data.startswith(b"%PDF")
    assert head.get(f"{place}/docx").data.startswith(b"PK")
    code = re.search(r"验证码\s*<span class=\"num\">([A-Z0-9-]+)", page)
    assert code is not None
    assert "信访工作月报" in head.get(f"/verify/{code[1]}").get_data(as_text=True)


def test_a_handler_sees_the_own_figures_and_nothing_about_those_below(desk: Desk, as_user: As) -> None:
    place = issue(as_user, "east")
    handler = as_user("handler@east")
    for path in (place, f"{place}/print"):
        page = handler.get(path).get_data(as_text=True)
        assert "总量（本单位）" in page
        assert "本单位及下级" not in page
        assert "下级单位报送情况" not in page
    assert handler.get(f"{place}/pdf").data.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"first": "2026-02-28", "last": "2026-02-01"}, "截止日期早于开始日期"),
        ({"first": "2026-03-01", "last": "2026-03-31"}, "才结束"),
        ({"first": "2025-11-01", "last": "2025-11-30"}, "起才有数据"),
        ({"first": "去年", "last": "2026-02-28"}, "开始日期不正确"),
        ({"kind": "decade"}, "请选择报告种类"),
        ({"choice": ""}, "请选择报告的时段"),
        ({"choice": "month"}, "开始日期不正确"),
    ],
)
def test_bad_input_is_said_in_words_and_what_was_typed_stays(
    desk: Desk, as_user: As, changes: dict[str, str], said: str
) -> None:
    status, _place, page = post(as_user("head@east"), "/reports/new", **NEW | changes)
    assert status == 422
    assert said in page
    if changes.get("last"):
        assert changes["last"] in page


def test_a_second_report_of_the_period_leads_to_the_first(desk: Desk, as_user: As) -> None:
    head = as_user("head@east")
    place = begin(head)
    status, _back, page = post(head, "/reports/new", **NEW)
    assert (status, "已有一份草稿" in page, place in page) == (409, True, True)


def test_of_two_who_save_the_second_keeps_what_was_typed_and_sees_the_other_text(desk: Desk, as_user: As) -> None:
    head, handler = as_user("head@street"), as_user("handler@street")
    place = begin(head)
    version = hidden(handler.get(place).get_data(as_text=True), "version")
    assert post(head, place, do="save", version=version, **{"words.overview": "负责人的文字。"})[0] == 303
    status, _back, page = post(handler, place, do="save", version=version, **{"words.overview": "承办人的文字。"})
    assert status == 409
    for text in ("承办人的文字。", "负责人的文字。", "同事保存的文字"):
        assert text in page
    status, _back, _page = post(
        handler, place, do="save", version=hidden(page, "version"), **{"words.overview": "合在一起的文字。"}
    )
    assert status == 303


def test_who_does_not_lead_cannot_issue_and_a_revision_takes_a_reason(desk: Desk, as_user: As) -> None:
    head = as_user("head@street")
    draft = begin(head)
    assert post(head, draft, do="issue", version="1", **{"words.overview": "文字。"})[0] == 403
    assert post(as_user("leader@street"), draft, do="issue", version="1")[0] == 422
    assert post(head, draft, do="discard", version="1")[0] == 303
    assert head.get(draft).status_code == 404
    place = issue(as_user, "street")
    assert post(head, f"{place}/revise", reason="改")[0] == 422
    status, again, _page = post(head, f"{place}/revise", reason="补登了漏登的件。")
    assert status == 303
    assert "第2版" in head.get(again).get_data(as_text=True)
    assert head.get(f"{again}/preview").data.startswith(b"%PDF")


def test_the_calendar_says_when_a_report_is_due(desk: Desk, as_user: As) -> None:
    page = as_user("head@street").get("/desk/calendar?month=2026-03").get_data(as_text=True)
    assert "报送月报（2026年2月）" in page
    assert "2026-03-05" in page
    issue(as_user, "street")
    page = as_user("head@street").get("/desk/calendar?month=2026-03").get_data(as_text=True)
    assert "已签发未报送" in page
    assert date(2026, 3, 5).isoformat() in page
