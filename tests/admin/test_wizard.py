"""A union is founded in five steps that keep what was typed and say what is wrong where it was typed."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.builders import Federation
from tests.web.clients import login, post

GIVEN = {
    "kind": "federation",
    "name": "北区总工会",
    "short_name": "北区",
    "slug": "north",
    "credit_code": "81110000MC0000001R",
    "region": "测试市北区",
    "members": "41,000".replace(",", ""),
    "parent": "city",
    "second_parent": "西区总工会",
    "admin_name": "测试北区管理员",
    "admin_username": "chief",
    "calendar": "CN",
    "code": "北总工信",
    "seal_text": "",
    "portal_colour": "#b3261e",
    "address": "测试路1号",
    "phone": "000-1234",
    "hours": "工作日9:00—17:00",
}


def step(client: FlaskClient, number: int, go: str = "next", **changes: str):  # type: ignore[no-untyped-def]
    return post(client, "/onboarding/new", {**GIVEN, **changes, "step": str(number), "go": go})


def test_five_steps_found_a_union_whose_administrator_enters_by_the_link(
    app: Flask, client: FlaskClient, federation: Federation
) -> None:
    login(client, "root")
    assert "第1步，共5步" in client.get("/onboarding/new?parent=city").text
    for number in range(1, 5):
        answer = step(client, number)
        assert answer.status_code == 200
        assert f"第{number + 1}步，共5步" in answer.text
    assert "西区总工会" in answer.text and "北总工信〔2026〕000001" in answer.text
    made = step(client, 5, "create")
    assert made.status_code == 200, made.text
    link = re.search(r'value="http://[^/]+(/welcome/north/[^"]+)"', made.text)
    assert link is not None and "chief@north" in made.text
    assert "data:image/svg+xml" in made.text and "/portal/north/" in made.text
    page = client.get("/onboarding/north").text
    assert "已发链接，本人尚未启用" in page and "西区总工会" in page and "81110000MC0000001R" in page
    person = app.test_client()
    assert person.get(link.group(1)).status_code == 200
    fields = {"display_name": "测试北区管理员", "password": "Passwort-2026", "repeat": "Passwort-2026"}
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', person.get(link.group(1)).text)
    assert token is not None
    assert person.post(link.group(1), data=fields | {"csrf_token": token.group(1)}).status_code == 302
    login(person, "chief@north", "Passwort-2026")
    assert "已有，账号由其自行管理" in client.get("/onboarding/north").text
    with federation.database.transaction(0) as session:
        kept = session.execute(text("select parent_id, second_parent_id, members from tenants where slug = 'north'"))
        assert kept.one() == (federation.ids["city"], federation.ids["west"], 41000)


@pytest.mark.parametrize(
    ("number", "changes", "sentence"),
    [
        (1, {"slug": "city"}, "已被使用"),
        (1, {"slug": "Nord!"}, "小写字母"),
        (1, {"slug": "import"}, "保留"),
        (1, {"name": ""}, "不能为空"),
        (1, {"kind": "platform"}, "请选择组织类型"),
        (1, {"kind": ""}, "请选择组织类型"),
        (1, {"credit_code": "81110000MC0000001X"}, "校验位"),
        (1, {"members": "许多"}, "会员人数"),
        (2, {"parent": "nowhere"}, "没有名称或标识含“nowhere”的组织"),
        (2, {"parent": "区总"}, "东区总工会"),
        (2, {"second_parent": "city"}, "第二上级应是上级组织以外"),
        (2, {"parent": "platform"}, "没有名称或标识含"),
        (3, {"admin_username": "A b"}, "用户名格式不正确"),
        (3, {"admin_name": ""}, "请填写管理员姓名"),
        (4, {"code": ""}, "机关代字不能为空"),
        (4, {"portal_colour": "#ffff00"}, "白字看不清"),
    ],
)
def test_what_is_wrong_stops_its_own_step_and_nothing_typed_is_lost(
    client: FlaskClient, federation: Federation, number: int, changes: dict[str, str], sentence: str
) -> None:
    login(client, "root")
    for answer in (step(client, number, **changes), step(client, 5, "create", **changes)):
        assert answer.status_code == 422
        assert f"第{number}步" in answer.text
        assert sentence in answer.text and 'value="测试路1号"' in answer.text
    with federation.database.transaction(0) as session:
        assert session.scalar(text("select count(*) from tenants where id > 0")) == 4


def test_a_mistake_of_a_later_step_does_not_stop_an_earlier_one(client: FlaskClient) -> None:
    login(client, "root")
    answer = step(client, 1, code="", admin_name="")
    assert answer.status_code == 200 and "第2步" in answer.text


def test_going_back_asks_for_nothing(client: FlaskClient) -> None:
    login(client, "root")
    back = step(client, 3, "2", admin_name="", parent="nobody knows")
    assert back.status_code == 200
    assert "第2步" in back.text and 'value="nobody knows"' in back.text


def test_a_half_remembered_parent_is_picked_without_script(client: FlaskClient) -> None:
    login(client, "root")
    offered = step(client, 2, parent="区总")
    assert offered.status_code == 422 and 'name="parent_pick" value="east"' in offered.text
    picked = step(client, 2, parent="区总", parent_pick="east")
    assert picked.status_code == 200 and 'name="parent" value="east"' in picked.text


def test_typed_markup_stays_text(client: FlaskClient) -> None:
    login(client, "root")
    answer = step(client, 1, name="<script>alert(1)</script>")
    assert "<script>alert(1)" not in answer.text


def test_sending_the_last_step_twice_founds_one_union(client: FlaskClient, federation: Federation) -> None:
    login(client, "root")
    assert step(client, 5, "create").status_code == 200
    again = step(client, 5, "create")
    assert again.status_code == 422 and "已被使用" in again.text
    with federation.database.transaction(0) as session:
        assert session.scalar(text("select count(*) from tenants where slug = 'north'")) == 1
