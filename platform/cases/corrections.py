"""更正登记: put right what was written down wrongly when a matter was registered or sorted (民法典 art. 1037).

Every correction has a reason and stays on record: old and new values of words out of a table in the log, old wording
of the matter beside the file, of an identity that it was corrected and nothing else. What the law fixes (the number,
the day of receipt, clocks that have begun) is not corrected.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from access.actor import Actor, Work
from access.roles import Role
from audit.services import record
from cases import clocks, policy, rehousing, search, statements
from cases.correcting import PARTS, TEXTS, Draft
from cases.figures import CaseChanged, figures_of
from cases.models import Case, CaseClock, Claim, Party
from cases.services import lock
from cases.workflow import OPEN, Status
from kernel.errors import ConflictError, ForbiddenError, IllegalTransitionError, InvalidError
from kernel.outbox import enqueue

WHO = frozenset({Role.CLERK, Role.HANDLER, Role.OFFICE_HEAD})
SHORTEST_REASON = 4


def may_correct(actor: Actor, case: Case) -> bool:
    """Whether the actor may correct this case now: clerk, its own handler, the head; a sealed one the leader too."""
    if Status(case.status) not in OPEN:
        return False
    if actor.holds(Role.LEADER) and case.sealed:
        return True
    if not actor.roles & WHO:
        return False
    return not policy.acts_as_assignee_only(actor, WHO) or actor.is_or_stands_in_for(case.assignee_id)


def correct(work: Work, number: str, data: Mapping[str, Any], *, version: int | None = None) -> Case:
    """Correct a registered case by a form that has everything in it; what is as it was is left alone.

    ``data``: the :data:`cases.correcting.TEXTS`; ``confidential``, ``urgent``, ``sealed`` (true or false);
    ``purpose``, ``category``, ``tier``; ``claim``, one more; ``parties``, by position the fields to replace;
    ``new_name`` and ``new_phone`` of one more representative; ``reason``.

    :raises NotFoundError: when the actor does not see the case.
    :raises ForbiddenError: for those who do not work on it.
    :raises IllegalTransitionError: when it is at its end.
    :raises ConflictError: when somebody changed it since ``version``; nothing is written.
    :raises InvalidError: with one sentence a field.
    """
    case = lock(work, number)
    if version is not None and version != case.version:
        raise ConflictError
    if Status(case.status) not in OPEN:
        raise IllegalTransitionError("本件已经办结，登记内容不再更正；有新的情况请记入办理情况或者重新登记。")
    if not may_correct(work.actor, case):
        raise ForbiddenError("登记内容由登记员、本件承办人或者信访部门负责人更正。")
    draft = Draft(work, case, *_rows(work, case))
    before = figures_of(case, draft.clocks)
    with work.session.no_autoflush:
        reason = _reason(draft, data)
        for part in PARTS:
            part(draft, data)
        if draft.problems:
            raise InvalidError("；".join(dict.fromkeys(draft.problems.values())), fields=draft.problems)
        if not draft.corrected:
            raise InvalidError("没有更正任何内容。", fields={"reason": "没有更正任何内容。"})
    clocks.carry_deadline(case, draft.clocks)
    case.updated_at = work.clock.now()
    flag_modified(case, "updated_at")
    try:
        work.session.flush()
    except StaleDataError:  # pragma: no cover - the row is locked
        raise ConflictError from None
    _tell(draft, reason)
    after = figures_of(case, draft.clocks)
    if after != before:
        work.bus.publish(work, CaseChanged(before=before, after=after))
    # Another category or purpose may bring the case under a rule of the union (dispatches/rules.py).
    enqueue(work.session, "case.ruled", {"case": str(case.id)})
    return case


def _rows(work: Work, case: Case) -> tuple[list[Claim], list[Party], list[CaseClock]]:
    claims = work.session.scalars(select(Claim).where(Claim.case_id == case.id).order_by(Claim.position))
    parties = work.session.scalars(select(Party).where(Party.case_id == case.id).order_by(Party.position))
    return list(claims), list(parties), clocks.of_case(work.session, case.id)


def _tell(draft: Draft, reason: str) -> None:
    work, case = draft.work, draft.case
    if draft.old_words:
        statements.keep(work, case.id, "correct", "\n".join(draft.old_words))
    # Words that were found once are still found: whoever remembers the old wording looks for it.
    texts = [getattr(case, name) for name in TEXTS] + [claim.text for claim in draft.claims]
    texts += [party.organisation for party in draft.parties]
    search.add(work.session, case.id, *texts, names=search.names_of(work, draft.parties))
    moved = rehousing.rehouse(work, case) if "sealed" in draft.after else {}
    record(
        work,
        "case:correct",
        subject_type="case",
        subject_id=case.id,
        data={
            "from": case.status,
            "to": case.status,
            "before": draft.before,
            **draft.after,
            "corrected": list(dict.fromkeys(draft.corrected)),
            "reason": reason,
            **moved,
        },
    )


def _reason(draft: Draft, data: Mapping[str, Any]) -> str:
    words = str(data.get("reason") or "").strip()
    if len(words) < SHORTEST_REASON:
        draft.problems["reason"] = "请写明更正的理由，不少于4个字。"
    return words
