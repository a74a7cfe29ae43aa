"""复查 and 复核 between unions: the request goes up by letter, the reviewing body's own case is made of it, and its
opinion comes back and moves the case whose opinion it was (条例 art. 35, 36; domain.md T26–T30).
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from access.actor import Work
from cases.conditions import left_to_execute, stage_of
from cases.models import Case
from cases.options import CHANGED, OUTCOMES, STAGES
from cases.queries import file
from cases.services import perform, standing
from cases.workflow import UNDER_REVIEW, Status
from dispatches import linking
from dispatches.disclosure import veiled
from dispatches.drafts import Draft
from dispatches.kinds import LetterKind
from dispatches.models import Letter, LetterEvent
from dispatches.workflow import Side
from documents.services import of_subject
from kernel.errors import IllegalTransitionError, InvalidError, NotFoundError
from tenants import queries as tenants
from tenants.reviewing import reviewer_of

#: The recipient's act that carries the opinion, and those of either side that end the request without one.
CONCLUDE = "conclude"
_ENDED = ("return", "succeed")
#: Statuses in which the reviewing body has said what it says.
_SAID = (Status.SERVED, Status.CLOSED, Status.ARCHIVED)


def step(work: Work, draft: Draft, version: int | None) -> dict[str, Any]:
    """Move the sender's case and say what the reviewing body needs to know besides the matter.

    :raises InvalidError: when the letter does not go to the union that reviews this one's opinions, or the day of the
        request is none.
    :raises NotFoundError, ConflictError, IllegalTransitionError, ForbiddenError: as ``cases.services.perform``.
    """
    number = draft.case_number or ""
    case = work.session.scalars(select(Case).where(Case.number == number)).first()
    if case is None:
        raise NotFoundError
    stage = stage_of(case)
    reviewer = reviewer_of(work.session, stage)
    if reviewer is not None and reviewer != draft.to:
        name = tenants.get(work.session, reviewer).name
        told = f"本单位的{STAGES[stage]}机关是{name}，请移送该单位。"
        raise InvalidError(told, fields={"to": told})
    asked_on = draft.details.get("asked_on") or (case.asked_online_on or work.clock.today()).isoformat()
    words = {"reason": draft.reason, "review_asked_on": asked_on}
    try:
        case = perform(work, number, f"send_{stage}", words, version=version, internal=True)
    except InvalidError as error:
        named = {"asked_on" if name == "review_asked_on" else name: told for name, told in error.fields.items()}
        raise InvalidError(error.message, fields=named) from None
    return {"review": {"stage": stage, "asked_on": str(asked_on)}}


def told(work: Work, letter: Letter) -> dict[str, Any]:
    """What the reviewing body's opinion tells: outcome, number, day of service and, with 责令重作, the date set.

    :raises IllegalTransitionError: before the own case says it and the petitioner was served.
    """
    case_id = linking.case_id_of(work, letter.id)
    case = work.session.get(Case, (work.tenant_id, case_id)) if case_id is not None else None
    if case is None:
        raise IllegalTransitionError("请先根据本函登记复查（复核）件并作出意见，再送出结论。")
    if Status(case.status) not in _SAID or case.review_outcome is None or case.served_on is None:
        raise IllegalTransitionError("复查（复核）意见还没有作出或者没有送达信访人，不能送出结论。")
    paper = next(
        (paper.number for paper in reversed(of_subject(work.session, case.id)) if paper.kind == "review_opinion"),
        case.number,
    )
    return {
        "review": {
            "outcome": case.review_outcome,
            "number": paper,
            "served_on": case.served_on.isoformat(),
            "redo_by": case.redo_by.isoformat() if case.redo_by is not None else None,
        }
    }


def findings(work: Work, letter_id: UUID) -> str:
    """What the reviewing body's own case found, without the outcome: where its words for the other union begin.

    Veiled as all that crosses (``dispatches.disclosure``); empty before the case says it, and for who may not see it.
    """
    try:
        case = linking.case_of(work, letter_id)
    except NotFoundError:
        return ""
    if case.review_outcome is None:
        return ""
    own = file(work, case.number)
    found = next((claim.finding for claim in own.claims if claim.finding is not None), "")
    return veiled(work, own)(found.removeprefix(f"{OUTCOMES[case.review_outcome]}："))


def after_own_act(work: Work, letter: Letter, action: str) -> None:
    """The sender took the request back: the time to ask runs on."""
    if letter.side == Side.SENDER and action in ("withdraw", "succeed"):
        _give_back(work, letter)


def after_their_act(work: Work, letter: Letter, event: LetterEvent) -> None:
    """The reviewing body answered or returned the request: the own case moves."""
    if letter.side != Side.SENDER:
        return
    if event.action in _ENDED:
        _give_back(work, letter)
    elif event.action == CONCLUDE:
        _take(work, letter, event)


def _take(work: Work, letter: Letter, event: LetterEvent) -> None:
    case = _waiting(work, letter)
    if case is None:
        return
    said = (event.told or {}).get("review") or {}
    words: dict[str, Any] = {
        "review_number": str(said.get("number") or letter.number),
        "review_text": f"{OUTCOMES[said['outcome']]}：{event.text or ''}",
    }
    if said["outcome"] == "redo":
        # A date that passed on the way is overdue from today on, and not lost.
        day = max(date.fromisoformat(said["redo_by"]), work.clock.today())
        perform(work, case.number, "review_redo", {**words, "redo_by": day.isoformat()}, internal=True)
        return
    # The petitioner is not served later than today, whatever the other union's calendar says.
    served = min(date.fromisoformat(said["served_on"]), work.clock.today())
    if case.served_on is not None:
        served = max(served, case.served_on)
    words |= {"review_outcome": said["outcome"], "review_served_on": served.isoformat()}
    if case.status == Status.REVIEWING:
        action = "review_result"
    elif said["outcome"] == CHANGED or left_to_execute(standing(work, case, file(work, case.number).claims)):
        # 复核 is the last word, and what it leaves to be done is done before the matter is at its end.
        action = "recheck_execute"
        words["execution_plan"] = "按复核意见执行，由承办人落实。"
    else:
        action = "recheck_result"
    perform(work, case.number, action, words, internal=True)


def _give_back(work: Work, letter: Letter) -> None:
    case = _waiting(work, letter)
    if case is not None:
        perform(work, case.number, "review_returned", internal=True)


def _waiting(work: Work, letter: Letter) -> Case | None:
    """The sender's case, if it waits for this very letter."""
    if letter.kind != LetterKind.REVIEW or letter.case_id is None:
        return None
    case = work.session.scalars(select(Case).where(Case.id == letter.case_id)).one()
    if Status(case.status) not in UNDER_REVIEW or _newest(work, case.id) != letter.id:
        return None
    return case


def _newest(work: Work, case_id: UUID) -> UUID | None:
    return work.session.scalars(
        select(Letter.id)
        .where(
            Letter.case_id == case_id,
            Letter.side == Side.SENDER.value,
            Letter.kind == LetterKind.REVIEW.value,
        )
        .order_by(Letter.sent_at.desc(), Letter.id.desc())
        .limit(1)
    ).first()
