"""What machines may send. An unknown field is an error: a misspelt one must not be dropped in silence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields as fields_of

from marshmallow import fields, validate

from api.act_inputs import ActionData
from api.inputs import (
    MAX_LIMIT,
    MAX_VERSION,
    SENTENCES,
    Input,
    asked,
    choice,
    day,
    flag,
    identifier,
    whole,
    words,
)
from cases.arrivals import FIELDS as ARRIVAL_FIELDS
from cases.arrivals import MAX_TEXT as ARRIVAL_TEXT
from cases.arrivals import Way
from cases.field_kit import MAX_TEXT as MAX_ACTION_TEXT
from cases.intake import MAX_CLAIMS, MAX_CONTENT, MAX_PARTIES, MAX_SIDE, MAX_TITLE
from cases.marks import FLAGS
from cases.queries import BANDS, Filter
from cases.rules import AUTHORITIES, Channel, PartyRole, Tier
from cases.workflow import CASE_WORKFLOW, Status
from dispatches.kinds import LADDER, SUGGESTIONS, TRIGGERS
from dispatches.workflow import LETTER_TABLE, LetterKind, LetterStatus, Side


class PartyInput(Input):
    """A party as typed; the rules for names and numbers are the intake's."""

    role = choice(PartyRole, load_default=PartyRole.PETITIONER.value)
    name = words(100, allow_none=True)
    phone = words(40, allow_none=True)
    id_number = words(40, allow_none=True)
    address = words(500, allow_none=True)
    subject_type = words(40, allow_none=True)
    organisation = words(
        200,
        allow_none=True,
        metadata={
            "description": "Of a respondent: the workplace; one in the register is linked by exactly its name."
        },
    )
    authority = choice(AUTHORITIES, allow_none=True, metadata={"description": "代理权限, of an agent only."})


#: What may be noted of an arrival: one field for each row of ``cases.arrivals.FIELDS``.
ArrivalInput = Input.from_dict(
    {
        field.name: choice(field.options) if field.options else words(ARRIVAL_TEXT, metadata={"title": field.label})
        for field in ARRIVAL_FIELDS
    },
    name="ArrivalInput",
)


class CaseInput(Input):
    """``POST /cases``: a matter as received."""

    channel = choice(Channel, required=True)
    title = words(MAX_TITLE, required=True)
    content = words(MAX_CONTENT, required=True)
    received_on = day(required=True)
    parties = fields.List(
        fields.Nested(PartyInput),
        validate=validate.Length(max=MAX_PARTIES, error=f"不能超过{MAX_PARTIES}位。"),
        error_messages=SENTENCES,
    )
    claims = fields.List(
        words(MAX_ACTION_TEXT),
        validate=validate.Length(max=MAX_CLAIMS, error=f"不能超过{MAX_CLAIMS}项。"),
        error_messages=SENTENCES,
    )
    category = words(20, allow_none=True)
    headcount = whole(1, 9999)
    anonymous = flag()
    confidential = flag()
    joint = flag(metadata={"description": "联名: a letter or online petition signed by `headcount` people."})
    urgent = flag()
    repeat = flag()
    way = choice(Way, allow_none=True, metadata={"description": "The union's own channel below `channel`."})
    arrival = fields.Nested(ArrivalInput, error_messages=SENTENCES)
    aim = words(MAX_SIDE, metadata={"description": "目的: what is to come of it; the claims are 诉求."})
    background = words(MAX_SIDE, metadata={"description": "背景: what went before."})
    first_in_system = flag(allow_none=True)
    repeat_of = words(60, allow_none=True, metadata={"description": "The number of the first case of the matter."})


#: What a letter does to a case is done by the letter; sending one upward is offered on the case as well.
CASE_ACTIONS = {row.action: row.fields for row in CASE_WORKFLOW if not row.internal or row.action == "escalate"}


def _letter_actions() -> dict[str, tuple[str, ...]]:
    """What each action takes, over all kinds of letters; the table says which of it a kind asks for."""
    taken: dict[str, tuple[str, ...]] = {"resume": ()}
    for row in LETTER_TABLE:
        if row.sources and row.side is not Side.SYSTEM:
            taken[row.action] = tuple(dict.fromkeys((*taken.get(row.action, ()), *row.fields)))
    return taken


