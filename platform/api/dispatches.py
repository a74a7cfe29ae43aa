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
from dispatches.services import Draft, resume, send
from dispatches.services import act as write_on
from dispatches.workflow import LetterKind, LetterStatus, Side

RESUME = "resume"


def index(work: Work, *, query: dict[str, Any]) -> Answer:
    """A page of letters, each with its newest event."""
    side, status, kind = query.get("side"), query.get("status"), query.get("kind")
    page = queries.page(
        work,
        side=Side(side) if side else None,
        status=LetterStatus(status) if status else None,
        kind=LetterKind(kind) if kind else None,
        limit=query["limit"],
        cursor=query.get("cursor"),
    )
    return Answer({"dispatches": [resources.letter(view) for view in page.letters], "next_cursor": page.next_cursor})


def create(work: Work, *, body: dict[str, Any]) -> Answer:
    """Send a letter."""
    details = dict(body.get("details") or {})
    for name, place in (("first", "from"), ("last", "to")):
        if name in details:
            details[place] = details.pop(name).isoformat()
    if "asked_on" in body:
        details["asked_on"] = body["asked_on"].isoformat()
    draft = Draft(
        kind=LetterKind(body["kind"]),
        to=body["to"],
        subject=body["subject"],
        reason=body["reason"],
        request=body["request"],
        case_number=body.get("case"),
        due_on=body.get("due_on"),
        refers_to=body.get("refers_to"),
        skip_reason=body["skip_reason"],
        beyond=body.get("beyond"),
        details=details,
    )
    letter = send(work, draft, version=body.get("version"))
    return Answer(
        resources.letter(queries.get(work, letter.id)), 201, {"Location": f"/api/v1/dispatches/{letter.id}"}
    )


def show(work: Work, *, letter_id: UUID) -> Answer:
    """One letter with all of its events."""
    return Answer(resources.letter(queries.get(work, letter_id)))


def act(work: Work, *, letter_id: UUID, body: dict[str, Any]) -> Answer:
    """One action of the letters' table, from the own side; resume the case of one that came back."""
    action, data = body["action"], body["data"]
    only_known(data, LETTER_ACTIONS[action])
    if action == RESUME:
        resume(work, letter_id)
    else:
        write_on(work, letter_id, action, data)
    return Answer(resources.letter(queries.get(work, letter_id)))
