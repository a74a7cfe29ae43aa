"""指定办理期限 (C-AD): the date that another union set for a case, from the letter that sets it to the report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from access.actor import Work
from audit.services import record
from cases import clocks, policy
from cases.models import Case, CaseClock
from cases.rules import ClockKind
from cases.workflow import FINAL, Status
from kernel.errors import ConflictError, NotFoundError


def assign(work: Work, case_id: UUID, *, due_on: date, on: date) -> Case:
    """Start the clock on ``on``, or move the one that runs to ``due_on`` (an extension that was granted).

    A case that is closed gets no clock: what another union still wants then stands on its letter.

    :raises NotFoundError: when the actor does not see the case.
    :raises ConflictError: when somebody changed the case meanwhile.
    """

    def turn(case: Case, running: list[CaseClock]) -> dict[str, str] | None:
        clock = next((clock for clock in running if clock.kind == ClockKind.ASSIGNED), None)
        before = clock.due_on if clock is not None and clock.stopped_on is None else None
        clock = clocks.assign(case, running, on=on, due_on=due_on)
        if clock.due_on == before:
            return None
        work.session.add(clock)
        return {"from": before.isoformat() if before else "-", "to": clock.due_on.isoformat()}

    return _change(work, case_id, "case:assigned_deadline", turn)


def lift(work: Work, case_id: UUID, reason: str) -> Case:
    """Stop the clock: the report was sent, or whoever set the date took the matter back.

    A case without such a clock, or with one that stopped before, stays as it is.

    :raises NotFoundError, ConflictError: as :func:`assign`.
    """

    def turn(_case: Case, running: list[CaseClock]) -> dict[str, str] | None:
        clock = next((clock for clock in running if clock.kind == ClockKind.ASSIGNED), None)
        if clock is None or clock.stopped_on is not None:
            return None
        clocks.stop(running, ClockKind.ASSIGNED, work.clock.today(), reason)
        return {"due_on": clock.due_on.isoformat(), "reason": reason}

    return _change(work, case_id, "case:assigned_deadline_stopped", turn)


def _change(
    work: Work, case_id: UUID, action: str, turn: Callable[[Case, list[CaseClock]], dict[str, str] | None]
) -> Case:
    statement = select(Case).where(Case.id == case_id, policy.visible(work.actor)).with_for_update()
    case = work.session.scalars(statement).first()
    if case is None:
        raise NotFoundError
    if Status(case.status) in FINAL:
        return case
    running = clocks.of_case(work.session, case.id)
    told = turn(case, running)
    if told is None:
        return case
    clocks.carry_deadline(case, running)
    case.updated_at = work.clock.now()
    flag_modified(case, "updated_at")
    try:
        work.session.flush()
    except StaleDataError:
        raise ConflictError from None
    # The figures know the two statutory clocks only, so there is nothing to publish.
    record(work, action, subject_type="case", subject_id=case.id, data=told)
    return case
