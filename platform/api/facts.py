"""``/facts``: the own union's daily figures."""

from __future__ import annotations

import base64
import binascii
from datetime import date
from typing import Any

from access.actor import Work
from api import resources
from api.answers import Answer
from kernel.errors import InvalidError
from measures import recounting
from measures.daily import daily
from measures.models import DailyFact
from measures.queries import as_of


def index(work: Work, *, query: dict[str, Any]) -> Answer:
    """A page of figures, oldest first."""
    limit = query["limit"]
    rows = daily(work, first=query["first"], last=query["last"], after=_decode(query.get("cursor")), limit=limit + 1)
    page = rows[:limit]
    return Answer(
        {
            "as_of": resources.moment(as_of(work.session)),
            "recounting": recounting.warning(work.session) or None,
            "facts": [resources.fact(row) for row in page],
            "next_cursor": _encode(page[-1]) if len(rows) > limit else None,
        }
    )


def _encode(row: DailyFact) -> str:
    return base64.urlsafe_b64encode(f"{row.day.isoformat()}|{row.category}|{row.channel}".encode()).decode()


def _decode(cursor: str | None) -> tuple[date, str, str] | None:
    if cursor is None:
        return None
    try:
        day, category, channel = base64.urlsafe_b64decode(cursor.encode()).decode().split("|")
        if "\0" in category + channel:
            raise ValueError("nothing that was encoded here")
        return date.fromisoformat(day), category, channel
    except (ValueError, binascii.Error):
        raise InvalidError("翻页标记无效，请从第一页重新开始。", fields={"cursor": "翻页标记无效"}) from None
