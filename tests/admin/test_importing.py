"""The org chart by browser: looked at first, then written, and its links handed out once."""

from __future__ import annotations

import base64
import io
import re

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from admin import importing
from tests.builders import Federation
from tests.web.clients import login, post


def workbook(*units: tuple[str, ...]) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "组织"
    sheet.append(["组织标识", "组织全称", "组织类型", "上级组织", "机关代字"])
    for row in units:
        sheet.append(row)
    people = made.create_sheet("用户")
    people.append(["组织标识", "用户名", "姓名", "角色"])
    people.append(["north", "admin", "测试北管", "租户管理员"])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


GOOD = ("north", "北区总工会", "总工会", "city", "北总工信")


def send(client: FlaskClient, data: bytes, mode: str = "check"):  # type: ignore[no-untyped-def]
    return post(client, "/onboarding/import", {"file": (io.BytesIO(data), "架构.xlsx"), "mode": mode})


def test_a_look_writes_nothing_and_carries_the_file_to_the_writing(
    client: FlaskClient, federation: Federation
) -> None:
    login(client, "root")
    look = send(client, workbook(GOOD))
    assert look.status_code == 200 and "检查通过，尚未写入" in look.text
    assert client.get("/onboarding/north").status_code == 404
    carried = re.search(r'name="data" value="([^"]+)"', look.text)
    assert carried is not None
    done = post(client, "/onboarding/import", {"data": carried.group(1), "name": "架构.xlsx", "mode": "import"})
    assert done.status_code == 200 and "全部找到，数目相符" in done.text
    listing = re.search(r'href="data:[^"]*base64,([^"]+)"', done.text)
    assert listing is not None
    sheet = openpyxl.load_workbook(io.BytesIO(base64.b64decode(listing.group(1)))).active
    assert sheet is not None
    link = str(sheet["E2"].value)
    assert client.get(link.replace("http://localhost", "")).status_code == 200
    again = send(client, workbook(GOOD), "import")
    assert "全部找到，数目相符" in again.text and "data:application" not in again.text


def test_problems_are_listed_and_nothing_is_written(client: FlaskClient, federation: Federation) -> None:
    login(client, "root")
    bad = send(client, workbook(GOOD, ("lane", "巷", "总工会", "nowhere", "巷工信")), "import")
    assert bad.status_code == 422
    assert "“组织”第3行" in bad.text and "都没有这个组织" in bad.text
    with federation.database.transaction(0) as session:
        assert session.scalar(text("select count(*) from tenants where id > 0")) == 4


def test_files_that_cannot_be_read_get_a_sentence(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    login(client, "root")
    monkeypatch.setattr(importing, "MOST_BYTES", 1024)
    assert "请选择要导入的文件" in post(client, "/onboarding/import", {"mode": "check"}).text
    assert "不是 Excel 工作簿" in send(client, b"slug,name\n").text
    assert "不能超过" in send(client, b"PK\x03\x04" + bytes(1024)).text
    assert "传递中损坏" in post(client, "/onboarding/import", {"data": "%%%", "mode": "import"}).text


def test_the_template_is_a_workbook(client: FlaskClient) -> None:
    login(client, "root")
    answer = client.get("/onboarding/import/template")
    assert openpyxl.load_workbook(io.BytesIO(answer.data)).sheetnames == ["组织", "用户", "示例与说明"]
