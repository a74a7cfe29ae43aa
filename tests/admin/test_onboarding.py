"""The platform founds unions, hands over the first account, and then has no more say in them."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.builders import Federation
from tests.web.clients import login, post

GIVEN = {
    "slug": "north",
    "name": "北区总工会",
    "short_name": "北区",
    "kind": "federation",
    "code": "北总工信",
    "parent": "city",
    "region": "测试市北区",
    "admin_username": "chief",
    "admin_name": "测试北区管理员",
}


def test_a_union_is_founded_with_its_first_administrator(
    app: Flask, client: FlaskClient, federation: Federation
) -> None:
    login(client, "root")
    answer = post(client, "/onboarding/new", GIVEN)
    assert answer.status_code == 200
    found = re.search(r"data-once>([^<]+)<", answer.text)
    assert found is not None and "chief@north" in answer.text
    person = app.test_client()
    login(person, "chief@north", found.group(1))
    assert person.get("/").location == "/password"
    listing = client.get("/onboarding/").text
    assert "北区总工会" in listing and found.group(1) not in listing
    page = client.get("/onboarding/north").text
    assert "测试市总工会" in page and "已有，账号由其自行管理" in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"slug": "city"}, "已被使用"),
        ({"slug": "Nord!"}, "标识"),
        ({"name": ""}, "不能为空"),
        ({"parent": "nowhere"}, "不存在或已关闭"),
        ({"kind": "platform"}, "请选择组织类型"),
        ({"kind": ""}, "请选择组织类型"),
        ({"admin_username": "A b"}, "用户名格式不正确"),
        ({"admin_name": ""}, "请填写管理员姓名"),
    ],
)
def test_what_is_wrong_founds_nothing(
    client: FlaskClient, federation: Federation, changes: dict, sentence: str
) -> None:
    login(client, "root")
    answer = post(client, "/onboarding/new", GIVEN | changes)
    assert answer.status_code == 422
    assert sentence in answer.text and 'value="北总工信"' in answer.text
    with federation.database.transaction(0) as session:
        assert session.scalar(text("select count(*) from tenants where slug not in ('platform')")) == 4


def test_a_union_left_without_an_administrator_gets_one_and_no_second(
    client: FlaskClient, federation: Federation
) -> None:
    from tenants.models import Kind
    from tenants.services import create

    with federation.work_as_system("platform") as work:
        create(work, slug="bare", name="无人工会", kind=Kind.GRASSROOTS, code="无工信", parent_slug="city")
    login(client, "root")
    assert "尚未开通" in client.get("/onboarding/bare").text
    fields = {"admin_username": "first", "admin_name": "测试首任"}
    assert "first@bare" in post(client, "/onboarding/bare/admin", fields).text
    again = post(client, "/onboarding/bare/admin", fields | {"admin_username": "second"})
    assert again.status_code == 422 and "该组织已有管理员" in again.text
    taken = post(client, "/onboarding/street/admin", fields)
    assert taken.status_code == 422, "the platform cannot put its own person into a working union"
    with federation.database.transaction(0) as session:
        told = session.scalars(
            text("select data->>'slug' from audit_events where action = 'tenant:first_admin'")
        ).all()
    assert told == ["bare"]


@pytest.mark.parametrize("who", ["admin@city", "head@city", "auditor@city", "leader@city"])
def test_only_the_platform_founds_unions(client: FlaskClient, who: str) -> None:
    login(client, who)
    for path in ("/onboarding/", "/onboarding/new", "/onboarding/city"):
        assert client.get(path).status_code == 403
    for path in ("/onboarding/new", "/onboarding/city/admin"):
        assert post(client, path, GIVEN).status_code == 403


def test_the_platform_sees_no_case_and_no_account_of_a_union(client: FlaskClient, federation: Federation) -> None:
    case = federation.register()
    login(client, "root")
    for path in ("/desk/", "/cases/", f"/cases/{case.number}", "/dispatches/", "/dashboards/load", "/admin/audit"):
        assert client.get(path).status_code in (403, 404), path
    assert "测试登记员" not in client.get("/onboarding/street").text
    assert client.get("/onboarding/platform").status_code == 404
    assert client.get("/onboarding/nowhere").status_code == 404


def test_the_list_is_searched_by_name_and_slug(client: FlaskClient) -> None:
    login(client, "root")
    assert client.get("/onboarding/?q=街道").text.count('class="title"') == 1
    assert client.get("/onboarding/?q=EAST").text.count('class="title"') == 1
    assert client.get("/onboarding/").text.count('class="title"') == 4
    assert client.get("/onboarding/?after=2").text.count('class="title"') == 2
