"""The platform's administrator enters a year, is told what is missing, and confirms it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.builders import Federation
from tests.web.clients import login, post

YEAR = """一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至11日（周四）放假调休，共7天。2月14日（周日）上班。
劳动节：5月1日至5月5日 休
国庆节：10月1日至7日放假。
"""


def version_of(page: str) -> str:
    return page.split('name="version" value="')[1].split('"', maxsplit=1)[0]


def test_a_year_is_entered_corrected_and_confirmed(client: FlaskClient, federation: Federation) -> None:
    login(client, "root")
    listing = client.get("/admin/calendar").text
    for words in ("2026年", "已收录", "2028年", "未收录"):
        assert words in listing
    answer = post(client, "/admin/calendar/2027/add", {"days": YEAR, "version": "0"})
    assert answer.status_code == 302
    page = client.get("/admin/calendar/2027").text
    for words in ("录入中，尚未确认", "休22天，班1天", "已核对，确认2027年", "2月5日", "春节", "周五"):
        assert words in page
    assert "全年工作日" not in page, "a draft counts nothing"
    answer = post(
        client,
        "/admin/calendar/2027/remove",
        {"gone": "2027-10-07", "version": version_of(page)},
        follow_redirects=True,
    )
    assert "已删除1天" in answer.text and "休21天，班1天" in answer.text
    answer = post(client, "/admin/calendar/2027/confirm", {"version": version_of(answer.text)}, follow_redirects=True)
    assert "2027年的工作日历已确认" in answer.text and "由管理员维护" in answer.text
    assert "测试平台管理员于" in answer.text and "全年工作日" in answer.text
    assert "确认全年安排" not in answer.text


@pytest.mark.parametrize(
    ("act", "fields", "status", "words"),
    [
        ("add", {"days": "2月30日 休", "version": "0"}, 422, "第1行：没有2027年2月30日这一天"),
        ("add", {"days": "照常", "version": "0"}, 422, "请写明日期"),
        ("add", {"days": "1月1日 休", "version": "7"}, 409, "刚刚修改了2027年的工作日历"),
        ("add", {"days": "1月1日 休"}, 409, "刚刚修改了2027年的工作日历"),
        ("remove", {"version": "0"}, 422, "请先勾选要删除的日期"),
        ("confirm", {"version": "0"}, 422, "还没有录入为“休”"),
    ],
)
def test_why_not_is_said_and_what_was_typed_stays(
    client: FlaskClient, federation: Federation, act: str, fields: dict[str, str], status: int, words: str
) -> None:
    login(client, "root")
    answer = post(client, f"/admin/calendar/2027/{act}", fields)
    assert answer.status_code == status and words in answer.text
    assert fields.get("days", "") in answer.text
    assert "未收录" in client.get("/admin/calendar/2027").text, "nothing was written"


def test_a_known_year_shows_the_librarys_days_and_takes_more(client: FlaskClient, federation: Federation) -> None:
    login(client, "root")
    page = client.get("/admin/calendar/2026").text
    assert "国庆节" in page and 'name="gone"' not in page and "确认全年安排" not in page
    post(client, "/admin/calendar/2026/add", {"days": "2026-03-17 休 临时放假", "version": "0"})
    assert 'value="2026-03-17"' in client.get("/admin/calendar/2026").text
    assert "已收录，管理员有补充" in client.get("/admin/calendar").text


def test_a_year_that_nobody_plans_is_not_there(client: FlaskClient, federation: Federation) -> None:
    login(client, "root")
    assert client.get("/admin/calendar/1999").status_code == 404
    assert client.get("/admin/calendar/3000").status_code == 404
