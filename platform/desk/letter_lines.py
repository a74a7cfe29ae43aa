"""Letters in lists: one line each, in the words of the side that reads it, with the dates that bind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for

from access.actor import Work
from calendars.workdays import NOTICE
from cases.workflow import CASE_WORKFLOW
from dispatches.copies import awaits_recipient
from dispatches.kinds import INFORMING, KIND_LABELS, LetterKind
from dispatches.queries import BACK_AT_SENDER, LetterView
from dispatches.workflow import LETTER_STATUS_LABELS, OPEN, LetterStatus, Side
from doorway.presenting import Lamp, lamp
from doorway.words import N_, _
from kernel.clock import china_date
from tenants import settings

#: (side, status) → the words of that side. Statuses that read the same on both sides are not here.
_WORDS: dict[tuple[Side, LetterStatus], str] = {
    (Side.SENDER, LetterStatus.SENT): N_("待对方签收"),
    (Side.SENDER, LetterStatus.SIGNED): N_("对方已签收"),
    (Side.SENDER, LetterStatus.WORKING): N_("对方办理中"),
    (Side.SENDER, LetterStatus.REPLIED): N_("对方已反馈，待审核"),
    (Side.SENDER, LetterStatus.OBJECTED): N_("对方有异议，待核实"),
    (Side.SENDER, LetterStatus.EXTENSION): N_("对方申请延期，待批"),
    (Side.SENDER, LetterStatus.RETURNED): N_("对方已退回"),
    (Side.RECIPIENT, LetterStatus.REPLIED): N_("已反馈，待对方审核"),
    (Side.RECIPIENT, LetterStatus.OBJECTED): N_("已提异议，待对方核实"),
    (Side.RECIPIENT, LetterStatus.EXTENSION): N_("已申请延期，待对方批复"),
    (Side.RECIPIENT, LetterStatus.RETURNED): N_("已退回对方"),
    (Side.RECIPIENT, LetterStatus.WITHDRAWN): N_("对方已撤回"),
    (Side.RECIPIENT, LetterStatus.ANSWERED): N_("已答复下级"),
    (Side.RECIPIENT, LetterStatus.ORDERED): N_("已交办下级"),
}
#: Where the next step is a decision, the list does not say how it will come out.
_DECIDES: dict[LetterStatus, str] = {
    LetterStatus.REPLIED: N_("审核反馈"),
    LetterStatus.OBJECTED: N_("核实异议"),
    LetterStatus.EXTENSION: N_("批复延期"),
}
#: What the date that binds is called; worked letters say 反馈期限.
_DUE: dict[LetterKind, str] = {
    LetterKind.ESCALATION: N_("答复期限"),
    LetterKind.DISPUTE: N_("答复期限"),
    LetterKind.URGE: N_("回复期限"),
    LetterKind.REVIEW: N_("复查（复核）期限"),
    **dict.fromkeys(INFORMING, N_("签收期限")),
}


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
    due_label: str
    due_on: date
    is_late: bool
    sent_at: datetime
    next_step: str
    #: How long it has waited to be signed; empty afterwards.
    waited: str
    #: Until when the recipient may object, while it may.
    objection: str


def letter_lines(unit: Work, letters: Sequence[LetterView]) -> list[LetterLine]:
    """Lines of letters, in the order given."""
    return [letter_line(unit, view) for view in letters]


def letter_line(unit: Work, view: LetterView) -> LetterLine:
    """One letter as the union of ``unit`` sees it, its lamp in that union's own warning bands."""
    letter, kind, today = view.letter, view.kind, unit.clock.today()
    bands = settings.of(unit.session).warning_bands
    burning = lamp(view.due_on, today, begun=begun_on(view), bands=bands)
    return LetterLine(
        number=letter.number,
        kind=KIND_LABELS[kind],
        subject=letter.subject,
        url=url_for("desk.letter_page", letter_id=letter.id),
        other=letter.sender_name if view.incoming else letter.recipient_name,
        status=letter_status(view),
        is_open=view.status in OPEN or view.may_resume,
        lamp=burning if awaits_recipient(kind, view.status) else None,
        due_label=_(_DUE.get(kind, N_("反馈期限"))),
        due_on=view.due_on,
        is_late=view.overdue,
        sent_at=letter.sent_at,
        next_step=next_step(view),
        waited=_waited(view, today),
        objection=objection_words(view, today),
    )


def begun_on(view: LetterView) -> date:
    """When the time began that ends with the date that binds: the sending, or the last time it was sent back to redo.

    An extension lengthens the time and begins none.
    """
    redone = next((event.at for event in reversed(view.events) if event.action == "redo"), None)
    return china_date(redone or view.letter.sent_at)


def letter_status(view: LetterView) -> str:
    """Where the letter stands, in the words of the side that reads it."""
    return status_words(view.my_side, view.kind, view.status)


def status_words(side: Side, kind: LetterKind, status: LetterStatus) -> str:
    """A status of a kind, in the words of a side."""
    if status is LetterStatus.CLOSED and kind in INFORMING:
        return _("已阅存")
    if status is LetterStatus.SENT and side is Side.SENDER and kind is LetterKind.ESCALATION:
        return _("待上级签收")
    return _(_WORDS.get((side, status), LETTER_STATUS_LABELS[status]))


def next_step(view: LetterView) -> str:
    """The step that this actor has to take; empty when it is somebody else's."""
    if view.may_resume:
        came_back = view.status in BACK_AT_SENDER and view.status is not LetterStatus.RETURNED
        return CASE_WORKFLOW.label("resume") if came_back else _("退回后继续办理")
    decided = next((row.label for row in view.actions if row.primary), "")
    return _(_DECIDES[view.status]) if decided and view.status in _DECIDES else decided


def _waited(view: LetterView, today: date) -> str:
    if view.status is not LetterStatus.SENT:
        return ""
    days = (today - china_date(view.letter.sent_at)).days
    return _("待签收%(days)d天", days=days) if days else _("今天发出")


def objection_words(view: LetterView, today: date) -> str:
    """“异议期限” while the letter may still be objected to."""
    if view.status not in (LetterStatus.SENT, LetterStatus.SIGNED):
        return ""
    until = view.objection_until
    if view.objection_unsettled:
        return _("异议期限待定（%(notice)s）", notice=_(NOTICE))
    if until is None or until < today:
        return ""
    return _("异议期限%(month)d月%(day)d日", month=until.month, day=until.day)
