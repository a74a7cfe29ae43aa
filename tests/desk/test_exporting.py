"""导出台账: from the list with its filter to a file, as people do it in the browser."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from urllib.parse import quote

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cases.filters import READERS
from cases.ledger import USUAL
from tests.archives.ordering import deliver
from tests.builders import Federation
from tests.desk.pages import Page
from tests.web.clients import token

AsUser = Callable[[str], FlaskClient]


def send(browser: FlaskClient, **changes: object) -> TestResponse:
    form = {"csrf_token": token(browser), "form": "csv", "columns": list(USUAL), "reason": "季度台账报送"}
    return browser.post("/cases/export", data=form | changes)


def test_the_list_leads_to_an_order_for_what_it_shows(as_user: AsUser, federation: Federation) -> None:
    federation.register(title="拖欠工资三个月", urgent=True)
    federation.register(title="宿舍漏水")
    browser = as_user("clerk@street")
    listed = Page(browser.get(f"/cases/?q={quote('拖欠工资')}&flag=urgent&channel=visit&cursor=").text)
    link = next(one["href"] for one in listed.all("a") if one["href"].startswith("/cases/export?"))
    page = Page(browser.get(link).text)
    assert "1件" in page.visible
    assert "条件：来访、紧急、含“拖欠工资”" in page.visible
    hidden = {one["name"]: one["value"] for one in page.all("input", type="hidden")}
    assert {name: hidden[name] for name in ("q", "flag", "channel")} == {
        "q": "拖欠工资",
        "flag": "urgent",
        "channel": "visit",
    }
    assert "显示姓名和电话" not in page.visible, "a clerk cannot decide that"
    assert "检举控告（密件）不在您的列表中" in page.visible


def test_names_and_telephones_are_masked_unless_somebody_ticks_both_boxes(
    as_user: AsUser, federation: Federation
) -> None:
    federation.register()
    page = Page(as_user("head@street").get("/cases/export").text)
    for name in ("clear", "confirmed"):
        assert "checked" not in page.one("input", name=name)
    assert page.one("input", name="reason")["value"] == ""
    assert page.one("input", name="form", value="xlsx")
    assert [one["value"] for one in page.all("input", name="columns") if "checked" in one] == list(USUAL)


def test_an_ordered_file_is_made_listed_and_fetched(as_user: AsUser, federation: Federation) -> None:
    federation.register(title="拖欠工资三个月", urgent=True)
    federation.register(title="宿舍漏水")
    browser = as_user("clerk@street")
    answer = send(browser, flag="urgent")
    assert (answer.status_code, answer.location) == (303, "/cases/exports")
    waiting = browser.get("/cases/exports").text
    assert "正在生成：0/1件" in Page(waiting).visible
    assert 'hx-trigger="every 2s"' in waiting
    deliver(federation)
    listed = browser.get("/cases/exports").text
    assert "条件：紧急" in Page(listed).visible
    assert "2026年3月9日 09:30前可以下载" in Page(listed).visible
    assert "hx-trigger" not in listed
    link = next(one["href"] for one in Page(listed).all("a") if one["href"].startswith("/cases/exports/"))
    file = browser.get(link)
    assert file.status_code == 200
    assert file.mimetype == "text/csv"
    assert file.headers["Cache-Control"] == "no-store"
    assert quote("信访台账 2026-03-02") in file.headers["Content-Disposition"]
    assert int(file.headers["Content-Length"]) == len(file.data)
    rows = list(csv.DictReader(io.StringIO(file.data.decode("utf-8-sig"), newline="")))
    assert [row["主题"] for row in rows] == ["拖欠工资三个月"]
    for other in ("head@street", "clerk@east"):
        assert as_user(other).get(link).status_code == 404
        assert as_user(other).post(f"{link}/remove", data={"csrf_token": token(as_user(other))}).status_code == 404
    assert as_user("auditor@street").get(link).status_code == 403
    assert browser.post(f"{link}/remove", data={"csrf_token": token(browser)}).status_code == 303
    assert browser.get(link).status_code == 404
    assert "文件已删除" in Page(browser.get("/cases/exports").text).visible
    log = Page(as_user("auditor@street").get("/admin/audit?action=export").text).visible
    for word in ("申请导出台账", "生成导出台账", "下载导出台账", "删除导出台账", "季度台账报送", "1件", "条件：标记"):
        assert word in log, word
    assert "拖欠工资" not in log


def test_a_refused_order_keeps_what_was_typed(as_user: AsUser, federation: Federation) -> None:
    federation.register()
    browser = as_user("head@street")
    answer = send(browser, reason="看看", form="xlsx", columns=["title"], clear="1", channel="visit")
    assert answer.status_code == 422
    page = Page(answer.text)
    assert "请写明导出的理由" in page.visible
    assert "请先确认确有必要" in page.visible
    ticked = [one["value"] for one in page.all("input", name="columns") if "checked" in one]
    assert ticked == ["place", "number", "title"]
    assert any(one.get("value") == "看看" for one in page.all("input", name="reason"))
    assert any("checked" in one for one in page.all("input", name="clear"))
    assert any(one["value"] == "visit" for one in page.all("input", type="hidden", name="channel"))


def test_an_address_that_cannot_be_read_exports_nothing(as_user: AsUser, federation: Federation) -> None:
    federation.register()
    browser = as_user("clerk@street")
    assert browser.get("/cases/export?flag=nonsense").status_code == 422
    assert browser.get("/cases/export?due_from=31.12.2026").status_code == 422
    assert send(browser, due_from="31.12.2026").status_code == 422
    assert send(browser, status="nonsense").status_code == 422
    assert send(browser, q="13800001111").status_code == 422
    nothing = browser.get("/cases/export?status=closed")
    assert "没有符合条件的信访件" in Page(nothing.text).visible
    assert "还没有导出过" in Page(browser.get("/cases/exports").text).visible


def test_no_field_of_the_form_is_taken_for_a_filter() -> None:
    assert not {"form", "columns", "reason", "clear", "confirmed", "csrf_token"} & set(READERS)
