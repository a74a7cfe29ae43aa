"""Serve the table of routes over HTTP: read, check, call the view in one transaction, send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from api import bodies, schemas
from api.answers import Answer
from api.idempotent import HEADER, once
from api.routes import ROUTES, Route
from api.spec import document
from doorway.guard import guard, public, work
from kernel.errors import NotFoundError


def mount(door: Blueprint) -> None:
    """Give the blueprint one URL rule for each row, and the document that describes them."""
    for route in ROUTES:
        door.add_url_rule(
            route.rule, endpoint=route.endpoint, view_func=_served(route), methods=[route.method], strict_slashes=True
        )

    @public
    def openapi() -> Response:
        """The description of the interface holds nothing that a visitor must not know."""
        return jsonify(document())

    door.add_url_rule("/_openapi", endpoint="openapi", view_func=openapi, methods=["GET"])


def _served(route: Route) -> Callable[..., Response]:
    schema = route.body() if route.body is not None else None
    query_schema = route.query()

    @guard(*route.roles)
    def serve(**path: Any) -> Response:
        # A name with NUL in it names nothing, and PostgreSQL would refuse to look for it.
        if not all(bodies.is_sound(value) for value in path.values() if isinstance(value, str)):
            raise NotFoundError
        arguments: dict[str, Any] = dict(path)
        query = bodies.check(query_schema, bodies.read_query(request))
        if route.query is not schemas.NoQuery:
            arguments["query"] = query
        if schema is None:
            return _sent(route.view(work(), **arguments))
        given = bodies.read_json(request)
        body = bodies.check(schema, given)
        answer = once(
            work(),
            request.headers.get(HEADER),
            method=route.method,
            path=request.path,
            body=given,
            act=lambda: route.view(work(), **arguments, body=body),
        )
        return _sent(answer)

    serve.__name__ = route.endpoint
    serve.__doc__ = route.summary
    return serve


def _sent(answer: Answer) -> Response:
    response = jsonify(answer.body)
    response.status_code = answer.status
    response.headers.update(answer.headers)
    return response
