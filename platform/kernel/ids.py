"""Client-made identifiers: UUID version 7 (RFC 9562 §5.7).

PostgreSQL 18 has ``uuidv7()``, but rows that point at each other are built before the first statement is sent,
and Python gets ``uuid.uuid7`` only in 3.14.
"""

from __future__ import annotations

import secrets
import threading
import time
import uuid

_TICKS = 4096  # a millisecond in as many parts as rand_a can say (RFC 9562 §6.2, method 3)


class _Clock:
    """Time in ticks that never stands still and never goes back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def next(self) -> int:
        with self._lock:
            self._last = max(time.time_ns() * _TICKS // 1_000_000, self._last + 1)
            return self._last


_clock = _Clock()


def uuid7(milliseconds: int | None = None) -> uuid.UUID:
    """A time-ordered identifier; ``milliseconds`` since the epoch defaults to now.

    Those of one process are in the order they were made, also within a millisecond and when the clock is set back.
    """
    if milliseconds is None:
        tick = _clock.next()
    else:
        tick = (milliseconds & 0xFFFF_FFFF_FFFF) * _TICKS + secrets.randbits(12)
    moment, part = divmod(tick, _TICKS)
    return uuid.UUID(int=moment << 80 | 0x7 << 76 | part << 64 | 0x2 << 62 | secrets.randbits(62))
