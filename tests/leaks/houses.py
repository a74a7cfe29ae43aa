"""A union's own house for the twins: departments, routes, absences, codes, settings and a request, marked by name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from access.actor import Work
from cases import registries
from tenants import codes, delegations, departments, requests, routing, settings
from tests.leaks.copying import NAMES


def furnish(work: Work, slug: str, users: Mapping[str, Any], *, beside: bool = False) -> dict[str, UUID]:
    """One row in every table of the house, by table.

    ``beside`` makes a second house next to one that was copied: other rows, under other identifiers.
    """
    mark = NAMES[slug] + ("独有" if beside else "")
    handler, head = users[f"handler@{slug}"].id, users[f"head@{slug}"].id
    year = 2028 if beside else 2027
    place = departments.create(work, {"name": f"{mark}部", "short_name": mark, "head_id": head}).id
    if not beside:
        departments.move(work, users[f"supervisor@{slug}"].id, place)
        settings.change(work, {"overdue_days": 20})
    route = routing.set_route(work, category_code="15" if beside else "16", department_id=place, handler_id=head).id
    away = delegations.begin(
        work,
        user_id=handler,
        deputy_id=head,
        from_on=date(year, 6, 1),
        until_on=date(year, 6, 5),
        reason=f"{mark}休假",
    ).id
    table, code = ("delivery", "own_way") if beside else ("subject_type", "own_kind")
    label = codes.set_label(work, table=table, code=code, label=f"{mark}类别").id
    kept = {"name": f"{mark}调解员", "kind": "lawyer", "agreed_on": "2026-01-05", "expertise": mark}
    mediator = registries.save_mediator(work, kept).id
    body = registries.save_body(work, {"name": f"{mark}仲裁委", "kind": "arbitration", "purpose": mark}).id
    asked, _half = requests.ask_password(work, users[f"{'head' if beside else 'leader'}@{slug}"].id, f"{mark}理由")
    return {
        "departments": place,
        "category_routes": route,
        "delegations": away,
        "code_labels": label,
        "account_requests": asked.id,
        "mediators": mediator,
        "external_bodies": body,
    }
