"""``/dispatches``: letters between unions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from access.actor import Work
from api import resources
from api.answers import Answer
from api.cases import only_known
from api.schemas import LETTER_ACTIONS
from dispatches import queries
from dispatches.services import act as write_on
from dispatches.services import resume
from dispatches.workflow import LetterStatus, Side

RESUME = "resume"


def index(work: Work, *, query: dict[str, Any]) -> Answer:
    """A page of letters, each with its newest event."""
    side, status = query.get("side"), query.get("status")
    page = queries.page(
        work,
        side=Side(side) if side else None,
        status=LetterStatus(status) if status else None,
        limit=query["limit"],
        cursor=query.get("cursor"),
    )
    return Answer({"dispatches": [resources.letter(view) for view in page.letters], "next_cursor": page.next_cursor})


def show(work: Work, *, letter_id: UUID) -> Answer:
    """One letter with all of its events."""
    return Answer(resources.letter(queries.get(work, letter_id)))


def act(work: Work, *, letter_id: UUID, body: dict[str, Any]) -> Answer:
    """Sign, answer or order on a letter that came in; resume the case of one that came back."""
    action, data = body["action"], body["data"]
    only_known(data, LETTER_ACTIONS[action])
    if action == RESUME:
        resume(work, letter_id)
    else:
        write_on(work, letter_id, action, data)
    return Answer(resources.letter(queries.get(work, letter_id)))
