"""重复信访 as seen from the first file of the matter: when it was first repeated."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm.attributes import set_committed_value

from access.actor import Work
from cases import clocks
from cases.figures import CaseChanged, figures_of
from cases.models import Case
from kernel.clock import china_date


def trace(work: Work, first_id: UUID) -> None:
    """Note on the first file of a matter when it was first repeated, for figures (一次办结); its version stays.

    Whoever has the first file open did not lose anything by a repetition, and is told of no conflict.
    """
    # populate_existing: the day is compared with what the row says now, under its lock.
    locked = select(Case).where(Case.tenant_id == work.tenant_id, Case.id == first_id).with_for_update()
    first = work.session.scalars(locked, execution_options={"populate_existing": True}).one()
    earliest = select(func.min(Case.registered_at)).where(Case.tenant_id == work.tenant_id, Case.first_id == first_id)
    moment = work.session.scalars(earliest).one()
    day = china_date(moment) if moment is not None else None
    if day == first.repeated_on:
        return
    running = clocks.of_case(work.session, first.id)
    before = figures_of(first, running)
    work.session.execute(
        update(Case)
        .where(Case.tenant_id == work.tenant_id, Case.id == first_id)
        .values(repeated_on=day)
        .execution_options(synchronize_session=False)
    )
    set_committed_value(first, "repeated_on", day)
    work.bus.publish(work, CaseChanged(before=before, after=figures_of(first, running)))
