"""The OpenAPI 3.0 document, drawn from the table of routes."""

from __future__ import annotations

import re
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from api import contracts, schemas
from api.idempotent import HEADER, MAX_KEY_CHARS
from api.routes import ROUTES, Route

PREFIX = "/api/v1"
_PARAMETER = re.compile(r"<(?:(path|uuid):)?(\w+)>")
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_HEADER = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY_CHARS},
    "description": "A repeated request with the same key and body gets the first answer and has no second effect; "
    "keys are kept for 24 hours at least.",
}


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The whole description as JSON values."""
    spec = APISpec(
        title="连心桥 Lianxin API",
        version="1.0.0",
        openapi_version="3.0.3",
        info={
            "description": "JSON over HTTPS. Lists are paged by an opaque cursor; errors are problem documents "
            "(RFC 9457); what is not yours reads like what is not there."
        },
        plugins=[MarshmallowPlugin()],
        servers=[{"url": "/"}],
        security=[{"bearer": []}, {"cookie": [], "csrf": []}],
    )
    _describe_ways_in(spec)
    spec.components.schema("Problem", schema=contracts.Problem)
    for rule in dict.fromkeys(route.rule for route in ROUTES):
        operations = {route.method.lower(): _operation(route) for route in ROUTES if route.rule == rule}
        spec.path(path=address(rule), operations=operations)
    spec.path(path=f"{PREFIX}/_openapi", operations={"get": _open("This document.")})
    return spec.to_dict()


def address(rule: str) -> str:
    """A URL rule as OpenAPI writes it: ``/api/v1/cases/{number}``."""
    return PREFIX + _PARAMETER.sub(r"{\2}", rule)


def _operation(route: Route) -> dict[str, Any]:
    parameters: list[Any] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", **({"format": "uuid"} if kind == "uuid" else {})},
        }
        for kind, name in _PARAMETER.findall(route.rule)
    ]
    if route.query is not schemas.NoQuery:
        parameters.append({"in": "query", "schema": route.query})
    if route.method in _WRITES:
        parameters.append(_HEADER)
    operation: dict[str, Any] = {
        "operationId": route.endpoint,
        "tags": [route.tag],
        "summary": route.summary,
        "parameters": parameters,
        "responses": {
            str(route.status): {
                "description": HTTPStatus(route.status).phrase,
                "content": {"application/json": {"schema": route.answer}},
            },
            **{str(status): _problem(status) for status in route.errors},
        },
    }
    if route.body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": route.body}}}
    return operation


def _problem(status: int) -> dict[str, Any]:
    return {
        "description": HTTPStatus(status).phrase,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _open(summary: str, **more: Any) -> dict[str, Any]:
    return {
        "summary": summary,
        "security": [],
        "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": {"type": "object"}}}}},
        **more,
    }


def _describe_ways_in(spec: APISpec) -> None:
    """Tokens and cookies, and the two addresses of the login that the composition root adds to this door."""
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    spec.components.security_scheme("cookie", {"type": "apiKey", "in": "cookie", "name": "__Host-lianxin"})
    spec.components.security_scheme("csrf", {"type": "apiKey", "in": "header", "name": "X-CSRFToken"})
    credentials = {
        "type": "object",
        "required": ["username", "password", "provider"],
        "properties": {
            "username": {"type": "string", "description": "account@union"},
            "password": {"type": "string", "format": "password"},
            "provider": {"type": "string", "enum": ["db"]},
            "refresh": {"type": "boolean"},
        },
    }
    body = {"required": True, "content": {"application/json": {"schema": credentials}}}
    for name, summary, more in (
        ("login", "Exchange a password for a token.", {"requestBody": body}),
        ("refresh", "Exchange a refresh token, sent as the bearer, for an access token.", {}),
    ):
        operation = _open(summary, tags=["security"], **more)
        operation["responses"] |= {"401": _problem(401)}
        spec.path(path=f"{PREFIX}/security/{name}", operations={"post": operation})
