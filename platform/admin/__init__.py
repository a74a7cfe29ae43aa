"""Keeping house: accounts, the audit log, new unions. No SQL and no case."""

from __future__ import annotations

from flask import Blueprint


def blueprint() -> Blueprint:
    """The pages of the administrators, for the composition root to register after the doorway's blueprint."""
    from admin import auditing, onboarding, users

    pages = Blueprint("admin", __name__, template_folder="templates")
    for part in (users, auditing, onboarding):
        part.add_routes(pages)
    return pages
