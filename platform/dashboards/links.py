"""Addresses that a mark opens: a list of the own union's cases, or the same page one level down. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from measures.scopes import Wanted


def page(path: str, wanted: Wanted, **changes: str) -> str:
    """The same question on ``path`` with some values changed."""
    values = {
        "unit": wanted.scope.word,
        "from": wanted.first.isoformat(),
        "to": wanted.last.isoformat(),
        "category": wanted.category or "",
        "channel": wanted.channel or "",
    } | changes
    return f"{path}?{urlencode({key: value for key, value in values.items() if value})}"


#: What a question is made of in an address; nothing else is carried on.
KEYS = ("unit", "from", "to", "category", "channel")


def table(page: str, chart: str, values: Mapping[str, str]) -> str:
    """The download of a chart's numbers under the filters of an address."""
    kept = urlencode({key: values[key] for key in KEYS if values.get(key)})
    return f"/dashboards/tables/{page}/{chart}{'?' if kept else ''}{kept}"


def definition(key: str) -> str:
    """The place of one measure on the page 口径."""
    return f"/dashboards/definitions#m-{key}"


def letters(**conditions: str) -> str:
    """The list of the own union's letters under ``conditions``."""
    return f"/dispatches/?{urlencode(conditions)}"


def cases(wanted: Wanted, **conditions: str | date | None) -> str | None:
    """The list of cases under ``conditions``; only one's own cases can be opened, other unions' never."""
    if not wanted.scope.is_own:
        return None
    values: Mapping[str, str | date | None] = {
        "category": wanted.category,
        "channel": wanted.channel,
        **conditions,
    }
    given = {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items() if value}
    return f"/cases/?{urlencode(given)}"
