"""How one event hashes: pure, so that an outside verifier can repeat it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

#: The link before the first event of a tenant is a digest of the tenant's number.
GENESIS = "lianxin/audit/genesis/"


def genesis(tenant_id: int) -> bytes:
    """The 32 bytes that stand before a tenant's first event."""
    return sha256(f"{GENESIS}{tenant_id}".encode()).digest()


def link(
    prev: bytes,
    *,
    tenant_id: int,
    seq: int,
    at: datetime,
    actor_id: UUID | None,
    actor_name: str,
    action: str,
    subject_type: str,
    subject_id: UUID | None,
    data: Mapping[str, Any],
) -> bytes:
    """SHA-256 (32 bytes) over the previous link and a canonical JSON form of the event (sorted keys, UTF-8)."""
    form = json.dumps(
        [
            tenant_id,
            seq,
            at.astimezone(UTC).isoformat(timespec="microseconds"),
            str(actor_id) if actor_id else None,
            actor_name,
            action,
            subject_type,
            str(subject_id) if subject_id else None,
            data,
        ],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return sha256(prev + form.encode()).digest()
