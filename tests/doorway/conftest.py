"""The doorway is tried in the real application, as the desk is."""

from tests.desk.conftest import app, as_user, client, clock, statements, the_app, web_clock

__all__ = ["app", "as_user", "client", "clock", "statements", "the_app", "web_clock"]
