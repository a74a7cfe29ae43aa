"""What the API answers, for the OpenAPI document; the contract tests load every answer with these, strictly."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, fields

from measures.models import COUNTS


class Output(Schema):
    """Root of the answers: a field that is not declared here is a broken contract."""

    class Meta:
        """Strict."""

        unknown = RAISE


def _maybe(kind: type[fields.Field], **options: Any) -> fields.Field:
    return kind(required=True, allow_none=True, **options)


class CaseLine(Output):
    """A case in a list."""

    number = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.String(required=True)
    status_label = fields.String(required=True)
    channel = fields.String(required=True)
    purpose = _maybe(fields.String)
    category = _maybe(fields.String)
    tier = _maybe(fields.String)
    received_on = fields.Date(required=True)
    registered_at = fields.AwareDateTime(required=True)
    closed_at = _maybe(fields.AwareDateTime)
    due_on = _maybe(fields.Date)
    due_kind = _maybe(fields.String)
    assignee = _maybe(fields.UUID)
    headcount = fields.Integer(required=True)
    anonymous = fields.Boolean(required=True)
    confidential = fields.Boolean(required=True)
    collective = fields.Boolean(required=True)
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
    category = _maybe(fields.String)
    opinion = _maybe(fields.String)
    finding = _maybe(fields.String)
    #: 三到位一处理, and whether aid was given beside it.
    disposition = _maybe(fields.String)
    aided = fields.Boolean(required=True)


class PartyLine(Output):
    """One party, masked; showing an identity takes a reason and is done at the desk."""

    position = fields.Integer(required=True)
    role = fields.String(required=True)
    subject_type = _maybe(fields.String)
    organisation = _maybe(fields.String)
    authority = _maybe(fields.String)
    workplace = _maybe(fields.UUID)
    name_mask = _maybe(fields.String)
    phone_mask = _maybe(fields.String)


class ClockLine(Output):
    """One statutory clock."""

    kind = fields.String(required=True)
    started_on = fields.Date(required=True)
    due_on = fields.Date(required=True)
    original_due_on = fields.Date(required=True)
    stopped_on = _maybe(fields.Date)
    #: Why the due date is no longer the first one.
    due_reason = _maybe(fields.String)
    #: Days from here do not count until a hearing is over.
    paused_on = _maybe(fields.Date)
    #: Who is late when it has run out: ``union``, ``petitioner``, ``others`` or ``worker``.
    whose = fields.String(required=True)
    basis = fields.String(required=True)


class ActionLine(Output):
    """An action that the caller may take now, with the fields of its `data`."""

    action = fields.String(required=True)
    label = fields.String(required=True)
    fields_ = fields.List(fields.String(), required=True, data_key="fields")


class TaskLine(Output):
    """What a department was asked inside a case (交部门办理)."""

    id = fields.UUID(required=True)
    department = _maybe(fields.UUID)
    handler = _maybe(fields.UUID)
    asked = fields.String(required=True)
    due_on = fields.Date(required=True)
    original_due_on = fields.Date(required=True)
    status = fields.String(required=True)
    answer = _maybe(fields.String)


class RatingLine(Output):
    """A rating, newest first; `entered_by` says in whose hand it is."""

    about = fields.String(required=True)
    rating = fields.String(required=True)
    reason = fields.String(required=True)
    entered_by = fields.String(required=True)
    told_how = _maybe(fields.String)
    recorded_at = fields.AwareDateTime(required=True)


class FollowUpLine(Output):
    """A contact after closing (回访)."""

    place = fields.Integer(required=True)
    due_on = fields.Date(required=True)
    contacted_at = _maybe(fields.AwareDateTime)
    reached = _maybe(fields.Boolean)
    content = _maybe(fields.String)
    retaliation = _maybe(fields.Boolean)


class Results(Output):
    """What came of a case: measures, money recovered in 分, people helped."""

    measures = fields.List(fields.String(), required=True)
    recovered_fen = _maybe(fields.Integer)
    helped = _maybe(fields.Integer)


class CaseFile(CaseLine):
    """A case with everything that its file holds."""

    content = fields.String(required=True)
    way = _maybe(fields.String)
    arrival = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    aim = _maybe(fields.String)
    background = _maybe(fields.String)
    first_in_system = _maybe(fields.Boolean)
    first_handler = _maybe(fields.UUID)
    department = _maybe(fields.UUID)
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
    next_cursor = _maybe(fields.String)


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
    text = _maybe(fields.String)
    due_on = _maybe(fields.Date)
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
    case = _maybe(fields.String)
    status = fields.String(required=True)
    status_label = fields.String(required=True)
    sent_at = fields.AwareDateTime(required=True)
    reply_due_on = fields.Date(required=True)
    due_on = fields.Date(required=True)
    objection_until = _maybe(fields.Date)
    extension_asked = _maybe(fields.Date)
    refers_to = _maybe(fields.UUID)
    beyond = _maybe(fields.Integer)
    skipped = fields.Integer(required=True)
    skip_reason = _maybe(fields.String)
    overdue = fields.Boolean(required=True)
    events = fields.List(fields.Nested(LetterEventLine), required=True)
    actions = fields.List(fields.Nested(ActionLine), required=True)


class LetterPage(Output):
    """A page of letters; `events` holds the newest one only."""

    dispatches = fields.List(fields.Nested(LetterCopy), required=True)
    next_cursor = _maybe(fields.String)


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


class FactPage(Output):
    """A page of the own union's figures, oldest first; `as_of` is when they were last complete."""

    as_of = _maybe(fields.AwareDateTime)
    facts = fields.List(fields.Nested(FactLine), required=True)
    next_cursor = _maybe(fields.String)


class AuditLine(Output):
    """One event of the log; its data never says what a case says."""

    seq = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    actor = _maybe(fields.UUID)
    actor_name = fields.String(required=True)
    action = fields.String(required=True)
    subject_type = fields.String(required=True)
    subject = _maybe(fields.UUID)
    data = fields.Dict(keys=fields.String(), required=True)


class AuditPage(Output):
    """A page of the log."""

    events = fields.List(fields.Nested(AuditLine), required=True)
    next_cursor = _maybe(fields.String)


class Problem(Output):
    """An error (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    request_id = fields.String(required=True)
    errors = fields.Dict(keys=fields.String(), values=fields.String())
