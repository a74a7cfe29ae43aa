"""送达 as people record it on a paper's own page: the same act as the step of the table, where a step serves it.

There is one truth about a service: whoever records it on the page of the opinion takes the step 送达 with the same
values, and the step writes the proof. A paper that no step serves (受理告知书 …) only gets its proof.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from access.actor import Work
from cases import issuing
from cases.combining import SERVICE_FIELDS
from cases.models import Case
from cases.policy import acts_as_assignee_only
from cases.services import perform
from cases.workflow import CASE_WORKFLOW, Status
from documents import serving
from documents.models import Document, Serving
from documents.services import of_subject
from kernel.errors import ForbiddenError, InvalidError

_PARTS = {field: name for name, field in SERVICE_FIELDS.items()}


def step_of(work: Work, case: Case, document: Document) -> str | None:
    """The action that serving this paper is, while it stands to be taken; ``None`` for a paper with no step."""
    for action, kinds in issuing.SERVED_BY.items():
        if document.kind not in kinds:
            continue
        newest = [paper for paper in of_subject(work.session, case.id) if paper.kind in kinds][-1]
        sources = next(row.sources for row in CASE_WORKFLOW if row.action == action)
        if newest.id == document.id and Status(case.status) in sources:
            return action
    return None


def may_take(work: Work, case: Case, action: str) -> bool:
    """Whether the step is the actor's to take, by the same rule as on the page of the case."""
    row = next(row for row in CASE_WORKFLOW if row.action == action)
    if not row.roles & work.actor.roles:
        return False
    return not acts_as_assignee_only(work.actor, row.roles) or work.actor.is_or_stands_in_for(case.assignee_id)


def serve(
    work: Work,
    number: str,
    paper_id: UUID,
    *,
    way: str,
    served_on: date,
    outcome: str,
    receiver: str | None = None,
    tracking: str = "",
    note: str = "",
    ways: Collection[str] = (),
) -> Serving:
    """Record the service of a paper, or a failed attempt; with a step of the table that step is taken.

    :raises NotFoundError: when the actor does not see the case or it has no such paper.
    :raises ForbiddenError: for roles that only read, and when the step is not theirs to take.
    :raises IllegalTransitionError: when the step's conditions do not hold.
    :raises InvalidError: as :func:`documents.serving.serve`, by the names of its parts.
    """
    case, document = issuing.served_paper(work, number, paper_id)
    step = step_of(work, case, document) if outcome in serving.SERVED else None
    if step is None or serving.served_day(serving.of_document(work.session, document.id)) is not None:
        own_hand = outcome == "signed" and document.kind not in issuing.TO_OTHERS
        return serving.serve(
            work,
            document,
            way=way,
            served_on=served_on,
            outcome=outcome,
            receiver="self" if own_hand else receiver,
            tracking=tracking,
            note=note,
            ways=ways,
        )
    if not may_take(work, case, step):
        label = CASE_WORKFLOW.label(step)
        raise ForbiddenError(f"“{label}”由本件的承办人或者信访部门负责人登记；寄出和退回的情况您可以登记。")
    values: dict[str, Any] = {"way": way, "served_on": served_on, "outcome": outcome}
    values |= {"receiver": receiver, "tracking": tracking, "note": note}
    try:
        perform(work, number, step, {SERVICE_FIELDS[name]: value for name, value in values.items()})
    except InvalidError as error:
        fields = {_PARTS.get(name, name): sentence for name, sentence in error.fields.items()}
        raise InvalidError(error.message, fields=fields) from None
    return serving.of_document(work.session, document.id)[-1]
