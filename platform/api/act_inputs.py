"""What machines may send with an act: every field of the two tables; which of it an act takes, the tables say."""

from __future__ import annotations

from marshmallow import fields, validate

from api.inputs import MAX_VERSION, SENTENCES, Input, choice, day, flag, identifier, whole, words
from cases.field_kit import MAX_TEXT as MAX_ACTION_TEXT
from cases.handling_rules import DISPOSITIONS, MEASURES, RATED, TOLD_HOW
from cases.intake import MAX_TITLE
from cases.options import (
    FINAL_OUTCOMES,
    HEARINGS,
    OUTCOMES,
    RECEIPTS,
    REFUSALS_AGAIN,
    RIGHTS,
    ROUTES,
    SIMPLE_GROUNDS,
    STAFF_WITHDRAWALS,
    SUGGESTIONS,
    TERMINATIONS,
)
from cases.rules import ON_THE_SPOT_PURPOSES, Opinion, Purpose, Rating, Refusal, Tier
from dispatches.kinds import ADOPTIONS
from documents.outcomes import MAX_NOTE, MAX_TRACKING, TAKERS


class OpinionInput(Input):
    """The outcome of one claim."""

    opinion = choice(Opinion, required=True)
    finding = words(MAX_ACTION_TEXT, required=True)


class DispositionInput(Input):
    """三到位一处理 of one claim; ``aided`` beside 解决问题 or 思想教育."""

    disposition = choice(DISPOSITIONS, required=True)
    aided = flag()


class ActionData(Input):
    """Every field that an action may take; which ones, the table says (``GET /cases/{number}`` lists them)."""

    purpose = choice(Purpose)
    spot_purpose = choice(ON_THE_SPOT_PURPOSES)
    category = words(20)
    tier = choice(Tier)
    competence_note = words(MAX_ACTION_TEXT)
    department = identifier(allow_none=True)
    retaliation = flag()
    conflict = flag()
    accused = words(
        MAX_TITLE, metadata={"description": "Name or slug of the union complained of, if it is one of ours."}
    )
    accused_staff = fields.List(
        identifier(),
        error_messages=SENTENCES,
        metadata={"description": "Accounts of the union's own staff whom a report accuses: they never see the case."},
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
    extend_to = day()
    simple_ground = choice(SIMPLE_GROUNDS)
    simple_checked = flag()
    refusal_again = choice(REFUSALS_AGAIN)
    earlier = words(MAX_TITLE)
    receipt = choice(RECEIPTS)
    receiver = choice(TAKERS)
    tracking = words(MAX_TRACKING)
    service_note = words(MAX_NOTE)
    execution_plan = words(MAX_ACTION_TEXT)
    executed_on = day(
        allow_none=True, metadata={"description": "Required by close where a claim is supported and was carried out."}
    )
    execute_by = day(allow_none=True)
    archive_no = words(MAX_TITLE)
    mediator = words(MAX_TITLE)
    both_agree = flag()
    agreement = words(MAX_ACTION_TEXT)
    agreed_on = day()
    performed_on = day(allow_none=True)
    hearing_form = choice(HEARINGS)
    hearing_on = day()
    participants = words(MAX_ACTION_TEXT)
    hearing_record = words(MAX_ACTION_TEXT)
    employer = words(MAX_TITLE)
    demands = words(MAX_ACTION_TEXT)
    employer_reply = words(MAX_ACTION_TEXT)
    proposal_to = words(MAX_TITLE)
    right = choice(RIGHTS)
    right_from = day()
    interrupted_on = day()
    reported_to = words(MAX_TITLE)
    progress = words(MAX_ACTION_TEXT)
    supervise_reason = words(MAX_ACTION_TEXT)
    supervise_by = day()
    supervision_answer = words(MAX_ACTION_TEXT)
    suggestion = choice(SUGGESTIONS)
    advised_unit = words(MAX_TITLE)
    suggestion_text = words(MAX_ACTION_TEXT)
    route = choice(ROUTES)
    target_body = words(MAX_TITLE)
    limitation_on = day(allow_none=True)
    withdrawal = choice(STAFF_WITHDRAWALS)
    withdrawn_on = day()
    statement = words(MAX_ACTION_TEXT)
    termination = choice(TERMINATIONS)
    lead = words(60, metadata={"description": "The number of the case that this one is merged into."})
    same_people = flag(metadata={"description": "Needed where no petitioner of both cases is the same by index."})
    first_case = words(60, metadata={"description": "The number of the first case of the same matter."})
    claims_chosen = fields.List(whole(1, 99), metadata={"description": "Positions of the claims to split off."})
    review_asked_on = day()
    review_body = words(MAX_TITLE)
    review_outcome = choice(FINAL_OUTCOMES)
    review_decision = choice(OUTCOMES)
    review_number = words(MAX_TITLE)
    review_text = words(MAX_ACTION_TEXT)
    review_served_on = day()
    redo_by = day(allow_none=True)
    text = words(MAX_ACTION_TEXT)
    due_on = day()
    adoption = choice(ADOPTIONS)
    unit = whole(1, MAX_VERSION)
    declared = words(MAX_ACTION_TEXT, metadata={"description": "The interest that the handler declared, if any."})
    dispositions = fields.Dict(
        keys=fields.String(
            validate=validate.Regexp(r"[1-9]\d{0,1}\Z", error="应为诉求的序号。"), error_messages=SENTENCES
        ),
        values=fields.Nested(DispositionInput),
        error_messages=SENTENCES,
    )
    measures = fields.List(choice(MEASURES), error_messages=SENTENCES)
    recovered = words(20, metadata={"description": "Yuan with two places at most."})
    helped = whole(0, 9_999_999, allow_none=True)
    task_department = identifier(allow_none=True)
    task_handler = identifier(allow_none=True)
    task_asked = words(MAX_ACTION_TEXT)
    task_due = day()
    open_task = identifier()
    interest = words(MAX_ACTION_TEXT)
    permitted = identifier()
    first_handler = identifier()
    invited = fields.List(identifier(), error_messages=SENTENCES)
    rated_about = choice(RATED)
    told_how = choice(TOLD_HOW)
