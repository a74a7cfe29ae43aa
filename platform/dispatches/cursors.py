"""Where a page of letters ended: opaque to whoever carries it."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from uuid import UUID

from kernel.errors import InvalidError


def encode(moment: datetime, letter_id: UUID) -> str:
    """The mark of a letter in the order by sending."""
    return base64.urlsafe_b64encode(f"{moment.isoformat()}|{letter_id}".encode()).decode()


def decode(cursor: str) -> tuple[datetime, UUID]:
    """The place that a mark stands for.

    :raises InvalidError: for a mark that :func:`encode` did not make.
    """
    try:
        moment, _, letter_id = base64.urlsafe_b64decode(cursor.encode()).decode().partition("|")
        decoded = datetime.fromisoformat(moment), UUID(letter_id)
    except (ValueError, binascii.Error):
        raise InvalidError("翻页标记无效，请从第一页重新开始。", fields={"cursor": "翻页标记无效"}) from None
    if decoded[0].tzinfo is None:
        raise InvalidError("翻页标记无效，请从第一页重新开始。", fields={"cursor": "翻页标记无效"})
    return decoded
