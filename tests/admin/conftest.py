"""The same application as the tests of the web, and browsers of several people as at the desk."""

from tests.desk.conftest import as_user
from tests.web.conftest import app, client, clock, the_app, web_clock

__all__ = ["app", "as_user", "client", "clock", "the_app", "web_clock"]
