"""What an act does beside the file itself: rows of the handling's own tables, and the checks that need them.

``first`` runs before the table's row moves the case, ``last`` after it was written; both in the act's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from access.actor import Work
from access.roles import Role
from cases import accused, avoidance, extensions, follow_ups, gains, ratings, rehousing, repeated, statements, tasking
from cases.handling_rows import ASKED_FIRST, ASSIGNING, DECIDING, FOLLOWED
from cases.models import Case, Claim
from cases.workflow import FINAL, Status
from kernel.errors import InvalidError
from kernel.workflow import Transition
from notices.services import post

Row = Transition[Status]
#: Closings whose form asks for the dispositions; by letter they follow from what was reported.
DISPOSING = frozenset({"close", "finish", "conclude_agreement", "settle"})
#: Acts that may close the file (检举控告、打击报复).
SEALING = frozenset({"triage", "flag"})


def marks(work: Work, case: Case, claims: Sequence[Claim], row: Row) -> dict[str, Any]:
    """What the act is about to change, as the log keeps it."""
    if row.action == "change_first":
        return {"first_handler": str(case.first_handler_id)}
    if "review_outcome" in row.fields:
        # 变更 overwrites what each claim was answered with.
        return {"opinions": {str(claim.position): claim.opinion for claim in claims}}
    if row.action == "own_rate":
        return {"rating": case.rating}
    if row.action != "gains":
        return {}
    held = gains.result_of(work, case.id)
    told: dict[str, Any] = {"dispositions": gains.dispositions_of(work, claims)}
    if held is not None:
        told |= {"measures": held.measures, "recovered": held.recovered_fen, "helped": held.helped}
    return {**told, "dispositions": {str(key): list(value) for key, value in told["dispositions"].items()}}


def first(work: Work, case: Case, claims: Sequence[Claim], row: Row, values: dict[str, Any]) -> dict[str, Any]:
    """Check and write what goes with the act; returns values that the act is told in addition.

    :raises InvalidError, IllegalTransitionError, ConflictError: as the parts say.
    """
    action = row.action
    extensions.note(work, case, row)
    if action in DECIDING:
        avoidance.check_decider(work, case)
    if action in ASSIGNING:
        avoidance.note_assignment(work, case, values)
    elif action == "declare_interest":
        avoidance.declare(work, case, values["interest"])
        title, desk = "有承办人申报利害关系、申请回避，请改派承办人", accused.desk_of(work, case)
        post(work.session, kind="case.avoid", title=title, link=f"/cases/{case.number}", role=desk)
    elif action == "permit_handler":
        avoidance.permit(work, case, values["permitted"], values["reason"])
    elif action == "gains":
        gains.write(work, case, claims, values)
    elif action == "ask_department":
        tasking.create(work, case, values)
    elif action == "withdraw_task":
        tasking.withdraw(work, values["open_task"], values["reason"])
    elif action == "rate":
        ratings.by_staff(work, case, values)
    elif action == "own_rate":
        ratings.by_petitioner(work, case, ratings.own_values(values))
    elif action in statements.KINDS:
        statements.keep(work, case.id, action, values["own_words"])
    elif action == "change_first" and values["first_handler"] == case.first_handler_id:
        told = "所选人员已经是首办责任人，请选择其他人。"
        raise InvalidError(told, fields={"first_handler": told})
    elif action == "hear" and values.get("invited"):
        return {"participants": "、".join((*values["invited"], values["participants"]))}
    return {}


def _tell_supervision(work: Work, case: Case, action: str) -> None:
    """督办 concerns whoever holds the file (the head while nobody does), its answer whoever may supervise."""
    link = f"/cases/{case.number}"
    if action == "answer_supervision":
        title = "督办的信访件已经反馈办理情况"
        # A supervisor does not see a sealed file.
        for role in (accused.desk_of(work, case),) if case.sealed else (Role.SUPERVISOR, Role.OFFICE_HEAD):
            post(work.session, kind="case.supervised", title=title, link=link, role=role)
        return
    title = "有信访件被督办，请在督办期限以前反馈办理情况"
    whose = None if case.assignee_id else accused.desk_of(work, case)
    post(work.session, kind="case.supervised", title=title, link=link, user_id=case.assignee_id, role=whose)


def last(work: Work, case: Case, claims: Sequence[Claim], row: Row, values: dict[str, Any]) -> None:
    """Write what follows from where the case stands now; what it says of itself is added to ``values``."""
    if row.action in SEALING:
        accused.name(work, case, values.get("accused_staff") or ())
        values |= rehousing.rehouse(work, case) if case.sealed else {}
    if row.action in DISPOSING:
        gains.dispose(work, claims, values.get("dispositions") or {})
        gains.complete(work, claims)
    if row.action in ("supervise", "answer_supervision"):
        _tell_supervision(work, case, row.action)
    if row.target in FOLLOWED:
        follow_ups.plan(work, case)
    if row.action == "link_first" and case.first_id is not None:
        repeated.trace(work, case.first_id)
    if row.target in FINAL and row.action not in ASKED_FIRST:
        tasking.withdraw_all(work, case, f"本件已经{row.label}，任务自动撤回。")