LETTER_ACTIONS = _letter_actions()


class CaseAction(Input):
    """``POST /cases/{number}/actions``; ``escalate`` sends a letter to the union above."""

    action = choice(CASE_ACTIONS, required=True)
    data = fields.Nested(ActionData, load_default=dict, error_messages=SENTENCES)
    version = whole(
        1,
        MAX_VERSION,
        metadata={"description": "The version that was read; another one in the database answers 409."},
    )


class SupervisionInput(Input):
    """Why and how hard a union is supervised: codes and figures only."""

    trigger = choice(TRIGGERS, required=True)
    ladder = choice(LADDER)
    suggestion = choice(SUGGESTIONS)
    count = whole(1, MAX_VERSION)
    category = words(20)
    first = day(data_key="from")
    last = day(data_key="to")


class LetterInput(Input):
    """``POST /dispatches``: a letter; ``to`` and ``beyond`` are numbers of unions (``GET /tenants`` has names)."""

    kind = choice([kind for kind in LetterKind if kind is not LetterKind.HANDOVER], required=True)
    to = whole(1, MAX_VERSION, required=True)
    subject = words(MAX_TITLE, load_default="")
    reason = words(MAX_ACTION_TEXT, required=True)
    request = words(MAX_ACTION_TEXT, load_default="")
    case = words(60, metadata={"description": "The number of one of our cases that the letter is about."})
    version = whole(1, MAX_VERSION)
    due_on = day()
    refers_to = identifier()
    skip_reason = words(500, load_default="")
    beyond = whole(1, MAX_VERSION)
    asked_on = day(metadata={"description": "Of a `review`: the day on which the petitioner asked for it."})
    details = fields.Nested(SupervisionInput, error_messages=SENTENCES)


class LetterAction(Input):
    """``POST /dispatches/{id}/actions``; ``resume`` is the sender's and takes the case up again."""

    action = choice(LETTER_ACTIONS, required=True)
    data = fields.Nested(ActionData, load_default=dict, error_messages=SENTENCES)


class PageQuery(Input):
    """Paging of every list."""

    limit = whole(1, MAX_LIMIT, strict=False, load_default=50)
    cursor = words(200, metadata={"description": "`next_cursor` of the page before."})


#: Keys of :class:`cases.queries.Filter` whose values come from a code table.
_CHOSEN: dict[str, Iterable[str]] = {
    "status": Status,
    "channel": Channel,
    "tier": Tier,
    "band": BANDS,
    "flag": FLAGS,
}
#: … and the name under which a query string has them, where it is another.
_ASKED_AS = {"open_only": "open"}


def _key(name: str, kind: str) -> fields.Field:
    if name in _CHOSEN:
        return choice(_CHOSEN[name])
    if kind.startswith("bool"):
        return asked(load_default=False, data_key=_ASKED_AS.get(name))
    return day() if kind.startswith("date") else identifier() if kind.startswith("UUID") else words(MAX_TITLE)


#: Filters of ``GET /cases``: every key of the desk's own list, so that an address there can be asked here.
CaseQuery = PageQuery.from_dict(
    {field.name: _key(field.name, str(field.type)) for field in fields_of(Filter)}, name="CaseQuery"
)


class LetterQuery(PageQuery):
    """Filters of ``GET /dispatches``."""

    side = choice((Side.SENDER, Side.RECIPIENT))
    status = choice(LetterStatus)
    kind = choice(LetterKind)


class AuditQuery(PageQuery):
    """Filters of ``GET /audit``."""

    action = words(80, metadata={"description": "`subject:action`, or a whole `subject`."})
    person = words(100, metadata={"description": "A name as the log has it."})


class FactsQuery(PageQuery):
    """Days of ``GET /facts``, both inclusive."""

    first = day(required=True, data_key="from")
    last = day(required=True, data_key="to")


class MeasuresQuery(Input):
    """The question of ``GET /measures``: days, both inclusive, and the same filters as the dashboards'."""

    first = day(required=True, data_key="from", attribute="from")
    last = day(required=True, data_key="to", attribute="to")
    unit = words(
        20, metadata={"description": "`own` (the default), `subtree`, or the number of a direct subordinate."}
    )
    category = words(20)
    channel = choice(Channel)


class NoQuery(Input):
    """A resource without parameters."""
