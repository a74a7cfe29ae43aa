"""Machines that talk to the real application, each with the token of a person."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import Schema
from werkzeug.test import TestResponse

from api.contracts import Problem
from tests.web.clients import bearer
from tests.web.conftest import app, client, clock, the_app, web_clock

__all__ = ["app", "client", "clock", "the_app", "web_clock"]

ROOT = "/api/v1"


class Machine:
    """A client of the API with one person's token."""

    def __init__(self, client: FlaskClient, login: str) -> None:
        self.client = client
        self.headers = bearer(client, login)

    def get(self, path: str, **query: Any) -> TestResponse:
        """``GET`` below the root; names with an underscore at the end lose it (``from_``)."""
        return self.client.get(
            ROOT + path, headers=self.headers, query_string={name.rstrip("_"): value for name, value in query.items()}
        )

    def post(self, path: str, body: Any, *, key: str | None = None) -> TestResponse:
        """``POST`` JSON below the root."""
        headers = self.headers | ({"Idempotency-Key": key} if key is not None else {})
        return self.client.post(ROOT + path, json=body, headers=headers)

    def send(self, path: str, raw: bytes, content_type: str = "application/json") -> TestResponse:
        """``POST`` bytes as they are."""
        return self.client.post(ROOT + path, data=raw, headers=self.headers, content_type=content_type)


@pytest.fixture
def machine(app: Flask) -> Callable[[str], Machine]:
    """A machine by login, such as ``machine("clerk@street")``."""
    return lambda login: Machine(app.test_client(), login)


def petition(**changes: Any) -> dict[str, Any]:
    """A body for ``POST /cases``."""
    body: dict[str, Any] = {
        "channel": "visit",
        "title": "反映三个月工资未发",
        "content": "单位自去年十二月起未发工资，多次讨要未果。",
        "received_on": "2026-03-02",
        "parties": [
            {"name": "测试甲", "phone": "13800001111"},
            {"role": "respondent", "organisation": "测试厂"},
        ],
    }
    return body | changes


def kept(answer: TestResponse, contract: type[Schema], status: int = 200) -> dict[str, Any]:
    """The answer's JSON, after checking it strictly against its contract."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/json"
    contract().load(answer.json)
    body: dict[str, Any] = answer.json
    return body


def refused(answer: TestResponse, status: int) -> dict[str, Any]:
    """The problem document of a refusal."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    Problem().load(answer.json)
    body: dict[str, Any] = json.loads(answer.data)
    return body
