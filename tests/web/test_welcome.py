"""The public page behind a one-time link."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from access.roles import Role
from tenants.invitations import invite
from tests.builders import Federation
from tests.web.clients import login, try_login
from tests.web.conftest import MovingClock

GOOD = "Passwort-2026"
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@pytest.fixture
def link(federation: Federation, clock: MovingClock) -> str:
    with federation.work("admin@street") as work:
        made = invite(work, username="new.one", display_name="测试新人", roles=(Role.CLERK,))
    return f"/welcome/street/{made.token}"


def send(client: FlaskClient, link: str, csrf: str | None = None, **changes: str):  # type: ignore[no-untyped-def]
    fields = {"display_name": "测试本人", "password": GOOD, "repeat": GOOD} | changes
    if csrf is None:
        found = _TOKEN.search(client.get("/login/").text)
        assert found is not None
        csrf = found.group(1)
    return client.post(link, data={"csrf_token": csrf, **fields})


def test_the_owner_chooses_a_password_and_logs_in(app: Flask, client: FlaskClient, link: str) -> None:
    page = client.get(link)
    assert page.status_code == 200
    assert "new.one@street" in page.text and "东一街道工会联合会" in page.text and 'value="测试新人"' in page.text
    assert client.get(link).status_code == 200, "looking uses nothing up"
    answer = send(client, link)
    assert answer.status_code == 302 and answer.location == "/login/"
    assert "new.one@street" in client.get("/login/").text
    login(app.test_client(), "new.one@street", GOOD)
    again = client.get(link)
    assert again.status_code == 404
    assert send(client, link).status_code == 404


def test_wrong_spent_and_foreign_links_read_the_same(app: Flask, client: FlaskClient, link: str) -> None:
    send(client, link)
    pages = set()
    for path in (link, "/welcome/street/" + "x" * 32, "/welcome/nowhere/" + "x" * 32, link.replace("street", "east")):
        answer = app.test_client().get(path)
        assert answer.status_code == 404
        pages.add(re.sub(r"[0-9a-f]{8,}", "", answer.text))
    assert len(pages) == 1
    assert "链接无效、已经使用过或已过期" in pages.pop()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"password": "short", "repeat": "short"}, "密码长度"),
        ({"repeat": "Another-2026"}, "两次输入的密码不一致"),
        ({"display_name": " "}, "请填写姓名"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_the_link_stays_good(
    client: FlaskClient, link: str, changes: dict[str, str], sentence: str
) -> None:
    answer = send(client, link, **changes)
    assert answer.status_code == 422 and sentence in answer.text
    assert GOOD not in answer.text
    assert send(client, link).status_code == 302


def test_guessing_is_throttled_like_a_login(client: FlaskClient, link: str) -> None:
    codes = [client.get(f"/welcome/street/{number:032d}").status_code for number in range(31)]
    assert codes.count(404) == 30
    assert codes[-1] == 429
    assert client.get(link).status_code == 429


def test_nobody_logs_in_before_the_link_was_used(client: FlaskClient, link: str) -> None:
    for password in ("", GOOD):
        assert try_login(client, "new.one@street", password).status_code == 401
    assert send(client, link, csrf="forged").status_code == 400
