"""One letter: what this union was told or told, what both sides wrote since, and what may be done now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as Answer

from access.roles import CASE_ROLES
from calendars.workdays import NOTICE
from cases.rules import OPINION_LABELS
from desk.letter_lines import letter_line, next_step, objection_words
from desk.presenters import address_of
from desk.report_page import told_of
from desk.sheets import Excerpt, excerpt_of, sheet_of_letter
from dispatches import glances, queries
from dispatches.files import FileLine, of_letter
from dispatches.kinds import ADOPTIONS, WORKED, LetterKind
from dispatches.models import LetterEvent
from dispatches.queries import LetterView
from dispatches.services import register_case, resume
from dispatches.taking import may_register
from dispatches.workflow import LETTER_TABLE, OPEN, LetterStatus, Side, action_label, senders
from doorway.attempts import attempt
from doorway.guard import guard, work
from doorway.presenting import Lamp
from doorway.words import N_, _
from kernel.errors import ConflictError, IllegalTransitionError, InvalidError, NotFoundError

#: What the date of an act means.
_DATED: dict[str, str] = {
    "order": N_("办结期限：%(day)s"),
    "ask_extension": N_("申请延至：%(day)s"),
    "grant_extension": N_("同意延至：%(day)s"),
    "redo": N_("重办期限：%(day)s"),
}


@dataclass(frozen=True, slots=True)
class Button:
    """Something that may be done now. ``posts`` ones need no form; a primary one is the next step."""

    label: str
    url: str
    primary: bool = False
    posts: bool = False


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the record of a letter."""

    what: str
    who: str
    #: Whether this union wrote it.
    own: bool
    at: datetime
    text: str
    #: Dates, adoption and designation in words.
    more: tuple[str, ...]
    #: What became of each claim, as (claim, opinion, finding).
    outcomes: tuple[tuple[int, str, str], ...]
    excerpt: Excerpt | None
    files: tuple[FileLine, ...]


@dataclass(frozen=True, slots=True)
class Date:
    """A date that matters on this letter."""

    label: str
    #: ``None``: it cannot be said yet, and the note says why.
    day: date | None
    lamp: Lamp | None
    note: str


@guard(*CASE_ROLES)
def letter_page(letter_id: UUID) -> str:
    """What this union was told or told, and what both sides wrote since.

    :raises NotFoundError: when the letter is not there or not the actor's to see.
    """
    unit = work()
    view = queries.get(unit, letter_id)
    today = unit.clock.today()
    files = of_letter(unit, letter_id)
    return render_template(
        "desk/letter.html",
        view=view,
        letter=view.letter,
        line=letter_line(unit, view),
        sheet=sheet_of_letter(unit, view.letter),
        happenings=[_happening(view, event, files) for event in reversed(view.events)],
        files=[file for file in files if file.seq == 1],
        dates=_dates(view, today),
        buttons=_buttons(view),
        further=_further(view),
        earlier=_earlier(view),
        later=[letter_line(unit, found) for found in glances.following(unit, letter_id)],
        told=told_of(view.letter) if view.kind is LetterKind.REPORT else None,
        batch=queries.batch(unit, view.letter.batch_id) if view.letter.batch_id and not view.incoming else None,
    )


def _happening(view: LetterView, event: LetterEvent, files: Sequence[FileLine]) -> Happening:
    told = event.told or {}
    more = []
    if event.due_on is not None:
        day = f"{event.due_on.year}年{event.due_on.month}月{event.due_on.day}日"
        more.append(_(_DATED.get(event.action, N_("期限：%(day)s")), day=day))
    if told.get("adoption"):
        more.append(_("建议采纳情况：%(word)s", word=ADOPTIONS.get(told["adoption"], "—")))
    if told.get("unit"):
        more.append(_("指定单位：%(name)s", name=told["unit"]["name"]))
    if told.get("relayed"):
        more.append(_("转报自%(number)s", number=told["relayed"].get("number", "—")))
    return Happening(
        what=_what(view, event),
        who=event.signed_as,
        own=event.author_id == view.letter.tenant_id,
        at=event.at,
        text=event.text or "",
        more=tuple(more),
        outcomes=tuple(
            (entry["position"], OPINION_LABELS.get(entry.get("opinion"), "—"), entry.get("finding") or "")
            for entry in told.get("outcomes") or ()
        ),
        excerpt=excerpt_of(told["excerpt"]) if told.get("excerpt") else None,
        files=tuple(file for file in files if file.seq == event.seq) if event.seq > 1 else (),
    )


def _what(view: LetterView, event: LetterEvent) -> str:
    """The word of an act in the row of the side that wrote it: 反馈进展 and 补充说明 are one action on two sides."""
    side = Side.SENDER if event.author_id == view.letter.sender_id else Side.RECIPIENT
    for wanted in (side, Side.SYSTEM):
        for row in LETTER_TABLE:
            if row.action == event.action and row.side is wanted and view.kind in row.kinds:
                return row.label
    return action_label(view.kind, event.action)


