"""How the platform's own work stands, as the scheduler tells it to whoever keeps the platform.

The web process reads one tenant at a time and cannot count everybody's messages; the relay can, by the rollup role.
It leaves the figure beside the queue for a minute. Figures only: no tenant, no topic.
"""

from __future__ import annotations

import json
from dataclasses import asdict

from kernel.outbox import Backlog

#: Where the figure lies beside the queue, and after how many seconds it is too old to be shown.
KEY, SECONDS = "lianxin:backlog", 60


def written(backlog: Backlog) -> str:
    """The figure as text."""
    return json.dumps(asdict(backlog))


def read(text: str | bytes | None) -> Backlog | None:
    """The figure that was left; ``None`` when there is none or it cannot be read."""
    if not text:
        return None
    try:
        found = json.loads(text)
        return Backlog(int(found["waiting"]), float(found["oldest_seconds"]), int(found["stuck"]))
    except (ValueError, KeyError, TypeError):
        return None
