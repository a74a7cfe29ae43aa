"""For machines that watch: alive, ready, and how busy. No tenant's figure and no name."""

from __future__ import annotations

import ipaddress
import os
import time
from functools import cache
from typing import Any

import redis
from flask import Blueprint, Flask, Response, g, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy.exc import SQLAlchemyError

from doorway.guard import public
from doorway.runtime import runtime
from kernel import schema
from kernel.errors import NotFoundError
from web import proxies
from web.gauges import Behind

#: The library's own variable: where the processes of one server keep what they count.
SHARED = "PROMETHEUS_MULTIPROC_DIR"


def blueprint() -> Blueprint:
    """``/healthz``, ``/readyz`` and ``/metrics``."""
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    @public
    def healthz() -> Response:
        return jsonify(status="ok")

    @health.get("/readyz")
    @public
    def readyz() -> tuple[Response, int]:
        database = _database_state()
        ready = database == "ok"
        # Redis is told and not asked for: with it down, cases are still registered and jobs wait in the outbox.
        return jsonify(
            status="ok" if ready else "down", database=database, redis=_redis_state()
        ), 200 if ready else 503

    @health.get("/metrics")
    @public
    def metrics() -> Response:
        if not runtime().settings.metrics_public and not _from_this_machine():
            raise NotFoundError
        parts = runtime()
        behind = CollectorRegistry()
        behind.register(Behind(parts.database, parts.settings.redis_url, parts.clock.now))
        told = generate_latest(_answers()) + generate_latest(behind)
        return Response(told, content_type=CONTENT_TYPE_LATEST)

    return health


def _answers() -> CollectorRegistry:
    """What was counted: by all processes of this server where they share a folder, else by this one.

    ``lianxin serve`` and the demo name the folder (``PROMETHEUS_MULTIPROC_DIR``) before the library is imported;
    without it every scrape would show the figures of whichever worker happened to answer.
    """
    if SHARED not in os.environ:
        found = g.get("registry")
        assert isinstance(found, CollectorRegistry)
        return found
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def count_requests(app: Flask) -> None:
    """Measure every answer by route and status; the route is the pattern, so no number of a case gets in."""
    registry = CollectorRegistry()
    answers = Counter(
        "lianxin_http_requests_total", "Answers by route.", ["route", "method", "status"], registry=registry
    )
    seconds = Histogram("lianxin_http_request_seconds", "Seconds to answer, by route.", ["route"], registry=registry)

    @app.before_request
    def begin() -> None:
        g.began, g.registry = time.perf_counter(), registry

    @app.after_request
    def end(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "(none)"
        answers.labels(route, request.method, response.status_code).inc()
        if "began" in g:
            seconds.labels(route).observe(time.perf_counter() - g.began)
        return response


def _database_state() -> str:
    try:
        found = schema.current(runtime().database.engine)
    except SQLAlchemyError:
        return "unreachable"
    return "ok" if found == _head() else "migration needed"


@cache
def _head() -> str:
    """The code's revision; it does not change while the process lives, and reading it opens every migration."""
    return schema.head()


def _redis_state() -> str:
    client: Any = redis.Redis.from_url(runtime().settings.redis_url, socket_timeout=1, socket_connect_timeout=1)
    try:
        client.ping()
    except (redis.RedisError, OSError):
        return "unreachable"
    finally:
        client.close()
    return "ok"


def _from_this_machine() -> bool:
    # Behind a proxy on this machine everybody's connection comes from it; only the headers tell them apart.
    if proxies.came_through_one():
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
