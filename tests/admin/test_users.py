"""A union's administrator opens, changes and closes accounts, and sees nothing else."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from access.roles import Role
from tenants.accounts import create_user, set_roles
from tests.builders import PASSWORD, Federation, cached_hash
from tests.web.clients import is_in, login, post, token, try_login


def once(page: str) -> str:
    found = re.search(r"data-once>([^<]+)<", page)
    assert found is not None, page
    return found.group(1)


def opened(client: FlaskClient, **fields: object):
    given = {"display_name": "测试新人", "username": "newbie", "roles": ["clerk", "handler"]} | fields
    return post(client, "/admin/users/new", given)


def test_an_account_is_opened_and_its_password_is_shown_once(app: Flask, client: FlaskClient) -> None:
    login(client, "admin@street")
    answer = opened(client)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    password = once(answer.text)
    assert "newbie@street" in answer.text
    listing = client.get("/admin/users").text
    assert "测试新人" in listing and "登记员、承办人" in listing and password not in listing
    person = app.test_client()
    login(person, "newbie@street", password)
    assert person.get("/").location == "/password"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"username": "head"}, "已被使用"),
        ({"username": "Ümlaut"}, "用户名只能用"),
        ({"display_name": " "}, "请填写姓名"),
        ({"roles": []}, "请至少选择一个角色"),
        ({"roles": ["tenant_admin", "auditor"]}, "三员分立"),
        ({"roles": ["auditor", "clerk"]}, "管理员不得接触信访件"),
        ({"roles": ["platform_admin"]}, "不能使用所选角色"),
        ({"roles": ["system"]}, "不能使用所选角色"),
        ({"roles": ["emperor"]}, "没有这种角色"),
    ],
)
def test_what_is_wrong_is_said_beside_what_was_typed(client: FlaskClient, fields: dict, sentence: str) -> None:
    login(client, "admin@street")
    answer = opened(client, **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="测试新人"' in answer.text or "display_name" in fields
    assert client.get("/admin/users").text.count("测试新人") == 0


def test_new_roles_end_the_sessions_of_the_account(app: Flask, client: FlaskClient, federation: Federation) -> None:
    login(client, "admin@street")
    person = app.test_client()
    login(person, "clerk@street")
    address = f"/admin/users/{federation.users['clerk@street'].id}"
    assert post(client, f"{address}/roles", {"roles": ["handler", "supervisor"]}).location == address
    assert not is_in(person)
    page = client.get(address).text
    assert re.search(r'value="handler"[^>]*checked', page) and not re.search(r'value="clerk"[^>]*checked', page)
    refused = post(client, f"{address}/roles", {"roles": ["clerk", "auditor"]})
    assert refused.status_code == 422 and "管理员不得接触信访件" in refused.text


def test_a_closed_account_is_out_at_once_and_comes_back(
    app: Flask, client: FlaskClient, federation: Federation
) -> None:
    login(client, "admin@street")
    person = app.test_client()
    login(person, "clerk@street")
    address = f"/admin/users/{federation.users['clerk@street'].id}"
    post(client, f"{address}/active", {"active": "0"})
    assert not is_in(person)
    assert try_login(person, "clerk@street").status_code == 401
    assert "已停用" in client.get(address).text
    post(client, f"{address}/active", {"active": "1"})
    login(person, "clerk@street")


def test_a_reset_password_is_shown_once_and_must_be_changed(
    app: Flask, client: FlaskClient, federation: Federation
) -> None:
    login(client, "admin@street")
    person = app.test_client()
    login(person, "clerk@street")
    answer = post(client, f"/admin/users/{federation.users['clerk@street'].id}/password")
    assert not is_in(person)
    assert try_login(person, "clerk@street").status_code == 401
    login(person, "clerk@street", once(answer.text))
    assert person.get("/desk/").location == "/password"


def test_nobody_changes_their_own_roles_or_closes_themselves(client: FlaskClient, federation: Federation) -> None:
    login(client, "admin@street")
    address = f"/admin/users/{federation.users['admin@street'].id}"
    assert post(client, f"{address}/roles", {"roles": ["clerk"]}).status_code == 422
    assert post(client, f"{address}/active", {"active": "0"}).status_code == 422
    assert is_in(client)
    assert "这是您自己的账号" in client.get(address).text


@pytest.mark.parametrize("who", ["clerk@street", "head@street", "leader@street", "security@street", "auditor@street"])
def test_nobody_else_keeps_accounts(client: FlaskClient, federation: Federation, who: str) -> None:
    login(client, who)
    address = f"/admin/users/{federation.users['clerk@street'].id}"
    watches = who.startswith(("security", "auditor"))
    for path, status in (("/admin/users", 200), ("/admin/users/new", 403), (address, 200)):
        assert client.get(path).status_code == (status if watches else 403), path
    for path in ("/admin/users/new", f"{address}/password"):
        assert post(client, path).status_code == 403, path
    for path in (f"{address}/roles", f"{address}/active"):
        # The security administrator may take away, never give.
        status = 422 if who.startswith("security") else 403
        assert post(client, path, {"roles": ["clerk", "handler"], "active": "1"}).status_code == status, path


def test_the_security_administrator_takes_roles_away_and_closes_and_gives_nothing(
    client: FlaskClient, federation: Federation
) -> None:
    login(client, "security@street")
    clerk = federation.users["clerk@street"]
    with federation.work_as_system("street") as work:
        set_roles(work, clerk.id, (Role.CLERK, Role.SUPERVISOR))
    address = f"/admin/users/{clerk.id}"
    assert "收回未勾选的角色" in client.get(address).text and "重置密码" not in client.get(address).text
    assert post(client, f"{address}/roles", {"roles": ["clerk"]}).location == address
    assert "只能收回角色" in post(client, f"{address}/roles", {"roles": ["clerk", "handler"]}).text
    assert post(client, f"{address}/active", {"active": "0"}).location == address
    assert "您的角色不能执行此操作" in post(client, f"{address}/active", {"active": "1"}).text


@pytest.mark.parametrize("who", ["admin@east", "admin@city", "admin@west", "root"])
def test_an_account_of_another_union_is_not_there(client: FlaskClient, federation: Federation, who: str) -> None:
    login(client, who)
    address = f"/admin/users/{federation.users['clerk@street'].id}"
    assert client.get(address).status_code == 404
    for part, fields in (("roles", {"roles": ["clerk"]}), ("active", {"active": "0"}), ("password", {})):
        assert post(client, f"{address}/{part}", fields).status_code in (403, 404, 422), part
    with federation.database.transaction(federation.ids["street"]) as session:
        row = session.execute(
            text("select active, epoch, must_change_password from users where username='clerk'")
        ).one()
    assert tuple(row) == (True, 1, False)
    assert "东一" not in client.get("/admin/users").text


def test_the_list_is_paged_and_searched(client: FlaskClient, federation: Federation) -> None:
    with federation.work("admin@street") as work:
        for n in range(60):
            create_user(
                work,
                username=f"z{n:02}",
                display_name=f"测试_{n:02}",
                password=PASSWORD,
                roles=(Role.CLERK,),
                hasher=cached_hash,
            )
    login(client, "admin@street")
    first = client.get("/admin/users").text
    assert first.count('class="title"') == 50
    following = re.search(r'href="(/admin/users\?page=1)"', first)
    assert following is not None
    second = client.get(following.group(1)).text
    assert second.count('class="title"') == 18
    found = client.get("/admin/users?q=_07").text
    assert found.count('class="title"') == 1 and "测试_07" in found
    assert client.get("/admin/users?q=%25").text.count('class="title"') == 0, "a percent sign is a percent sign"


def test_the_platform_keeps_its_own_accounts(client: FlaskClient) -> None:
    login(client, "root")
    page = client.get("/admin/users/new").text
    assert "平台管理员" in page and "登记员" not in page
    assert (
        post(client, "/admin/users/new", {"display_name": "甲", "username": "second", "roles": ["clerk"]}).status_code
        == 422
    )
    answer = post(
        client, "/admin/users/new", {"display_name": "甲", "username": "second", "roles": ["platform_admin"]}
    )
    assert answer.status_code == 200 and "second@platform" in answer.text


def test_a_name_with_markup_stays_text(client: FlaskClient) -> None:
    login(client, "admin@street")
    answer = opened(client, display_name="<script>alert(1)</script>")
    assert "<script>alert" not in answer.text and "&lt;script&gt;" in answer.text
    assert token(client)
