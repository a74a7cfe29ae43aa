"""Browsers without a screen, logged in, and a count of what a page asks the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.web.clients import login
from tests.web.conftest import app, client, clock, the_app, web_clock

__all__ = ["app", "client", "clock", "the_app", "web_clock"]


@pytest.fixture
def as_user(app: Flask) -> Callable[[str], FlaskClient]:
    """A browser of its own for each person: ``as_user("clerk@street")``."""
    browsers: dict[str, FlaskClient] = {}

    def enter(who: str) -> FlaskClient:
        if who not in browsers:
            browsers[who] = app.test_client()
            login(browsers[who], who)
        return browsers[who]

    return enter


@pytest.fixture
def statements(app: Flask) -> Callable[[], Any]:
    """``with statements() as sent:`` collects the statements that the application sends to PostgreSQL."""
    engine = app.extensions["lianxin"].database.engine

    @contextmanager
    def collect() -> Iterator[list[str]]:
        sent: list[str] = []

        def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith("SET LOCAL"):
                sent.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return collect
