"""Marks of a case that a list can be narrowed to, each as a condition. Columns where there is one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from cases.models import Case, CaseClock
from cases.rules import PORTAL, ClockKind, Rating

#: Marks of a case that a list can be narrowed to.
FLAGS = (
    *("anonymous", "confidential", "collective", "urgent", "repeat", "retaliation", "conflict", "sealed"),
    *("dissatisfied", "dissatisfied_unit", "dissatisfied_office", "portal", "supervised", "extension", "joint"),
)
#: The last word about each is 不满意; ``dissatisfied`` is any such word, by now or before.
_DISSATISFIED = {"dissatisfied_unit": Case.unit_rating, "dissatisfied_office": Case.office_rating}


def flagged(flag: str) -> Any:
    """The condition of one of :data:`FLAGS`."""
    if flag in _DISSATISFIED:
        return _DISSATISFIED[flag] == Rating.DISSATISFIED.value
    if flag == "supervised":
        running = CaseClock.kind == ClockKind.SUPERVISION.value, CaseClock.stopped_on.is_(None)
        return Case.id.in_(select(CaseClock.case_id).where(CaseClock.tenant_id == Case.tenant_id, *running))
    ruled = {"portal": Case.source == PORTAL, "dissatisfied": Case.dissatisfied > 0}
    ruled["extension"] = Case.extension_to.is_not(None)
    return ruled[flag] if flag in ruled else getattr(Case, flag)
