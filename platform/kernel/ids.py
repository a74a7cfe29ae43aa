"""Client-made identifiers: UUID version 7 (RFC 9562 §5.7).

PostgreSQL 18 has ``uuidv7()``, but rows that point at each other are built before the first statement is sent,
and Python gets ``uuid.uuid7`` only in 3.14.
"""

from __future__ import annotations

import secrets
import time
import uuid


def uuid7(milliseconds: int | None = None) -> uuid.UUID:
    """A time-ordered identifier; ``milliseconds`` since the epoch defaults to now."""
    moment = time.time_ns() // 1_000_000 if milliseconds is None else milliseconds
    value = (moment & 0xFFFF_FFFF_FFFF) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)
