"""Staff's day: the queue, the list, registration, the case, letters and papers. Pages, and no SQL."""

from __future__ import annotations

from flask import Blueprint


def blueprint() -> Blueprint:
    """The desk's pages, for the composition root to register after the doorway's blueprint."""
    from desk import actions, case, importing, letters, listing, papers, queue, register

    door = Blueprint("desk", __name__, template_folder="templates")
    for page in (queue, importing, listing, register, case, actions, papers, letters):
        for rule, view, methods in page.ROUTES:
            door.add_url_rule(rule, endpoint=view.__name__, view_func=view, methods=list(methods))
    return door
