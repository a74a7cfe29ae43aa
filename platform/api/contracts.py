"""What the API answers, for the OpenAPI document; the contract tests load every answer with these, strictly."""

from __future__ import annotations

from marshmallow import fields

from api.handling_contracts import FollowUpLine, RatingLine, Results, TaskLine
from api.outputs import Output, maybe
from measures.models import COUNTS


class CaseLine(Output):
    """A case in a list."""

    number = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.String(required=True)
    status_label = fields.String(required=True)
    channel = fields.String(required=True)
    purpose = maybe(fields.String)
    category = maybe(fields.String)
    tier = maybe(fields.String)
    received_on = fields.Date(required=True)
    registered_at = fields.AwareDateTime(required=True)
    closed_at = maybe(fields.AwareDateTime)
    due_on = maybe(fields.Date)
    due_kind = maybe(fields.String)
    assignee = maybe(fields.UUID)
    headcount = fields.Integer(required=True)
    anonymous = fields.Boolean(required=True)
    confidential = fields.Boolean(required=True)
    collective = fields.Boolean(required=True)
    joint = fields.Boolean(required=True)
    urgent = fields.Boolean(required=True)
    repeat = fields.Boolean(required=True)
    sealed = fields.Boolean(required=True)
    version = fields.Integer(required=True)


class CaseAfterAction(CaseLine):
    """A case after an action; an escalation names its letter."""

    dispatch = fields.UUID()


class ClaimLine(Output):
    """One claim (诉求)."""

    position = fields.Integer(required=True)
    text = fields.String(required=True)
    category = maybe(fields.String)
    opinion = maybe(fields.String)
    finding = maybe(fields.String)
    #: 三到位一处理, and whether aid was given beside it.
    disposition = maybe(fields.String)
    aided = fields.Boolean(required=True)


class PartyLine(Output):
    """One party, masked; showing an identity takes a reason and is done at the desk."""

    position = fields.Integer(required=True)
    role = fields.String(required=True)
    subject_type = maybe(fields.String)
    organisation = maybe(fields.String)
    authority = maybe(fields.String)
    workplace = maybe(fields.UUID)
    name_mask = maybe(fields.String)
    phone_mask = maybe(fields.String)


class ClockLine(Output):
    """One statutory clock."""

    kind = fields.String(required=True)
    started_on = fields.Date(required=True)
    due_on = fields.Date(required=True)
    original_due_on = fields.Date(required=True)
    stopped_on = maybe(fields.Date)
    #: Why the due date is no longer the first one.
    due_reason = maybe(fields.String)
    #: Days from here do not count until a hearing is over.
    paused_on = maybe(fields.Date)
    #: Who is late when it has run out: ``union``, ``petitioner``, ``others`` or ``worker``.
    whose = fields.String(required=True)
    basis = fields.String(required=True)


class ActionLine(Output):
    """An action that the caller may take now, with the fields of its `data`."""

    action = fields.String(required=True)
    label = fields.String(required=True)
    fields_ = fields.List(fields.String(), required=True, data_key="fields")


class CaseFile(CaseLine):
    """A case with everything that its file holds."""

    content = fields.String(required=True)
    way = maybe(fields.String)
    arrival = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    aim = maybe(fields.String)
    background = maybe(fields.String)
    first_in_system = maybe(fields.Boolean)
    first_handler = maybe(fields.UUID)
    department = maybe(fields.UUID)
    results = fields.Nested(Results, required=True)
    tasks = fields.List(fields.Nested(TaskLine), required=True)
    ratings = fields.List(fields.Nested(RatingLine), required=True)
    follow_ups = fields.List(fields.Nested(FollowUpLine), required=True)
    claims = fields.List(fields.Nested(ClaimLine), required=True)
    parties = fields.List(fields.Nested(PartyLine), required=True)
    clocks = fields.List(fields.Nested(ClockLine), required=True)
    dispatches = fields.List(fields.UUID(), required=True)
    actions = fields.List(fields.Nested(ActionLine), required=True)


class CasePage(Output):
    """A page of cases."""

    cases = fields.List(fields.Nested(CaseLine), required=True)
    next_cursor = maybe(fields.String)


