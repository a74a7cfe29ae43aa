"""Alive, ready, busy: for machines that watch."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.client import HTTPConnection

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis

from infra.processes import free_port, wait_until
from kernel import leases, pulse
from kernel.db import Database
from kernel.outbox import Backlog
from tests.conftest import Stage
from tests.web.clients import login
from web.app import create_app


def test_a_process_says_that_it_lives(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}


def test_ready_means_a_database_at_the_codes_schema(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok", "database": "ok", "redis": "ok"})


def test_redis_down_is_told_and_does_not_stop_the_work(stage: Stage) -> None:
    app = create_app(replace(stage.settings, redis_url="redis://127.0.0.1:1/0"))
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json["redis"]) == (200, "unreachable")
    app.extensions["lianxin"].database.engine.dispose()


def test_figures_are_for_this_machine_and_name_no_union(client: FlaskClient) -> None:
    login(client, "head@street")
    client.get("/cases/测总工信〔2026〕000001")
    there = client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.5"})
    assert there.status_code == 404
    here = client.get("/metrics")
    assert here.status_code == 200
    assert 'route="/cases/<number>"' in here.text
    for secret in ("street", "head", "000001"):
        assert secret not in here.text


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Via", "X-Forwarded-Proto"])
def test_what_a_proxy_on_this_machine_passes_on_is_not_from_this_machine(client: FlaskClient, header: str) -> None:
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 404


def test_a_deployment_may_open_the_figures(stage: Stage) -> None:
    app: Flask = create_app(replace(stage.settings, metrics_public=True))
    there = {"REMOTE_ADDR": "203.0.113.5"}
    answer = app.test_client().get("/metrics", environ_base=there, headers={"X-Forwarded-For": "203.0.113.6"})
    assert answer.status_code == 200
    app.extensions["lianxin"].database.engine.dispose()


def test_the_figures_tell_how_far_the_platforms_own_work_is_behind(stage: Stage, client: FlaskClient) -> None:
    rollup = Database(stage.settings.database_rollup_url or "", pool_size=1)
    with rollup.engine.begin() as connection:
        leases.beat(connection, "fold")
    rollup.engine.dispose()
    queue = Redis.from_url(stage.settings.redis_url)
    queue.set(pulse.KEY, pulse.written(Backlog(7, 12.5, 1)), ex=pulse.SECONDS)
    try:
        told = client.get("/metrics").text
        assert 'lianxin_duty_age_seconds{duty="fold"}' in told
        assert "lianxin_outbox_waiting 7.0" in told and "lianxin_outbox_oldest_seconds 12.5" in told
        queue.delete(pulse.KEY)
        assert "lianxin_outbox_waiting" not in client.get("/metrics").text, "no figure is told, not a zero"
    finally:
        queue.close()


def test_two_workers_count_together(stage: Stage) -> None:
    port = free_port()
    serve = (sys.executable, "-m", "web.cli", "serve", "--workers", "2", "--threads", "1", "--port", str(port))
    counted = stage.settings.home / "run" / f"metrics-{port}"
    with subprocess.Popen(serve, env={**os.environ, **stage.env}, stderr=subprocess.DEVNULL) as server:
        try:
            assert wait_until(lambda: answered(port, "/healthz") is not None, 60, every=0.2)
            asked = 1
            # Until both have answered: which one takes a connection is the kernel's choice, so several come at once.
            with ThreadPoolExecutor(8) as crowd:
                while asked < 4_000 and len({file.stem for file in counted.glob("counter_*.db")}) < 2:
                    asked += sum(told is not None for told in crowd.map(answered, [port] * 16, ["/healthz"] * 16))
            assert len({file.stem for file in counted.glob("counter_*.db")}) == 2
            counts = []
            for _ in range(6):
                told = answered(port, "/metrics") or ""
                counts += re.findall(
                    r'^lianxin_http_requests_total\{.*route="/healthz".*\} (.+)$', told, re.MULTILINE
                )
            # Not exactly: a worker may have counted an answer that we no longer waited for.
            assert len(counts) == 6 and len(set(counts)) == 1, "whichever worker is asked, it tells of both"
            assert float(counts[0]) >= asked
        finally:
            server.terminate()
            server.wait(30)


def answered(port: int, path: str) -> str | None:
    """The text of one answer on a connection of its own, or nothing while nobody listens."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    except OSError:
        return None
    finally:
        connection.close()
