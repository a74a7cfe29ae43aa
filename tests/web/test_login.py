"""The way in: one answer for every failure, a session of one's own, a place for every role."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from access.roles import Role
from audit.services import verify
from tenants.life import suspend
from tests.builders import PASSWORD, Federation, cached_hash
from tests.web.clients import bearer, cookie_of, is_in, login, token, try_login, try_token
from tests.web.conftest import MovingClock


def events(federation: Federation, slug: str) -> list[tuple[str, dict]]:
    with federation.database.transaction(federation.ids[slug]) as session:
        rows = session.execute(
            text("select action, data from audit_events where action like 'user:log%' order by seq")
        )
        return [(row.action, row.data) for row in rows]


@pytest.mark.parametrize(
    ("who", "place"),
    [
        ("clerk@street", "/desk/"),
        ("handler@street", "/desk/"),
        ("head@street", "/desk/"),
        ("leader@street", "/desk/"),
        ("supervisor@city", "/desk/"),
        ("admin@street", "/admin/users"),
        ("security@street", "/admin/audit"),
        ("auditor@street", "/admin/audit"),
        ("root", "/onboarding/"),
        ("root@platform", "/onboarding/"),
    ],
)
def test_every_role_is_sent_to_its_place(client: FlaskClient, who: str, place: str) -> None:
    login(client, who)
    assert client.get("/").location == place
    assert client.get("/admin/").location == place


def test_a_stranger_is_sent_to_the_login_form_and_back_afterwards(client: FlaskClient) -> None:
    assert client.get("/").location == "/login/"
    away = client.get("/admin/users?q=a&after=b")
    assert (away.status_code, away.location) == (302, "/login/?next=/admin/users%3Fq%3Da%26after%3Db")
    fields = {"csrf_token": token(client, away.location), "username": "admin@street", "password": PASSWORD}
    assert client.post(away.location, data=fields).location == "/admin/users?q=a&after=b"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/%0d%0a",
    ],
)
def test_the_login_sends_nobody_to_another_site(client: FlaskClient, target: str) -> None:
    fields = {"csrf_token": token(client, "/login/"), "username": "head@street", "password": PASSWORD}
    answer = client.post("/login/", query_string={"next": target}, data=fields)
    assert answer.status_code == 302
    assert answer.location.startswith("/") and "evil" not in answer.location


def test_the_login_name_is_read_in_any_case_and_with_blanks_around(client: FlaskClient) -> None:
    login(client, "  Head@Street ")
    assert is_in(client)


def test_every_kind_of_failure_gets_the_same_answer(client: FlaskClient, app: Flask, federation: Federation) -> None:
    with federation.work("admin@street") as work:
        from tenants.accounts import set_active

        set_active(work, federation.users["clerk@street"].id, active=False)
    with federation.database.transaction(0) as session:
        session.execute(text("update tenants set status = 'suspended' where slug = 'west'"))
    attempts = [
        ("head@street", "wrong"),
        ("nobody@street", PASSWORD),
        ("head@nowhere", PASSWORD),
        ("head", PASSWORD),
        ("clerk@street", PASSWORD),
        ("head@west", "wrong"),
        ("", ""),
        ("@", PASSWORD),
        ("head@street", ""),
        ("head@street", "\x00" * 12),
    ]
    pages, documents = set(), set()
    for who, password in attempts:
        stranger = app.test_client()
        answer = try_login(stranger, who, password)
        assert answer.status_code == 401, who
        assert not is_in(stranger)
        pages.add("账号或密码不正确，或账号已停用。" in answer.text)
        if who and password and "\x00" not in password:
            refused = try_token(stranger, who, password)
            assert refused.status_code == 401
            documents.add((refused.json["detail"], refused.mimetype))
    assert pages == {True}
    assert documents == {("账号或密码不正确，或账号已停用。", "application/problem+json")}


def test_who_knows_the_password_is_told_that_the_union_rests_and_whom_to_ask(
    client: FlaskClient, app: Flask, federation: Federation
) -> None:
    with federation.work("root@platform") as work:
        suspend(work, "west", "机构改革，暂停使用")
    answer = try_login(client, "head@west")
    assert answer.status_code == 403 and not is_in(client)
    assert "“西区总工会”已停用" in answer.text and "上级工会（测试市总工会）" in answer.text
    assert 'value="head@west"' in answer.text
    refused = try_token(app.test_client(), "head@west")
    assert refused.status_code == 401 and "期限照常计算" in refused.json["detail"]
    assert refused.json["code"] == "union_rests"


def test_a_failure_at_a_union_that_does_not_exist_is_in_the_platforms_log(
    client: FlaskClient, federation: Federation
) -> None:
    try_login(client, "root@nowhere")
    try_token(client, "hunter2@typed-in-the-wrong-field", "wrong")
    try_login(client, "nobody", "wrong")
    told = {"address": "127.0.0.1", "known": False}
    assert events(federation, "platform") == [
        ("user:login_failed", told | {"union": False}),
        ("user:login_failed", told | {"union": False}),
        ("user:login_failed", told),
    ]
    with federation.database.transaction(federation.ids["platform"]) as session:
        assert verify(session)[1] is None


def test_logins_and_failures_are_in_the_log_of_the_union(client: FlaskClient, federation: Federation) -> None:
    try_login(client, "head@street", "wrong")
    try_login(client, "hunter2-typed-in-the-wrong-field@street", "wrong")
    login(client, "head@street")
    bearer(client, "head@street")
    found = events(federation, "street")
    assert found == [
        ("user:login_failed", {"address": "127.0.0.1", "username": "head"}),
        ("user:login_failed", {"address": "127.0.0.1", "known": False}),
        ("user:login", {"address": "127.0.0.1", "kind": "browser"}),
        ("user:login", {"address": "127.0.0.1", "kind": "api"}),
    ]
    assert events(federation, "west") == []
    with federation.database.transaction(federation.ids["street"]) as session:
        assert verify(session)[1] is None


def test_a_new_session_begins_at_login_and_the_old_cookie_stays_anonymous(client: FlaskClient, app: Flask) -> None:
    client.get("/login/")
    before = cookie_of(client)
    login(client, "head@street")
    assert cookie_of(client) != before
    copy = app.test_client()
    copy.set_cookie("lianxin", before)
    assert not is_in(copy)


def test_two_logins_are_two_sessions_and_one_logout_ends_one(app: Flask, client: FlaskClient) -> None:
    other = app.test_client()
    login(client, "head@street")
    login(other, "head@street")
    client.post("/logout/", data={"csrf_token": token(client)})
    assert not is_in(client)
    assert is_in(other)


def test_the_cookie_is_for_the_server_only(client: FlaskClient) -> None:
    header = login(client, "head@street").headers["Set-Cookie"]
    assert "HttpOnly" in header and "SameSite=Lax" in header
    assert "Secure" not in header  # the test stage is reached by plain HTTP, see test_boot for the other case


def test_a_session_ends_after_half_an_hour_without_a_request(client: FlaskClient, clock: MovingClock) -> None:
    login(client, "head@street")
    headers = bearer(client, "head@street")
    for _ in range(4):
        clock.forward(minutes=29)
        assert is_in(client)
    clock.forward(minutes=31)
    assert not is_in(client)
    assert not is_in(client, headers)


def test_a_session_ends_after_twelve_hours_however_busy(client: FlaskClient, clock: MovingClock) -> None:
    login(client, "head@street")
    for _ in range(26):
        clock.forward(minutes=27)
        assert is_in(client)
    clock.forward(minutes=27)
    assert not is_in(client)


def test_a_refresh_token_gives_access_tokens_while_the_session_stands(client: FlaskClient) -> None:
    tokens = try_token(client, "head@street", refresh=True).json
    refresh = {"Authorization": f"Bearer {tokens['refresh_token']}"}
    access = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert not is_in(client, refresh), "a refresh token opens nothing by itself"
    assert client.post("/api/v1/security/refresh", headers=access).status_code == 401
    fresh = client.post("/api/v1/security/refresh", headers=refresh)
    assert fresh.status_code == 200
    assert is_in(client, {"Authorization": f"Bearer {fresh.json['access_token']}"})
    client.post("/logout/", headers=access)
    assert client.post("/api/v1/security/refresh", headers=refresh).status_code == 401


def test_a_broken_token_beside_a_good_cookie_is_nobody(client: FlaskClient) -> None:
    login(client, "head@street")
    assert is_in(client)
    assert not is_in(client, {"Authorization": "Bearer nonsense"})
    assert not is_in(client, {"Authorization": "bearer "})


@pytest.mark.parametrize("body", [None, "text", {}, {"username": "head@street"}, {"username": 7, "password": []}, []])
def test_the_token_endpoint_explains_a_malformed_body(client: FlaskClient, body: object) -> None:
    answer = client.post("/api/v1/security/login", json=body)
    assert answer.status_code == 422
    assert "JSON" in answer.json["detail"]


def test_a_password_that_was_reset_is_changed_before_anything_else(
    app: Flask, client: FlaskClient, federation: Federation
) -> None:
    # An administrator alone cannot reset this one (双人操作); an operator's command does.
    with federation.work_as_system("street") as work:
        from tenants.accounts import reset_password

        reset_password(work, federation.users["head@street"].id, "Einmal-Passwort-1")
    login(client, "head@street", "Einmal-Passwort-1")
    for path in ("/", "/desk/", "/cases/"):
        assert client.get(path).location == "/password"
    headers = bearer(client, "head@street", "Einmal-Passwort-1")
    refused = client.get("/api/v1/cases", headers=headers)
    assert refused.status_code == 403 and "修改初始密码" in refused.json["detail"]
    fields = {"old": "Einmal-Passwort-1", "password": "Neues-Passwort-2", "repeat": "Neues-Passwort-2"}
    answer = client.post("/password", data={"csrf_token": token(client), **fields})
    assert answer.location == "/desk/"
    assert client.get("/").location == "/desk/"
    login(app.test_client(), "head@street", "Neues-Passwort-2")


def test_the_page_tells_what_is_wrong_with_a_new_password(client: FlaskClient) -> None:
    login(client, "head@street")

    def change(**fields: str) -> str:
        answer = client.post("/password", data={"csrf_token": token(client), **fields})
        assert answer.status_code == 422
        return answer.text

    assert "原密码不正确" in change(old="x", password="Neues-Passwort-2", repeat="Neues-Passwort-2")
    assert "不一致" in change(old=PASSWORD, password="Neues-Passwort-2", repeat="Neues-Passwort-3")
    assert "长度" in change(old=PASSWORD, password="Ab1-", repeat="Ab1-")
    assert "三种" in change(old=PASSWORD, password="aaaaaaaaaaaa", repeat="aaaaaaaaaaaa")
    assert "相同" in change(old=PASSWORD, password=PASSWORD, repeat=PASSWORD)
    assert is_in(client), "a refused change ends nothing"


def test_the_right_old_password_cannot_be_guessed_on_the_page_without_limit(client: FlaskClient) -> None:
    login(client, "head@street")
    codes = [
        client.post(
            "/password",
            data={"csrf_token": token(client), "old": f"x{n}", "password": "Neues-Pw-2x", "repeat": "Neues-Pw-2x"},
        ).status_code
        for n in range(11)
    ]
    assert codes == [422] * 10 + [429]


def test_a_person_may_hold_roles_of_two_kinds_of_work(client: FlaskClient, federation: Federation) -> None:
    with federation.work("admin@street") as work:
        from tenants.accounts import create_user

        create_user(
            work,
            username="both",
            display_name="测试双岗",
            password=PASSWORD,
            roles=(Role.CLERK, Role.HANDLER),
            must_change_password=False,
            hasher=cached_hash,
        )
    login(client, "both@street")
    assert client.get("/").location == "/desk/"
