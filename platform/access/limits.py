"""How long a session lives and what a password must be: defaults, bounds, and how a union's own values are read.

Pure. The values lie in ``tenant_settings``; ``tenants.settings`` checks and changes them, the session check reads
them with the session.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

#: Name → (default, smallest, largest). Bounds are ours: GB/T 22239-2019 8.1.4.1 asks for a time-out, complexity,
#: regular change and a lock, and names no number; 100 is NIST SP 800-63B's limit of consecutive failures.
NUMBERS: dict[str, tuple[int, int, int]] = {
    "idle_minutes": (30, 5, 240),
    "absolute_hours": (12, 1, 24),
    "password_min_length": (10, 10, 32),
    "password_days": (0, 0, 365),
    "lock_after": (10, 3, 100),
}
#: Wrong passwords one after the other that an account bears (NIST SP 800-63B-4 3.2.2: no more than 100); after that
#: only a new password opens it.
MOST_FAILURES = 100
#: Strangers use up only this many of them, so that the owner's own device has ten left.
MOST_BY_STRANGERS = 90


@dataclass(frozen=True, slots=True)
class Limits:
    """A union's limits in the units in which they are used."""

    #: Without a request for this long a session is over.
    idle: timedelta
    #: However busy, a session is over after this long.
    absolute: timedelta
    password_min_length: int
    #: ``None``: a password never has to be changed for its age.
    password_age: timedelta | None
    lock_after: int


def read(values: Mapping[str, Any] | None) -> Limits:
    """The limits in a union's stored values.

    What is missing or out of bounds stands at its default: a row that somebody spoilt by hand must not keep sessions
    alive for ever.
    """
    number = {name: _number(values or {}, name) for name in NUMBERS}
    days = number["password_days"]
    return Limits(
        idle=timedelta(minutes=number["idle_minutes"]),
        absolute=timedelta(hours=number["absolute_hours"]),
        password_min_length=number["password_min_length"],
        password_age=timedelta(days=days) if days else None,
        lock_after=number["lock_after"],
    )


def _number(values: Mapping[str, Any], name: str) -> int:
    default, least, most = NUMBERS[name]
    value = values.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        return default
    return value


DEFAULTS = read(None)
