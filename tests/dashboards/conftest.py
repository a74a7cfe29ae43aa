"""The real application, people logged in, a year of figures, and what Dash's callback answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from dashboards.app import COOKIE
from tests.builders import Federation
from tests.desk.conftest import as_user, statements
from tests.measures.conftest import fold_all, rollup, superuser
from tests.web.conftest import app, client, clock, the_app, web_clock

__all__ = [
    "app",
    "as_user",
    "client",
    "clock",
    "fold_all",
    "rollup",
    "statements",
    "superuser",
    "the_app",
    "web_clock",
]

PAGES = ("load", "resolution", "hotspots", "federation")


@pytest.fixture
def figures(federation: Federation, superuser: Engine, fold_all: Callable[..., int]) -> Federation:
    """Half a year of deltas at every union of the federation, folded: enough for every chart."""
    with superuser.begin() as connection:
        connection.execute(
            text(
                """
                insert into fact_deltas
                    (tenant_id, id, day, category, channel, registered, closed, due, due_met, notice_due, notice_met)
                select t.id, uuidv7(), date '2026-03-01' - n, lpad((1 + n % 5)::text, 2, '0'),
                    (array['visit', 'letter', 'call', 'online'])[1 + n % 4], 1 + n % 3, n % 3, 2, 1 + n % 2, 2, 2
                from tenants t, generate_series(0, 200) n where t.id > 0
                """
            )
        )
    fold_all()
    return federation


def csrf(browser: FlaskClient) -> str:
    """The token that Dash's renderer would copy out of its cookie."""
    browser.get("/dashboards/load")
    cookie = browser.get_cookie(COOKIE, path="/dashboards/")
    assert cookie is not None
    return cookie.decoded_value


def draw(browser: FlaskClient, page: str, search: str = "", *, token: str | None = None) -> TestResponse:
    """What the renderer asks for: the charts of the page in the address bar."""
    body = {
        "output": "charts.children",
        "outputs": {"id": "charts", "property": "children"},
        "inputs": [
            {"id": "place", "property": "pathname", "value": f"/dashboards/{page}"},
            {"id": "place", "property": "search", "value": search},
        ],
        "changedPropIds": ["place.pathname"],
    }
    headers = {"X-CSRFToken": csrf(browser) if token is None else token}
    return browser.post(
        "/dashboards/_dash-update-component", data=json.dumps(body), content_type="application/json", headers=headers
    )


def children(answer: TestResponse) -> Any:
    """The components in a callback's answer."""
    assert answer.status_code == 200, answer.text
    return answer.get_json()["response"]["charts"]["children"]


def told(answer: TestResponse) -> str:
    """Everything in a callback's answer as one text, without JSON's escapes."""
    return json.dumps(children(answer), ensure_ascii=False)


def components(tree: Any) -> Iterator[dict[str, Any]]:
    """Every component below."""
    if isinstance(tree, list):
        for part in tree:
            yield from components(part)
    elif isinstance(tree, dict) and "props" in tree:
        yield tree
        yield from components(tree["props"].get("children"))
