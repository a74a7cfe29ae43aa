"""What the lists show: cases and letters as plain lines, with words for every code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import url_for

from access.actor import Actor
from cases.models import Case
from cases.policy import acts_as_assignee_only
from cases.rules import CHANNEL_LABELS, Channel
from cases.workflow import CASE_WORKFLOW, OPEN, STATUS_LABELS, Status
from dispatches.queries import BACK_AT_SENDER, OPEN_AT_RECIPIENT, LetterView
from dispatches.workflow import KIND_LABELS, LETTER_STATUS_LABELS, LetterKind, LetterStatus
from doorway.presenting import Lamp, lamp
from doorway.words import _
from kernel.workflow import Transition


@dataclass(frozen=True, slots=True)
class Tag:
    """A mark beside a title; ``strong`` ones need care now."""

    word: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case in a list. It holds no identity."""

    number: str
    title: str
    url: str
    channel: str
    category: str
    status: str
    is_open: bool
    lamp: Lamp | None
    due_on: date | None
    is_late: bool
    assignee: str
    registered_at: datetime
    next_step: str
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One letter in a list, from this union's side."""

    number: str
    kind: str
    subject: str
    url: str
    #: The other union.
    other: str
    status: str
    is_open: bool
    lamp: Lamp | None
    due_on: date
    is_late: bool
    sent_at: datetime
    next_step: str


def address_of(endpoint: str, values: Mapping[str, str | None]) -> str:
    """An address with the values that are not empty."""
    given: dict[str, Any] = {key: value for key, value in values.items() if value}
    return url_for(endpoint, **given)


def tags_of(case: Case) -> tuple[Tag, ...]:
    """Marks of a case, the pressing ones first."""
    marks = (
        (case.urgent, Tag(_("紧急"), strong=True)),
        (case.sealed, Tag(_("检举控告"), strong=True)),
        (case.collective, Tag(_("集体"))),
        (case.repeat, Tag(_("重复"))),
        (case.confidential, Tag(_("要求保密"))),
        (case.anonymous, Tag(_("匿名"))),
    )
    return tuple(tag for held, tag in marks if held)


def rows_for(actor: Actor, case: Case) -> list[Transition[Status]]:
    """The table's rows that the actor may start on the case now, in table order; internal rows are not among them."""
    rows = CASE_WORKFLOW.available(Status(case.status), actor.roles)
    own = case.assignee_id == actor.user_id
    return [row for row in rows if own or not acts_as_assignee_only(actor, row.roles)]


def primary_of(rows: Sequence[Transition[Status]]) -> Transition[Status] | None:
    """The one primary button: the first row with the mark."""
    return next((row for row in rows if row.primary), None)


def case_lines(
    actor: Actor,
    cases: Sequence[Case],
    today: date,
    *,
    names: Mapping[UUID, str],
    categories: Mapping[str, str],
) -> list[CaseLine]:
    """Lines of a list, in the order given."""
    return [_case_line(actor, case, today, names, categories) for case in cases]


def _case_line(
    actor: Actor, case: Case, today: date, names: Mapping[UUID, str], categories: Mapping[str, str]
) -> CaseLine:
    step = primary_of(rows_for(actor, case))
    return CaseLine(
        number=case.number,
        title=case.title,
        url=url_for("desk.case_page", number=case.number),
        channel=CHANNEL_LABELS[Channel(case.channel)],
        category=categories.get(case.category_code or "", "—"),
        status=STATUS_LABELS[Status(case.status)],
        is_open=Status(case.status) in OPEN,
        lamp=lamp(case.due_on, today),
        due_on=case.due_on,
        is_late=case.due_on is not None and case.due_on < today,
        assignee=names.get(case.assignee_id, "—") if case.assignee_id else "—",
        registered_at=case.registered_at,
        next_step=step.label if step else "",
        tags=tags_of(case),
    )


def letter_lines(letters: Sequence[LetterView], today: date) -> list[LetterLine]:
    """Lines of letters, in the order given."""
    return [letter_line(view, today) for view in letters]


def letter_line(view: LetterView, today: date) -> LetterLine:
    """One letter as its union sees it."""
    letter = view.letter
    waiting = view.status in OPEN_AT_RECIPIENT or (view.status in BACK_AT_SENDER and view.may_resume)
    return LetterLine(
        number=letter.number,
        kind=KIND_LABELS[LetterKind(letter.kind)],
        subject=letter.subject,
        url=url_for("desk.letter_page", letter_id=letter.id),
        other=letter.sender_name if view.incoming else letter.recipient_name,
        status=letter_status(view),
        is_open=waiting,
        lamp=lamp(view.due_on, today) if view.status in OPEN_AT_RECIPIENT else None,
        due_on=view.due_on,
        is_late=view.overdue,
        sent_at=letter.sent_at,
        next_step=_next_step(view),
    )


def letter_status(view: LetterView) -> str:
    """Where the letter stands, in the words of the side that reads it."""
    if not view.incoming and view.status is LetterStatus.SENT:
        return _("待上级签收")
    if view.incoming and view.status in BACK_AT_SENDER:
        return _("已答复下级") if view.status is LetterStatus.ANSWERED else _("已交办下级")
    return LETTER_STATUS_LABELS[view.status]


def _next_step(view: LetterView) -> str:
    if view.may_resume:
        return CASE_WORKFLOW.label("resume")
    return next((row.label for row in view.actions if row.primary), "")
