"""What machines may send. An unknown field is an error: a misspelt one must not be dropped in silence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from cases.fields import MAX_TEXT as MAX_ACTION_TEXT
from cases.intake import MAX_CLAIMS, MAX_CONTENT, MAX_PARTIES, MAX_TITLE
from cases.rules import Channel, Opinion, PartyRole, Purpose, Rating, Refusal, Tier
from cases.workflow import CASE_WORKFLOW, Status
from dispatches.kinds import ADOPTIONS, LADDER, SUGGESTIONS, TRIGGERS
from dispatches.workflow import LETTER_TABLE, LetterKind, LetterStatus, Side

#: Largest page; more is a second request by cursor.
MAX_LIMIT = 100
#: Outside this range a date is a typing mistake, and near the ends of the calendar arithmetic overflows.
EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)
MAX_VERSION = 2**31 - 1

SENTENCES = {
    "required": "缺少这个字段。",
    "null": "不能为 null。",
    "invalid": "格式不正确。",
    "invalid_utf8": "应为 UTF-8 文字。",
    "invalid_uuid": "应为 UUID。",
    "format": "格式不正确。",
    "type": "类型不正确。",
    "too_large": "数值过大。",
    "validator_failed": "不符合要求。",
}


class Input(Schema):
    """Root of the input schemas."""

    class Meta:
        """Strict, and the fields in the order in which they are declared."""

        unknown = RAISE

    error_messages = {"unknown": "没有这个字段。", "type": "应为一个 JSON 对象。"}  # noqa: RUF012 - marshmallow's form


def words(longest: int, **options: Any) -> fields.String:
    """A string of at most ``longest`` characters."""
    check = validate.Length(max=longest, error=f"不能超过{longest}个字。")
    return fields.String(validate=check, error_messages=SENTENCES, **options)


def choice(options: Iterable[str], **more: Any) -> fields.String:
    """One of the values of a code table."""
    values = [str(option) for option in options]
    check = validate.OneOf(values, error=f"应为其中之一：{'、'.join(values)}。")
    return fields.String(validate=check, error_messages=SENTENCES, **more)


def day(**options: Any) -> fields.Date:
    """An ISO date."""
    check = validate.Range(min=EARLIEST, max=LATEST, error="日期应在1990年至2199年之间。")
    return fields.Date(format="iso", validate=check, error_messages=SENTENCES, **options)


def whole(lowest: int, highest: int, *, strict: bool = True, **options: Any) -> fields.Integer:
    """A whole number; ``strict`` refuses ``"3"`` and ``3.0`` in a body, a query string has nothing else."""
    check = validate.Range(min=lowest, max=highest, error=f"应在{lowest}至{highest}之间。")
    return fields.Integer(strict=strict, validate=check, error_messages=SENTENCES, **options)


class Flag(fields.Boolean):
    """A truth value and nothing that Python takes for one: not 1, "yes" or "on"."""

    def __init__(self, words: tuple[str, ...] = (), **options: Any) -> None:
        super().__init__(error_messages=SENTENCES, **options)
        self._words = words

    def _deserialize(self, value: Any, *_place: Any, **_more: Any) -> bool:
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value in self._words:
            return value == "true"
        raise self.make_error("invalid", input=value)


def flag(**options: Any) -> Flag:
    """``true`` or ``false`` in a body."""
    return Flag(**options)


def asked(**options: Any) -> Flag:
    """``true`` or ``false`` in a query string, which has words only."""
    return Flag(("true", "false"), **options)


def identifier(**options: Any) -> fields.UUID:
    """A UUID."""
    return fields.UUID(error_messages=SENTENCES, **options)


class PartyInput(Input):
    """A party as typed; the rules for names and numbers are the intake's."""

    role = choice(PartyRole, load_default=PartyRole.PETITIONER.value)
    name = words(100, allow_none=True)
    phone = words(40, allow_none=True)
    id_number = words(40, allow_none=True)
    address = words(500, allow_none=True)
    subject_type = words(40, allow_none=True)
    organisation = words(200, allow_none=True)


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
    urgent = flag()
    repeat = flag()


class OpinionInput(Input):
    """The outcome of one claim."""

    opinion = choice(Opinion, required=True)
    finding = words(MAX_ACTION_TEXT, required=True)


class ActionData(Input):
    """Every field that an action may take; which ones, the table says (``GET /cases/{number}`` lists them)."""

    purpose = choice(Purpose)
    category = words(20)
    tier = choice(Tier)
    competence_note = words(MAX_ACTION_TEXT)
    department = identifier(allow_none=True)
    retaliation = flag()
    conflict = flag()
    accused = words(
        MAX_TITLE, metadata={"description": "Name or slug of the union complained of, if it is one of ours."}
    )
    assignee = identifier()
    procedure = words(MAX_ACTION_TEXT)
    refusal = choice(Refusal)
    reason = words(MAX_ACTION_TEXT)
    where_to_go = words(MAX_ACTION_TEXT)
    facts = words(MAX_ACTION_TEXT)
    basis = words(MAX_ACTION_TEXT)
    opinions = fields.Dict(
        keys=fields.String(
            validate=validate.Regexp(r"[1-9]\d{0,1}\Z", error="应为诉求的序号。"), error_messages=SENTENCES
        ),
        values=fields.Nested(OpinionInput),
        error_messages=SENTENCES,
    )
    delivery = words(40)
    delivered_on = day()
    result = words(MAX_ACTION_TEXT)
    reply = words(MAX_ACTION_TEXT)
    note = words(MAX_ACTION_TEXT)
    rating = choice(Rating)
    request = words(MAX_ACTION_TEXT)
    text = words(MAX_ACTION_TEXT)
    due_on = day()
    adoption = choice(ADOPTIONS)
    unit = whole(1, MAX_VERSION)


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
    details = fields.Nested(SupervisionInput, error_messages=SENTENCES)


class LetterAction(Input):
    """``POST /dispatches/{id}/actions``; ``resume`` is the sender's and takes the case up again."""

    action = choice(LETTER_ACTIONS, required=True)
    data = fields.Nested(ActionData, load_default=dict, error_messages=SENTENCES)


class PageQuery(Input):
    """Paging of every list."""

    limit = whole(1, MAX_LIMIT, strict=False, load_default=50)
    cursor = words(200, metadata={"description": "`next_cursor` of the page before."})


class CaseQuery(PageQuery):
    """Filters of ``GET /cases``."""

    status = choice(Status)
    open = asked(load_default=False)
    overdue = asked(load_default=False)
    channel = choice(Channel)
    category = words(20)
    assignee = identifier()
    registered_from = day()
    registered_to = day()
    closed_from = day()
    closed_to = day()
    due_from = day()
    due_to = day()
    q = words(MAX_TITLE)


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


class NoQuery(Input):
    """A resource without parameters."""
