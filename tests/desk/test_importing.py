"""导入."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from cases.models import Case
from tests.builders import Federation
from tests.desk.pages import Page
from tests.web.clients import token

AsUser = Callable[[str], FlaskClient]

HEADINGS = ["编号", "标题", "内容", "日期", "姓名", "电话"]
GOOD = ["甲-1", "反映加班费未付", "去年下半年加班费一直未付。", "2026-02-20", "测试丁", "13800004444"]
BAD = ["甲-2", "反映食堂卫生", "食堂卫生不好。", "去年", "测试戊", "12345"]


def send(browser: FlaskClient, *rows: list[str], mode: str = "check", name: str = "登记表.xlsx") -> TestResponse:
    book = openpyxl.Workbook()
    for row in (HEADINGS, *rows):
        book.active.append(row)
    data = io.BytesIO()
    book.save(data)
    data.seek(0)
    form: dict[str, Any] = {"csrf_token": token(browser), "mode": mode, "channel": "letter", "file": (data, name)}
    return browser.post("/desk/import", data=form, content_type="multipart/form-data")


def stored(federation: Federation) -> int:
    with federation.database.transaction(federation.ids["street"]) as session:
        return session.scalar(select(func.count()).select_from(Case)) or 0


def test_a_check_says_what_would_be_registered_and_writes_nothing(as_user: AsUser, federation: Federation) -> None:
    answer = send(as_user("clerk@street"), GOOD)
    assert answer.status_code == 200, Page(answer.text).visible
    assert "可新登记1件" in Page(answer.text).visible
    assert stored(federation) == 0


def test_an_import_registers_every_row_once(as_user: AsUser, federation: Federation) -> None:
    browser = as_user("clerk@street")
    assert "新登记1件" in Page(send(browser, GOOD, mode="import").text).visible
    assert "新登记0件" in Page(send(browser, GOOD, mode="import").text).visible
    assert stored(federation) == 1


def test_one_bad_row_is_named_and_nothing_is_written(as_user: AsUser, federation: Federation) -> None:
    answer = send(as_user("head@street"), GOOD, BAD, mode="import")
    assert answer.status_code == 422
    assert "第3行：" in Page(answer.text).visible
    assert stored(federation) == 0


def test_what_is_no_table_is_refused_in_a_sentence(as_user: AsUser, federation: Federation) -> None:
    browser = as_user("clerk@street")
    form: dict[str, Any] = {"csrf_token": token(browser), "file": (io.BytesIO(b"PK\x03\x04rubbish"), "../../x.xlsx")}
    answer = browser.post("/desk/import", data=form, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "不是有效的" in Page(answer.text).visible
    empty = browser.post("/desk/import", data={"csrf_token": token(browser)}, content_type="multipart/form-data")
    assert "请选择要导入的文件" in Page(empty.text).visible


def test_only_the_window_and_the_head_of_the_office_import(as_user: AsUser) -> None:
    for who in ("handler@street", "leader@street", "admin@street"):
        assert as_user(who).get("/desk/import").status_code == 403
