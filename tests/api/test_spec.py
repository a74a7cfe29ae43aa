"""The OpenAPI document and the routes are the same set."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from api.routes import ROUTES
from api.spec import PREFIX

_CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")


def served(app: Flask) -> set[tuple[str, str]]:
    """Every operation that the application serves below the API's root, in OpenAPI's way of writing."""
    return {
        (method.lower(), _CONVERTER.sub(r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def document(client: FlaskClient) -> dict[str, Any]:
    """The document as served."""
    answer = client.get(f"{PREFIX}/_openapi")
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json
    return body


def test_every_route_is_in_the_document_and_every_operation_is_served(app: Flask, client: FlaskClient) -> None:
    described = {(method, path) for path, item in document(client)["paths"].items() for method in item}
    assert described == served(app)


def test_every_reference_of_the_document_leads_somewhere(client: FlaskClient) -> None:
    whole = document(client)
    assert whole["openapi"].startswith("3.0")
    names = set(re.findall(r"#/components/schemas/(\w+)", str(whole)))
    assert names and names <= set(whole["components"]["schemas"])


def test_operations_are_unique_and_writes_offer_the_key(client: FlaskClient) -> None:
    operations = {
        operation["operationId"]: (method, operation)
        for item in document(client)["paths"].values()
        for method, operation in item.items()
        if "operationId" in operation
    }
    assert len(operations) == len(ROUTES)
    for method, operation in operations.values():
        offered = "Idempotency-Key" in [parameter["name"] for parameter in operation["parameters"]]
        assert offered is (method == "post")
        assert {"401", "403"} <= set(operation["responses"])
