"""``/cases``: register, list, show, act."""

from __future__ import annotations

from dataclasses import fields as fields_of
from typing import Any
from urllib.parse import quote

from access.actor import Work
from api.answers import Answer
from api.resources import case_file, case_line
from api.schemas import CASE_ACTIONS
from cases import queries
from cases.intake import NewCase, NewParty, register
from cases.queries import Filter
from cases.services import perform
from dispatches import queries as letters
from dispatches.services import escalate
from kernel.errors import InvalidError

ESCALATE = "escalate"
_FILTERS = {field.name for field in fields_of(Filter)}


def create(work: Work, *, body: dict[str, Any]) -> Answer:
    """Register a matter."""
    parties = tuple(NewParty(**party) for party in body.pop("parties", ()))
    case = register(work, NewCase(**body, parties=parties))
    # A resource's address is a URI: the number's own characters are escaped.
    return Answer(case_line(case), 201, {"Location": f"/api/v1/cases/{quote(case.number, safe='')}"})


def index(work: Work, *, query: dict[str, Any]) -> Answer:
    """A page of cases."""
    wanted = Filter(**{name: query[name] for name in query if name in _FILTERS})
    page = queries.newest(work, wanted, limit=query["limit"], cursor=query.get("cursor"))
    return Answer({"cases": [case_line(case) for case in page.cases], "next_cursor": page.next_cursor})


def show(work: Work, *, number: str) -> Answer:
    """One file."""
    file = queries.file(work, number)
    return Answer(case_file(work, file, letters.of_case(work, file.case.id)))


def act(work: Work, *, number: str, body: dict[str, Any]) -> Answer:
    """One action of the table. The answer is the case as it is now, also when the actor sees it no more."""
    action, data, version = body["action"], body["data"], body.get("version")
    only_known(data, CASE_ACTIONS[action])
    if action == ESCALATE:
        letter = escalate(
            work, number, reason=data.get("reason", ""), request=data.get("request", ""), version=version
        )
        return Answer(
            case_line(queries.file(work, number).case) | {"dispatch": str(letter.id)},
            headers={"Location": f"/api/v1/dispatches/{letter.id}"},
        )
    return Answer(case_line(perform(work, number, action, data, version=version)))


def only_known(data: dict[str, Any], names: tuple[str, ...]) -> None:
    """Refuse fields that the action does not take.

    :raises InvalidError: naming them.
    """
    unknown = sorted(set(data) - set(names))
    if unknown:
        raise InvalidError(
            "此操作不接受所填的字段。", fields={f"data.{name}": "此操作没有这个字段。" for name in unknown}
        )
