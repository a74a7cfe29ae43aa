"""Data in one form only, so that a hash over it says whether it is still the same. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any


def canonical(data: Mapping[str, Any]) -> bytes:
    """JSON with sorted keys, without spaces and with characters as they are (the idea of RFC 8785).

    :raises ValueError: for a number with a fraction: PostgreSQL and Python need not write it alike.
    """
    _refuse_fractions(data)
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(data: Mapping[str, Any]) -> bytes:
    """SHA-256 over :func:`canonical`."""
    return sha256(canonical(data)).digest()


def _refuse_fractions(value: Any) -> None:
    if isinstance(value, float):
        raise ValueError("a frozen figure is a whole number or a text")
    if isinstance(value, Mapping):
        for part in value.values():
            _refuse_fractions(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _refuse_fractions(part)
