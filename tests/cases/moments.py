"""Let time pass for a federation."""

from __future__ import annotations

from datetime import timedelta

from kernel.clock import FixedClock
from tests.ways import Ways


def later(ways: Ways, **after: int) -> None:
    """Move the clock on: ``later(ways, days=3)``."""
    ways.federation.clock = FixedClock(ways.federation.clock.now() + timedelta(**after))
