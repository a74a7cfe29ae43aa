"""What people make of a hotspot: confirm, dismiss with a reason, note the 督办 or the emergency plan.

Each step takes the version that the person saw: of two at once one wins and the other is told. Nobody's score changes
by any of it; what is judged is a matter at an organisation.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from access.actor import Work
from audit.services import record
from kernel.errors import ConflictError, IllegalTransitionError, InvalidError, NotFoundError
from measures.policy import SEE_BELOW
from measures.spot_queries import visible
from measures.spot_rules import ACTION_LABELS, MAX_NOTE, STATUS_LABELS, TABLE, SpotAction, SpotStatus
from measures.spots import Hotspot
from measures.spotting import note


def confirm(work: Work, spot_id: UUID, *, words: str = "", version: int | None = None) -> Hotspot:
    """Say that it is one, with a word about it or without.

    :raises ForbiddenError: for a role that does not see the units below.
    :raises NotFoundError: for a hotspot that is not there or not the actor's to see.
    :raises IllegalTransitionError: when it is past this step.
    :raises ConflictError: when somebody changed it since ``version``.
    :raises InvalidError: for too many words.
    """
    return _take(work, spot_id, SpotAction.CONFIRM, _checked(words, "note"), version)


def dismiss(work: Work, spot_id: UUID, reason: str, *, version: int | None = None) -> Hotspot:
    """Say that it is none, and why: a batch that was entered late, a campaign, a change of the classification.

    :raises InvalidError: without a reason. Others as :func:`confirm`.
    """
    return _take(work, spot_id, SpotAction.DISMISS, _checked(reason, "reason", "请写明排除的理由。"), version)


def open_supervision(work: Work, spot_id: UUID, letter_id: UUID, *, version: int | None = None) -> Hotspot:
    """Tie the 督办 letter to it that was sent in the same transaction.

    Whoever sends the letter is judged by the letters' own table. The foreign key makes it a letter of ours.

    :raises InvalidError: for a hotspot of one's own cases: nobody supervises themselves. Others as :func:`confirm`.
    """
    spot = _find(work, spot_id, version, SpotAction.SUPERVISE)
    if spot.subject_id == work.tenant_id:
        sentence = "这是本单位的热点，不能向自己发督办函；请确认后启动应急预案，或者交部门办理。"
        raise InvalidError(sentence, fields={"to": sentence})
    spot.letter_id = letter_id
    return _step(work, spot, SpotAction.SUPERVISE, "", {"letter": str(letter_id)})


def note_plan(work: Work, spot_id: UUID, plan: str, *, version: int | None = None) -> Hotspot:
    """Note that an emergency plan (应急预案) was started, which one and who answers for it.

    :raises InvalidError: without words about it. Others as :func:`confirm`.
    """
    return _take(work, spot_id, SpotAction.PLAN, _checked(plan, "plan", "请写明启动的预案和牵头部门。"), version)


def _checked(words: str, field: str, needed: str = "") -> str:
    cleaned = words.strip()
    if needed and not cleaned:
        raise InvalidError(needed, fields={field: needed})
    if len(cleaned) > MAX_NOTE:
        sentence = f"不能超过{MAX_NOTE}个字。"
        raise InvalidError(sentence, fields={field: sentence})
    return cleaned


def _take(work: Work, spot_id: UUID, action: SpotAction, words: str, version: int | None) -> Hotspot:
    return _step(work, _find(work, spot_id, version, action), action, words, {})


def _find(work: Work, spot_id: UUID, version: int | None, action: SpotAction) -> Hotspot:
    work.actor.require(tuple(SEE_BELOW))
    spot = work.session.scalars(
        select(Hotspot)
        .where(Hotspot.id == spot_id, visible(work.actor))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if spot is None:
        raise NotFoundError
    if version is not None and spot.version != version:
        raise ConflictError
    before = SpotStatus(spot.status)
    if before not in TABLE[action][0] or spot.ended_on is not None:
        word = STATUS_LABELS[before] if spot.ended_on is None else STATUS_LABELS[SpotStatus.ENDED]
        raise IllegalTransitionError(f"这个热点{word}，不能再“{ACTION_LABELS[action]}”。")
    return spot


def _step(work: Work, spot: Hotspot, action: SpotAction, words: str, told: dict[str, str]) -> Hotspot:
    before = spot.status
    spot.status = TABLE[action][1].value
    try:
        work.session.flush()
    except StaleDataError:
        raise ConflictError from None
    note(work, spot, action, words)
    # People's own words stay with the hotspot; the log says what changed.
    data = {"before": before, "after": spot.status, **told}
    record(work, f"hotspot:{action.value}", subject_type="hotspot", subject_id=spot.id, data=data)
    return spot
