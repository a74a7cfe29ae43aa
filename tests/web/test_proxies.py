"""Forwarded addresses: believed of proxies that were counted, and never silently ignored."""

import logging
from dataclasses import replace

import pytest
from flask import Flask, request

from tests.conftest import Stage
from web import proxies
from web.app import create_app

SENTENCE = "LIANXIN_TRUSTED_PROXIES"


def app_behind(hops: int) -> Flask:
    """The smallest application that tells whom it sees."""
    app = Flask(__name__)
    proxies.stand_behind(app, hops)
    app.add_url_rule("/", view_func=lambda: f"{request.remote_addr} {request.scheme} {request.host}")
    return app


def test_a_proxy_that_nobody_counted_is_told_once_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    client = app_behind(0).test_client()
    with caplog.at_level(logging.WARNING, logger="web.proxies"):
        assert client.get("/").text.startswith("127.0.0.1")
        assert not caplog.records
        for _ in range(3):
            assert client.get("/", headers={"X-Forwarded-For": "203.0.113.1"}).text.startswith("127.0.0.1")
    assert [SENTENCE in record.getMessage() for record in caplog.records] == [True]


def test_a_counted_proxy_is_believed_in_silence(caplog: pytest.LogCaptureFixture) -> None:
    headers = {"X-Forwarded-For": "203.0.113.1", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "lianxin.example"}
    with caplog.at_level(logging.WARNING, logger="web.proxies"):
        assert app_behind(1).test_client().get("/", headers=headers).text == "203.0.113.1 https lianxin.example"
    assert not caplog.records


def test_the_whole_application_says_it_too(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(replace(stage.settings, trusted_proxies=0))
    with caplog.at_level(logging.WARNING, logger="web.proxies"):
        app.test_client().get("/healthz", headers={"X-Forwarded-For": "203.0.113.1"})
    assert any(SENTENCE in record.getMessage() for record in caplog.records)
    app.extensions["lianxin"].database.engine.dispose()
