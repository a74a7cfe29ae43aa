"""The same application as the tests of the web."""

from tests.web.conftest import app, client, clock, the_app, web_clock

__all__ = ["app", "client", "clock", "the_app", "web_clock"]
