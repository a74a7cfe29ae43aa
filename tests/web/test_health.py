"""Alive, ready, busy: for machines that watch."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

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
