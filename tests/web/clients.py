"""A browser without a screen: log a test client in and send forms with their token."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.builders import PASSWORD

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def token(client: FlaskClient, page: str = "/password") -> str:
    """The CSRF token of the client's present session, read from a page that has a form."""
    found = _TOKEN.search(client.get(page).text)
    assert found is not None, f"no form on {page}"
    return found.group(1)


def post(client: FlaskClient, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
    """Send a form as a page would, with the session's token."""
    return client.post(path, data={"csrf_token": token(client), **(data or {})}, **options)


def try_login(client: FlaskClient, who: str, password: str = PASSWORD, **options: Any) -> TestResponse:
    """Send the login form and return whatever comes back."""
    fields = {"csrf_token": token(client, "/login/"), "username": who, "password": password}
    return client.post("/login/", data=fields, **options)


def login(client: FlaskClient, who: str, password: str = PASSWORD) -> TestResponse:
    """Log in through the form, as ``login(client, "head@street")``; the answer is the redirect."""
    answer = try_login(client, who, password)
    assert answer.status_code == 302, answer.text
    return answer


def try_token(client: FlaskClient, who: str, password: str = PASSWORD, *, refresh: bool = False) -> TestResponse:
    """Ask the token endpoint and return whatever comes back."""
    body = {"username": who, "password": password, "provider": "db", "refresh": refresh}
    return client.post("/api/v1/security/login", json=body)


def bearer(client: FlaskClient, who: str, password: str = PASSWORD) -> dict[str, str]:
    """Log in through the API; the answer is the header that proves it."""
    answer = try_token(client, who, password)
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json['access_token']}"}


def is_in(client: FlaskClient, headers: dict[str, str] | None = None) -> bool:
    """Whether the client is still somebody, asked of a page that everybody with an account may see."""
    answer = client.get("/password", headers=headers)
    assert answer.status_code in (200, 302), answer.text
    return answer.status_code == 200


def cookie_of(client: FlaskClient) -> str:
    """The session cookie's value, to be replayed by somebody who copied it."""
    cookie = client.get_cookie("lianxin")
    assert cookie is not None
    return cookie.value
