"""Names of what callbacks talk about; nothing else is spelled twice."""

from __future__ import annotations

from typing import Any

#: The address bar, read-only to us.
PLACE = "place"
#: Where a page's charts go.
CHARTS = "charts"
#: Where a click's address is put; a script of ours follows it.
FOLLOWED = "followed"


def graph(name: Any) -> dict[str, Any]:
    """The pattern-matching id of a chart, or with ``dash.ALL`` of every chart."""
    return {"kind": "graph", "name": name}
