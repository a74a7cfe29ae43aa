"""Old notices go by themselves; a task never does."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, or_

from access.actor import Work
from notices.models import Notice

KEEP_READ = timedelta(days=90)
KEEP_ALL = timedelta(days=2 * 365)


def purge_notices(work: Work) -> int:
    """Remove notices that were read 90 days ago and all that are two years old; returns how many."""
    now = work.clock.now()
    gone = work.session.execute(
        delete(Notice)
        .where(
            Notice.tenant_id == work.tenant_id,
            or_(Notice.read_at < now - KEEP_READ, Notice.created_at < now - KEEP_ALL),
        )
        .execution_options(synchronize_session=False)
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]
