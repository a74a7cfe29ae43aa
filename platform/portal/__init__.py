"""The worker's door: a page of every union that says how to bring a matter. No account, no cookie, no figures."""

from __future__ import annotations

from flask import Blueprint


def blueprint() -> Blueprint:
    """The public pages, for the composition root to register after the doorway's blueprint."""
    from portal import landing, verifying

    pages = Blueprint(
        "portal", __name__, template_folder="templates", static_folder="static", static_url_path="/static/portal"
    )
    landing.add_routes(pages)
    verifying.add_routes(pages)
    return pages
