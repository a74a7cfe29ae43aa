"""来往函件: letters that came in and letters that went out, each with what both sides wrote on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from access.roles import CASE_ROLES
from cases.rules import CHANNEL_LABELS, PURPOSE_LABELS
from cases.workflow import CASE_WORKFLOW
from desk.forms import read_action
from desk.presenters import letter_line, letter_lines
from desk.widgets import widgets
from dispatches import queries
from dispatches.queries import LetterView
from dispatches.services import act, resume
from dispatches.workflow import LETTER_STATUS_LABELS, RECIPIENT_WORKFLOW, LetterStatus, Side
from doorway.attempts import attempt
from doorway.guard import guard, work
from doorway.words import _
from kernel.errors import ConflictError, ForbiddenError, IllegalTransitionError, InvalidError, NotFoundError
from kernel.workflow import Transition

PAGE = 50
BOXES = {"in": Side.RECIPIENT, "out": Side.SENDER}


@guard(*CASE_ROLES)
def letter_list() -> str:
    """One box at a time, newest first, fifty a page."""
    unit = work()
    box = request.args.get("box", "in")
    side = BOXES.get(box, Side.RECIPIENT)
    found = queries.page(unit, side=side, limit=PAGE, cursor=request.args.get("cursor") or None)
    return render_template(
        "desk/letters.html",
        box="out" if side is Side.SENDER else "in",
        lines=letter_lines(found.letters, unit.clock.today()),
        next_cursor=found.next_cursor,
        paged=bool(request.args.get("cursor")),
    )


@guard(*CASE_ROLES)
def letter_page(letter_id: UUID) -> str:
    """What this union was told or told, and what both sides wrote since."""
    return _page(queries.get(work(), letter_id))


def _page(view: LetterView) -> str:
    snapshot = view.letter.snapshot
    return render_template(
        "desk/letter.html",
        view=view,
        letter=view.letter,
        line=letter_line(view, work().clock.today()),
        snapshot=snapshot,
        channel=_word(CHANNEL_LABELS, snapshot.get("channel")),
        purpose=_word(PURPOSE_LABELS, snapshot.get("purpose")),
        events=[(event, _event_label(event.action), _status_label(event.status)) for event in reversed(view.events)],
        resume_label=CASE_WORKFLOW.label("resume"),
    )


def _word(labels: Mapping[Any, str], value: object) -> str:
    return labels.get(value, "—")


def _event_label(action: str) -> str:
    return _("发出") if action == "send" else RECIPIENT_WORKFLOW.label(action)


def _status_label(status: str) -> str:
    return LETTER_STATUS_LABELS[LetterStatus(status)]


@guard(*CASE_ROLES)
def letter_form(letter_id: UUID, action: str) -> str:
    """The empty form of an answer or an order.

    :raises ForbiddenError, IllegalTransitionError: when the actor may not write it now.
    """
    view = queries.get(work(), letter_id)
    row = _any_row(action)
    if not view.incoming:
        raise ForbiddenError(_("只有收函单位可以处理这封函件。"))
    RECIPIENT_WORKFLOW.resolve(action, view.status, work().actor.roles)
    return _form(view, row, {})


@guard(*CASE_ROLES)
def letter_act(letter_id: UUID, action: str) -> tuple[str, int] | Answer:
    """Sign, answer or order. Whatever stands in the way, what was typed comes back with the reason."""
    row = _any_row(action)
    data = read_action(row.fields, request.form)
    try:
        with attempt():
            act(work(), letter_id, action, data)
    except InvalidError as error:
        view = queries.get(work(), letter_id)
        return _form(view, row, request.form, errors=error.fields, message=error.message), 422
    except (ConflictError, IllegalTransitionError) as error:
        view = queries.get(work(), letter_id)
        return _form(view, row, request.form, message=error.message), 409
    flash(_("已完成：%(action)s", action=row.label), "success")
    return redirect(url_for("desk.letter_page", letter_id=letter_id), code=303)


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


def _any_row(action: str) -> Transition[LetterStatus]:
    row = next((row for row in RECIPIENT_WORKFLOW if row.action == action), None)
    if row is None:
        raise NotFoundError
    return row


def _form(
    view: LetterView,
    row: Transition[LetterStatus],
    values: Mapping[str, str],
    *,
    errors: Mapping[str, str] | None = None,
    message: str = "",
) -> str:
    return render_template(
        "desk/letter_act.html",
        view=view,
        letter=view.letter,
        line=letter_line(view, work().clock.today()),
        row=row,
        widgets=widgets(work(), row.fields),
        values=values,
        errors=errors or {},
        message=message,
    )


ROUTES = (
    ("/dispatches/", letter_list, ("GET",)),
    ("/dispatches/<uuid:letter_id>", letter_page, ("GET",)),
    ("/dispatches/<uuid:letter_id>/resume", letter_resume, ("POST",)),
    ("/dispatches/<uuid:letter_id>/do/<action>", letter_form, ("GET",)),
    ("/dispatches/<uuid:letter_id>/do/<action>", letter_act, ("POST",)),
)
