"""Every write by cookie carries a token (reliability.md §4 test 17)."""

from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.clients import bearer, is_in, login, token

WRITES = {"POST", "PUT", "PATCH", "DELETE"}
#: Takes a password and answers with a token: no cookie makes a difference to it.
EXEMPT = {"TokenApi.login"}


def writes(app: Flask) -> list[tuple[str, str, str]]:
    """Every (endpoint, method, address) that may change something, with made-up values in the address."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            for method in sorted((rule.methods or set()) & WRITES):
                values = {}
                for name in rule.arguments:
                    converter = rule._converters[name]
                    kind = type(converter).__name__
                    known = sorted(getattr(converter, "items", ())) or ["x"]
                    values[name] = {"UUIDConverter": uuid4(), "IntegerConverter": 1}.get(kind, known[0])
                found.append((rule.endpoint, method, rule.build(values, append_unknown=False)[1]))  # type: ignore[index]
    return found


def test_every_write_by_cookie_without_a_token_is_refused(app: Flask, client: FlaskClient) -> None:
    login(client, "head@street")
    seen = writes(app)
    assert len(seen) > 15
    for endpoint, method, path in seen:
        if endpoint in EXEMPT:
            continue
        for options in ({"data": {}}, {"json": {}}, {"data": {"csrf_token": "made up"}}):
            answer = client.open(path, method=method, **options)
            assert answer.status_code == 400, (endpoint, method, answer.status_code)
            assert "来源不明" in (answer.json["detail"] if answer.is_json else answer.text), endpoint
    assert is_in(client)


def test_a_token_of_another_session_is_refused(app: Flask, client: FlaskClient) -> None:
    other = app.test_client()
    login(other, "leader@street")
    login(client, "head@street")
    assert client.post("/logout/", data={"csrf_token": token(other)}).status_code == 400
    assert client.post("/logout/", headers={"X-CSRFToken": token(other)}).status_code == 400
    assert is_in(client)


def test_the_anonymous_token_dies_with_the_login(client: FlaskClient) -> None:
    before = token(client, "/login/")
    login(client, "head@street")
    assert client.post("/logout/", data={"csrf_token": before}).status_code == 400


def test_a_header_carries_the_token_too_for_scripts(client: FlaskClient) -> None:
    login(client, "head@street")
    assert client.post("/logout/", headers={"X-CSRFToken": token(client)}).status_code == 302
    assert not is_in(client)


def test_a_token_survives_a_long_lunch(client: FlaskClient, clock) -> None:
    login(client, "head@street")
    held = token(client)
    clock.forward(minutes=25)
    assert is_in(client)
    clock.forward(minutes=25)
    assert client.post("/logout/", data={"csrf_token": held}).status_code == 302


def test_a_bearer_needs_no_token_and_gains_nothing_from_a_cookie(app: Flask, client: FlaskClient) -> None:
    headers = bearer(client, "clerk@street")
    login(client, "head@street")
    assert client.post("/api/v1/cases", json={}, headers=headers).status_code in (400, 422)
    # A page that could set the header would still be nobody without the right token.
    forged = client.post("/api/v1/cases", json={}, headers={"Authorization": "Bearer x"})
    assert forged.status_code == 401
    assert client.post("/logout/", headers={"Authorization": "Bearer x"}).status_code == 204
    assert is_in(client), "the cookie's session was not touched by a request that proved nothing"


@pytest.mark.parametrize("path", ["/api/v1/cases", "/dashboards/_dash-update-component"])
def test_a_script_without_a_login_is_told_so(client: FlaskClient, path: str) -> None:
    answer = client.post(path, json={})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")


def test_the_login_form_wants_its_token(client: FlaskClient) -> None:
    answer = client.post("/login/", data={"username": "head@street", "password": "x"})
    assert answer.status_code == 400
    assert "页面已过期" in answer.text
