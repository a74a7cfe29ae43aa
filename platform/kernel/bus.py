"""Domain events inside one transaction: a lower floor announces, a higher one listens, and nobody imports upwards.

Handlers run in the publisher's transaction, so what they write commits or vanishes with it. Work that may fail on
its own belongs to the outbox instead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

Handler = Callable[[Any, Any], None]


class Bus:
    """Maps an event class to the handlers that the composition root has wired: ``handler(work, event)``."""

    def __init__(self, *subscriptions: Iterable[tuple[type, Handler]]) -> None:
        self._handlers: dict[type, list[Handler]] = defaultdict(list)
        for rows in subscriptions:
            for kind, handler in rows:
                self._handlers[kind].append(handler)

    def publish(self, work: Any, event: object) -> None:
        """Run every handler of the event's class, in the order of composition."""
        for handler in self._handlers.get(type(event), ()):
            handler(work, event)
