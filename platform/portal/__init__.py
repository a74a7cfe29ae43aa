"""The worker's door: how to bring a matter, filing it, asking how it stands, rating it. No account, no figures.

Pages come from this server alone, work without scripts, are kept by nobody and tell no other site where they were.
"""

from __future__ import annotations

from flask import Blueprint


def blueprint() -> Blueprint:
    """The public pages, for the composition root to register after the doorway's blueprint."""
    from portal import acting, filing, landing, rating, tracking, verifying

    pages = Blueprint(
        "portal", __name__, template_folder="templates", static_folder="static", static_url_path="/static/portal"
    )
    for part in (landing, verifying, filing, tracking, acting, rating):
        part.add_routes(pages)
    return pages
