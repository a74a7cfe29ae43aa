"""The door for machines: JSON resources under ``/api/v1``. Every row of ``api.routes.ROUTES`` is a resource."""

from __future__ import annotations

from flask import Blueprint


def blueprint() -> Blueprint:
    """The API's routes, for the composition root to register."""
    from api.serving import mount

    door = Blueprint("api", __name__, url_prefix="/api/v1")
    mount(door)
    return door
