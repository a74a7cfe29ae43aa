"""Keeping house: accounts, departments, routing, settings, the audit log, new unions. No SQL and no case."""

from __future__ import annotations

from typing import Any

from flask import Blueprint


def blueprint() -> Blueprint:
    """The pages of the administrators, for the composition root to register after the doorway's blueprint."""
    from admin import (
        auditing,
        importing,
        lifecycle,
        moving,
        onboarding,
        papers,
        particulars,
        platform_health,
        requests,
        settings,
        users,
        wizard,
        workdays,
    )

    pages = Blueprint("admin", __name__, template_folder="templates")
    house = (users, requests, settings, particulars, auditing)
    for part in (*house, wizard, importing, onboarding, moving, lifecycle, workdays, papers, platform_health):
        part.add_routes(pages)
    return pages


def views() -> tuple[type[Any], ...]:
    """Flask-AppBuilder's views of this door, for the composition root to add."""
    from admin.codes import CodeView
    from admin.delegations import DelegationView
    from admin.departments import DepartmentView
    from admin.registries import BodyView, MediatorView
    from admin.routing import RouteView
    from admin.users import UserView

    return (UserView, DepartmentView, RouteView, DelegationView, CodeView, MediatorView, BodyView)
