"""What people make of a hotspot, as forms: confirm, dismiss with a reason, an emergency plan, a 督办 letter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from dashboards.spots import PATH, draw, may_supervise
from dispatches.drafts import Draft
from dispatches.kinds import LetterKind
from dispatches.services import send
from doorway.attempts import attempt
from doorway.guard import guard, work
from doorway.words import N_, _
from kernel.errors import ConflictError, ForbiddenError, IllegalTransitionError, InvalidError
from measures import policy, spot_acts, spot_queries
from measures.spot_rules import EVERY, SpotAction
from measures.spots import Hotspot
from measures.suppression import outside

_DONE: dict[SpotAction, str] = {
    SpotAction.CONFIRM: N_("已确认为热点。"),
    SpotAction.DISMISS: N_("已排除，理由已记入处置记录。"),
    SpotAction.PLAN: N_("已记入应急预案。"),
}


#: A letter calls its words ``reason``, as does the dismissal on the same page.
_FIELDS = {"reason": "letter_reason"}


@guard(*policy.SEE_BELOW)
def confirm(hotspot_id: UUID) -> tuple[str, int] | Answer:
    """确认为热点."""
    words = request.form.get("note", "")
    return _act(hotspot_id, SpotAction.CONFIRM, lambda version: _confirmed(hotspot_id, words, version))


@guard(*policy.SEE_BELOW)
def dismiss(hotspot_id: UUID) -> tuple[str, int] | Answer:
    """排除, with a reason."""
    reason = request.form.get("reason", "")
    return _act(
        hotspot_id,
        SpotAction.DISMISS,
        lambda version: spot_acts.dismiss(work(), hotspot_id, reason, version=version),
    )


@guard(*policy.SEE_BELOW)
def plan(hotspot_id: UUID) -> tuple[str, int] | Answer:
    """启动应急预案: what was started and who answers for it."""
    words = request.form.get("plan", "")
    return _act(
        hotspot_id, SpotAction.PLAN, lambda version: spot_acts.note_plan(work(), hotspot_id, words, version=version)
    )


@guard(*policy.SEE_BELOW)
def supervise(hotspot_id: UUID) -> tuple[str, int] | Answer:
    """Send the 督办 letter and tie it to the hotspot: both or neither."""
    return _act(hotspot_id, SpotAction.SUPERVISE, lambda version: _supervised(hotspot_id, version))


def _confirmed(hotspot_id: UUID, words: str, version: int) -> Hotspot:
    return spot_acts.confirm(work(), hotspot_id, words=words, version=version)


def _supervised(hotspot_id: UUID, version: int) -> Hotspot:
    unit, form = work(), request.form
    spot = spot_queries.get(unit, hotspot_id)
    if not may_supervise(unit, spot):
        raise ForbiddenError(_("您的角色不能就这个热点发督办函。"))
    if spot.version != version:
        # Before the letter: what it would be refused for is not what happened.
        raise ConflictError
    first, last = spot_queries.recent_days(spot)
    count = outside(spot.counted)
    details: dict[str, Any] = {
        "trigger": "other",
        "ladder": form.get("ladder", ""),
        "suggestion": form.get("suggestion", ""),
        "from": first.isoformat(),
        "to": last.isoformat(),
    }
    # A hidden count (1–7) is said in words only.
    details |= {"count": str(count)} if count else {}
    details |= {"category": spot.category} if spot.category != EVERY else {}
    letter = send(
        unit,
        Draft(
            kind=LetterKind.SUPERVISION,
            to=spot.subject_id,
            subject=form.get("subject", ""),
            reason=form.get("letter_reason", ""),
            request=form.get("request", ""),
            due_on=_due(form.get("due_on", "")),
            details=details,
        ),
    )
    done = spot_acts.open_supervision(unit, hotspot_id, letter.id, version=version)
    flash(_("%(number)s已发出，等待%(name)s签收。", number=letter.number, name=letter.recipient_name), "good")
    return done


def _due(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise InvalidError("请填写日期。", fields={"due_on": _("请按“2026-03-01”的样子填写日期。")}) from None


def _act(hotspot_id: UUID, action: SpotAction, do: Callable[[int], Hotspot]) -> tuple[str, int] | Answer:
    typed = request.form.get("version", "")
    try:
        with attempt():
            do(int(typed) if typed.isdecimal() and len(typed) < 10 else -1)
    except InvalidError as error:
        moved = _FIELDS if action is SpotAction.SUPERVISE else {}
        fields = {moved.get(name, name): sentence for name, sentence in error.fields.items()}
        return draw(spot_queries.get(work(), hotspot_id), action, request.form, fields, error.message), 422
    except (ConflictError, IllegalTransitionError) as error:
        return draw(spot_queries.get(work(), hotspot_id), action, request.form, {}, error.message), 409
    if action in _DONE:
        flash(_(_DONE[action]), "good")
    return redirect(url_for("hotspots.page", hotspot_id=hotspot_id), code=303)


ROUTES: tuple[tuple[str, Callable[..., Any], tuple[str, ...]], ...] = (
    (f"{PATH}/<uuid:hotspot_id>/confirm", confirm, ("POST",)),
    (f"{PATH}/<uuid:hotspot_id>/dismiss", dismiss, ("POST",)),
    (f"{PATH}/<uuid:hotspot_id>/plan", plan, ("POST",)),
    (f"{PATH}/<uuid:hotspot_id>/supervise", supervise, ("POST",)),
)