class Correspondent(Output):
    """A union on one end of a letter."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)


class LetterEventLine(Output):
    """One act on a letter."""

    seq = fields.Integer(required=True)
    action = fields.String(required=True)
    status = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    signed_as = fields.String(required=True)
    text = maybe(fields.String)
    due_on = maybe(fields.Date)
    told = fields.Dict(keys=fields.String(), required=True, allow_none=True)


class LetterCopy(Output):
    """The own union's copy of a letter."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    kind = fields.String(required=True)
    side = fields.String(required=True)
    sender = fields.Nested(Correspondent, required=True)
    recipient = fields.Nested(Correspondent, required=True)
    subject = fields.String(required=True)
    reason = fields.String(required=True)
    request = fields.String(required=True)
    snapshot = fields.Dict(keys=fields.String(), required=True)
    sealed = fields.Boolean(required=True)
    case = maybe(fields.String)
    status = fields.String(required=True)
    status_label = fields.String(required=True)
    sent_at = fields.AwareDateTime(required=True)
    reply_due_on = fields.Date(required=True)
    due_on = fields.Date(required=True)
    objection_until = maybe(fields.Date)
    extension_asked = maybe(fields.Date)
    refers_to = maybe(fields.UUID)
    beyond = maybe(fields.Integer)
    skipped = fields.Integer(required=True)
    skip_reason = maybe(fields.String)
    overdue = fields.Boolean(required=True)
    events = fields.List(fields.Nested(LetterEventLine), required=True)
    actions = fields.List(fields.Nested(ActionLine), required=True)


class LetterPage(Output):
    """A page of letters; `events` holds the newest one only."""

    dispatches = fields.List(fields.Nested(LetterCopy), required=True)
    next_cursor = maybe(fields.String)


class TenantLine(Output):
    """A union's name and place."""

    id = fields.Integer(required=True)
    slug = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    level = fields.Integer(required=True)


class TenantTree(Output):
    """The own line upward and the unions directly below."""

    own = fields.Nested(TenantLine, required=True)
    ancestors = fields.List(fields.Nested(TenantLine), required=True)
    children = fields.List(fields.Nested(TenantLine), required=True)


_Counts = Output.from_dict({name: fields.Integer(required=True) for name in COUNTS}, name="Counts")


class FactLine(_Counts):  # type: ignore[valid-type, misc]
    """Figures of one day, category and channel, in cases (件) unless the name says otherwise."""

    day = fields.Date(required=True)
    category = fields.String(required=True)
    channel = fields.String(required=True)


class MeasureLine(Output):
    """One measure of the catalogue: its definition, and its figure as the asker may see it.

    `value` is null for 0/0 and where a part is hidden; `denominator` is null for a plain count.
    """

    key = fields.String(required=True)
    name = fields.String(required=True)
    english = fields.String(required=True)
    unit = fields.String(required=True)
    cohort = fields.String(required=True)
    definition = fields.String(required=True)
    source = fields.String(required=True)
    gaming = fields.String(required=True)
    beside = fields.List(fields.String(), required=True)
    assumed = fields.Boolean(required=True)
    numerator = maybe(fields.Integer)
    denominator = maybe(fields.Integer)
    value = maybe(fields.Float)
    hidden = fields.Boolean(required=True)


class MeasurePage(Output):
    """All measures of one period; `unit` is `own`, `subtree` or the number of a direct subordinate.

    `recounting` is a sentence while a second count corrects figures, so that levels may disagree; else null.

    `begins` is the first day with figures of a unit that is younger than the period, else null.
    `without` are the categories that the asker may not see (检举控告): no measure counts their cases.
    """

    as_of = maybe(fields.AwareDateTime)
    recounting = maybe(fields.String)
    unit = fields.String(required=True)
    first = fields.Date(required=True)
    last = fields.Date(required=True)
    begins = maybe(fields.Date)
    without = fields.List(fields.String(), required=True)
    measures = fields.List(fields.Nested(MeasureLine), required=True)


class FactPage(Output):
    """A page of the own union's figures, oldest first; `as_of` is when they were last complete.

    `recounting` is as in `MeasurePage`.
    """

    as_of = maybe(fields.AwareDateTime)
    recounting = maybe(fields.String)
    facts = fields.List(fields.Nested(FactLine), required=True)
    next_cursor = maybe(fields.String)


class AuditLine(Output):
    """One event of the log; its data never says what a case says."""

    seq = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    actor = maybe(fields.UUID)
    actor_name = fields.String(required=True)
    action = fields.String(required=True)
    subject_type = fields.String(required=True)
    subject = maybe(fields.UUID)
    data = fields.Dict(keys=fields.String(), required=True)


class AuditPage(Output):
    """A page of the log."""

    events = fields.List(fields.Nested(AuditLine), required=True)
    next_cursor = maybe(fields.String)


class Problem(Output):
    """An error (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    request_id = fields.String(required=True)
    errors = fields.Dict(keys=fields.String(), values=fields.String())
