"""A worker at a telephone without scripts: fills in the forms of the worker's door and reads what comes back."""

from __future__ import annotations

import html
import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.conftest import MovingClock

FILLED: dict[str, Any] = {
    "what": "老板欠三个月工资不给",
    "story": "从去年十二月起没有发过工资，找过班组长三次，都说没有钱。",
    "claim": ["补发三个月工资", "补缴社会保险"],
    "employer": "测试电子厂",
    "employer_address": "测试路8号",
    "name": "测试甲",
    "phone": "13800001111",
    "agree": "1",
}


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return html.unescape(found.group(1))


def form_of(client: FlaskClient, slug: str = "street") -> dict[str, Any]:
    """The empty form's marks with everything filled in."""
    page = client.get(f"/portal/{slug}/file").text
    return FILLED | {"csrf_token": hidden(page, "csrf_token"), "token": hidden(page, "token")}


def send(client: FlaskClient, clock: MovingClock, slug: str = "street", **changes: Any) -> TestResponse:
    """Open the form, take one's time, send it; ``None`` leaves a field out."""
    form = {name: value for name, value in (form_of(client, slug) | changes).items() if value is not None}
    clock.forward(seconds=30)
    return client.post(f"/portal/{slug}/file", data=form)


def receipt_of(page: str) -> tuple[str, str]:
    """Number and code on the page after filing."""
    number = re.search(r'<dd class="big">([^<]+)</dd>', page)
    code = re.search(r'<dd class="big code">([^<]+)</dd>', page)
    assert number is not None and code is not None, page[-3000:]
    return html.unescape(number.group(1)), code.group(1)


def filed(client: FlaskClient, clock: MovingClock, slug: str = "street", **changes: Any) -> tuple[str, str]:
    """File a matter; number and code."""
    answer = send(client, clock, slug, **changes)
    assert answer.status_code == 200, answer.text
    return receipt_of(answer.text)


def enter(
    client: FlaskClient, number: str, code: str, slug: str = "street", *, wanted: str = "track"
) -> TestResponse:
    """Send number and code."""
    page = client.get(f"/portal/{slug}/{wanted}").text
    told = {"csrf_token": hidden(page, "csrf_token"), "number": number, "code": code, "next": wanted}
    return client.post(f"/portal/{slug}/track", data=told)


def visit(client: FlaskClient, number: str, code: str, slug: str = "street") -> str:
    """Enter and read the page of the case."""
    answer = enter(client, number, code, slug)
    assert answer.status_code == 303, answer.text
    return client.get(answer.headers["Location"]).text


def act(client: FlaskClient, part: str, data: dict[str, Any] | None = None, slug: str = "street") -> TestResponse:
    """Send one of the forms on the page of the case."""
    token = hidden(client.get(f"/portal/{slug}/track").text, "csrf_token")
    path = f"/portal/{slug}/{part}" if part == "rate" else f"/portal/{slug}/track/{part}"
    return client.post(path, data={"csrf_token": token, **(data or {})})
