"""What the API answers about the handling of a case."""

from __future__ import annotations

from marshmallow import fields

from api.outputs import Output, maybe


class TaskLine(Output):
    """What a department was asked inside a case (交部门办理)."""

    id = fields.UUID(required=True)
    department = maybe(fields.UUID)
    handler = maybe(fields.UUID)
    asked = fields.String(required=True)
    due_on = fields.Date(required=True)
    original_due_on = fields.Date(required=True)
    status = fields.String(required=True)
    answer = maybe(fields.String)


class RatingLine(Output):
    """A rating, newest first; `entered_by` says in whose hand it is."""

    about = fields.String(required=True)
    rating = fields.String(required=True)
    reason = fields.String(required=True)
    entered_by = fields.String(required=True)
    told_how = maybe(fields.String)
    recorded_at = fields.AwareDateTime(required=True)


class FollowUpLine(Output):
    """A contact after closing (回访)."""

    place = fields.Integer(required=True)
    due_on = fields.Date(required=True)
    contacted_at = maybe(fields.AwareDateTime)
    reached = maybe(fields.Boolean)
    content = maybe(fields.String)
    retaliation = maybe(fields.Boolean)


class Results(Output):
    """What came of a case: measures, money recovered in 分, people helped."""

    measures = fields.List(fields.String(), required=True)
    recovered_fen = maybe(fields.Integer)
    helped = maybe(fields.Integer)
