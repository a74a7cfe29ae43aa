"""Where a page of cases ended, as an opaque text that the next page begins after. Pure."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from uuid import UUID

from cases.models import Case
from kernel.errors import InvalidError


def encode(case: Case, matched: int = 0) -> str:
    """The place of a case in a list newest first; ``matched``: how many of the looked-for words it has."""
    return base64.urlsafe_b64encode(f"{case.registered_at.isoformat()}|{case.id}|{matched}".encode()).decode()


def decode(cursor: str, *, ranked: bool = False) -> tuple[datetime, UUID, int]:
    """What :func:`encode` was given: moment, identifier, number of words.

    :raises InvalidError: for anything else, and for the cursor of a list in another order.
    """
    try:
        moment, case_id, matched = base64.urlsafe_b64decode(cursor.encode()).decode().split("|")
        if ranked != (matched != "0"):
            raise ValueError
        return datetime.fromisoformat(moment), UUID(case_id), int(matched)
    except (ValueError, binascii.Error):
        raise InvalidError("翻页标记无效，请从第一页重新开始。", fields={"cursor": "翻页标记无效"}) from None
