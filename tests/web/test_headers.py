"""What a browser is told about every answer, and how long it may keep a file."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.clients import login


def test_nothing_inline_runs_and_nobody_frames_us(client: FlaskClient) -> None:
    for path in ("/login/", "/nothing-here", "/healthz"):
        headers = client.get(path, buffered=True).headers
        policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
        assert policy["script-src"] == "'self'"
        assert policy["style-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["object-src"] == "'none'"
        assert policy["form-action"] == "'self'"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Frame-Options"] == "DENY"


def test_the_charts_may_draw_with_inline_styles_and_run_only_the_scripts_they_came_with(client: FlaskClient) -> None:
    login(client, "head@street")
    answer = client.get("/dashboards/load")
    policy = answer.headers["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    scripts = re.search(r"script-src ([^;]+)", policy)
    assert scripts is not None and "unsafe" not in scripts.group(1) and "'sha256-" in scripts.group(1)
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/password", "/desk/", "/login/", "/", "/api/v1/cases", "/nothing"])
def test_a_page_is_never_kept(client: FlaskClient, path: str) -> None:
    login(client, "head@street")
    assert client.get(path, buffered=True).headers["Cache-Control"] == "no-store"


def test_a_file_is_kept_for_a_year_under_the_address_of_its_content(client: FlaskClient) -> None:
    page = client.get("/login/", buffered=True).text
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(addresses) >= 4
    for address in addresses:
        assert re.search(r"\?v=[0-9a-f]{12}$", address), address
        answer = client.get(address, buffered=True)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in answer.headers


def test_a_file_under_another_address_is_asked_for_again(client: FlaskClient) -> None:
    for address in ("/static/login.css", "/static/login.css?v=000000000000"):
        assert "immutable" not in client.get(address, buffered=True).headers.get("Cache-Control", "")


def test_a_packed_file_is_sent_packed(client: FlaskClient) -> None:
    address = "/static/vendor/bootstrap.min.css"
    plain = client.get(address, buffered=True)
    packed = client.get(address, headers={"Accept-Encoding": "gzip, br"}, buffered=True)
    assert packed.headers["Content-Encoding"] == "br"
    assert packed.mimetype == plain.mimetype == "text/css"
    assert len(packed.data) * 4 < len(plain.data)
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Content-Encoding" not in plain.headers


def test_pages_are_packed_too(client: FlaskClient) -> None:
    assert client.get("/login/", headers={"Accept-Encoding": "br"}, buffered=True).headers["Content-Encoding"] == "br"


def test_a_file_without_a_packed_copy_is_packed_on_the_way(client: FlaskClient) -> None:
    for path in ("/static/doorway/app.css", "/static/login.css"):
        plain = client.get(path, buffered=True)
        packed = client.get(path, headers={"Accept-Encoding": "br"}, buffered=True)
        assert packed.headers["Content-Encoding"] == "br", path
        assert len(packed.data) < len(plain.data)
        again = client.get(path, headers={"If-None-Match": plain.headers["ETag"]}, buffered=True)
        assert again.status_code == 304


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/vendor/../../app.py"])
def test_no_path_leads_out_of_the_static_folder(client: FlaskClient, path: str) -> None:
    assert client.get(path, buffered=True).status_code == 404


def test_every_answer_has_a_number_of_its_own(client: FlaskClient) -> None:
    numbers = {client.get("/login/", buffered=True).headers["X-Request-Id"] for _ in range(3)}
    assert len(numbers) == 3


def test_no_answer_leaves_the_origin(app: Flask, client: FlaskClient) -> None:
    login(client, "admin@street")
    for path in ("/login/", "/admin/users", "/admin/users/new", "/password", "/nothing"):
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', client.get(path, buffered=True).text), path
