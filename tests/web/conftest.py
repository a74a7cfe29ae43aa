"""The real application over the test's federation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kernel.clock import CHINA
from tests.builders import Federation
from tests.conftest import Stage
from web.app import create_app


class MovingClock:
    """A clock that the test moves."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def today(self):  # type: ignore[no-untyped-def]
        return self.moment.astimezone(CHINA).date()

    def forward(self, **step: float) -> None:
        self.moment += timedelta(**step)


@pytest.fixture(scope="session")
def web_clock(stage: Stage) -> MovingClock:
    return MovingClock(datetime.fromisoformat("2026-03-02T01:30:00+00:00"))


@pytest.fixture(scope="session")
def the_app(stage: Stage, web_clock: MovingClock) -> Iterator[Flask]:
    """One application a test worker: composing it takes longer than most tests."""
    app = create_app(stage.settings, clock=web_clock)
    app.testing = False
    yield app
    app.extensions["lianxin"].database.engine.dispose()


@pytest.fixture
def clock(web_clock: MovingClock, federation: Federation) -> MovingClock:
    web_clock.moment = federation.clock.now()
    return web_clock


@pytest.fixture
def app(the_app: Flask, clock: MovingClock) -> Flask:
    return the_app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """An anonymous browser."""
    return app.test_client()
