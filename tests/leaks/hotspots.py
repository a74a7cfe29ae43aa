"""A hotspot that only one of the unions has."""

from __future__ import annotations

from access.actor import Work
from measures.spot_rules import SpotAction
from measures.spots import Hotspot
from measures.spotting import note


def plant(work: Work, mark: str) -> None:
    """Of the union's own cases, in a category in which the twins share none."""
    spot = Hotspot(
        subject_id=work.tenant_id,
        scope=0,
        category="02",
        found_on=work.clock.today(),
        last_on=work.clock.today(),
        counted=19,
        hoped=6.2,
        score=4.5,
        evidence=f"{mark}独有热点",
        created_at=work.clock.now(),
    )
    work.session.add(spot)
    work.session.flush()
    note(work, spot, SpotAction.FOUND, spot.evidence)