def _dates(view: LetterView, today: date) -> list[Date]:
    """The date that binds, the one it replaced, the right to object, and what is asked for."""
    line = letter_line(work(), view)
    first = view.letter.due_on or view.letter.reply_due_on
    moved = _("原为%(day)s，已调整", day=first.isoformat()) if first != view.due_on else ""
    found = [Date(line.due_label, view.due_on, line.lamp, moved)]
    if view.extension_asked is not None:
        found.append(Date(_("申请延至"), view.extension_asked, None, _("等发函单位批复")))
    if objection_words(view, today):
        note = _(NOTICE) if view.objection_unsettled else ""
        found.append(Date(_("异议期限"), view.objection_until, None, note or _("收函之日起五个工作日内")))
    return found


def _buttons(view: LetterView) -> list[Button]:
    """The rows of the table for this side: the next step first, then the others."""
    found = []
    if view.may_resume:
        url = url_for("desk.letter_resume", letter_id=view.letter.id)
        found.append(Button(next_step(view), url, primary=True, posts=True))
    if view.case_number is None and may_register(work(), view.letter, view.latest):
        # A matter that was handed over is handled as a case of one's own; registering it begins the work.
        handed = view.status is LetterStatus.SIGNED and "case_number" in view.letter.snapshot
        url = url_for("desk.letter_register", letter_id=view.letter.id)
        found.append(Button(_("登记为本单位信访件"), url, primary=handed, posts=True))
    for row in view.actions:
        name = "desk.letter_form" if row.fields else "desk.letter_act"
        found.append(
            Button(
                row.label,
                url_for(name, letter_id=view.letter.id, action=row.action),
                primary=row.primary and not any(button.primary for button in found),
                posts=not row.fields,
            )
        )
    return sorted(found, key=lambda button: not button.primary)


def _further(view: LetterView) -> list[Button]:
    """Letters that may follow this one: a reminder, a supervision, another way for what came back or came in."""
    unit, letter = work(), view.letter
    roles, refers = unit.actor.roles, str(letter.id)
    is_open = view.status in OPEN

    def may(kind: LetterKind) -> bool:
        return bool(senders(kind) & roles)

    def leads(**values: str | None) -> str:
        return address_of("desk.compose", {"refers": refers, **values})

    found = []
    if not view.incoming and is_open and view.kind is not LetterKind.URGE and may(LetterKind.URGE):
        found.append(Button(_("催办"), leads(kind=LetterKind.URGE.value)))
    if not view.incoming and is_open and view.kind in WORKED and may(LetterKind.SUPERVISION):
        found.append(Button(_("督办"), leads(kind=LetterKind.SUPERVISION.value, to=str(letter.recipient_id))))
    again = view.kind in (LetterKind.ORDER, LetterKind.TRANSFER, LetterKind.ASSIST)
    if not view.incoming and again and view.status is LetterStatus.RETURNED and may(view.kind):
        found.append(Button(_("改送其他单位"), leads(kind=view.kind.value, case=view.case_number, forward="1")))
    if view.incoming and again and is_open and may(LetterKind.TRANSFER):
        found.append(Button(_("转交其他单位"), leads(forward="1")))
    return found


@guard(*CASE_ROLES)
def letter_register(letter_id: UUID) -> Answer:
    """Make the own case of a letter, or lead to the one that was made before."""
    try:
        with attempt():
            case = register_case(work(), letter_id)
    except (ConflictError, IllegalTransitionError, InvalidError) as error:
        flash(error.message, "warning")
        return redirect(url_for("desk.letter_page", letter_id=letter_id), code=303)
    flash(_("已根据来函登记为%(number)s。", number=case.number), "success")
    return redirect(url_for("desk.case_page", number=case.number), code=303)


def _earlier(view: LetterView) -> tuple[str, str] | None:
    """The letter that this one follows, when this union has a copy of it."""
    if view.refers_to is None:
        return None
    try:
        earlier = queries.get(work(), view.refers_to)
    except NotFoundError:
        return None
    return url_for("desk.letter_page", letter_id=earlier.letter.id), earlier.letter.number


@guard(*CASE_ROLES)
def letter_resume(letter_id: UUID) -> Answer:
    """Take the case up again under what came from above, and go on with it."""
    try:
        with attempt():
            case = resume(work(), letter_id)
    except (ConflictError, IllegalTransitionError) as error:
        flash(error.message, "warning")
        return redirect(url_for("desk.letter_page", letter_id=letter_id), code=303)
    flash(_("已按上级意见继续办理。"), "success")
    return redirect(url_for("desk.case_page", number=case.number), code=303)


ROUTES = (
    ("/dispatches/<uuid:letter_id>", letter_page, ("GET",)),
    ("/dispatches/<uuid:letter_id>/resume", letter_resume, ("POST",)),
    ("/dispatches/<uuid:letter_id>/register", letter_register, ("POST",)),
)
