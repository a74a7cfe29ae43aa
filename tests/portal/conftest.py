"""The real application, as the web's tests have it."""

from tests.web.conftest import app, client, clock, the_app, web_clock

__all__ = ["app", "client", "clock", "the_app", "web_clock"]
