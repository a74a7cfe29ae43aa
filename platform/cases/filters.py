"""Filters of a list as an address carries them: plain text by key, read into a :class:`cases.queries.Filter`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from cases import hours
from cases.queries import Filter


def _flag(value: str) -> bool:
    return value not in ("", "0", "false")


def _day(value: str) -> date:
    return date.fromisoformat(value)


#: How a key of the URL becomes a value of the filter; every key of :class:`cases.queries.Filter` is here.
READERS: dict[str, Callable[[str], Any]] = {
    "status": str,
    "open_only": _flag,
    "overdue": _flag,
    "channel": str,
    "category": str,
    "tier": str,
    "department": UUID,
    "band": str,
    "flag": str,
    "arrived": hours.checked,
    "assignee": UUID,
    "unassigned": _flag,
    "mine": _flag,
    "follow_up": _flag,
    "registered_from": _day,
    "registered_to": _day,
    "closed_from": _day,
    "closed_to": _day,
    "due_from": _day,
    "due_to": _day,
    "q": str,
}


def read(values: Mapping[str, str]) -> tuple[Filter, dict[str, str]]:
    """The filter that an address asks for, and by key what of it cannot be read. Keys of others are left alone."""
    wanted: dict[str, Any] = {}
    unread: dict[str, str] = {}
    for key, reader in READERS.items():
        value = values.get(key, "").strip()
        if not value:
            continue
        try:
            wanted[key] = reader(value)
        except ValueError:
            unread[key] = value
    return Filter(**wanted), unread


def kept(values: Mapping[str, str]) -> dict[str, str]:
    """Those of the values that narrow a list, in the order of the table: what an address or a view has to carry."""
    return {key: values[key].strip() for key in READERS if values.get(key, "").strip()}
