"""Housekeeping of accounts."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, func, or_

from access.models import LoginSession
from kernel.db import TenantSession

#: Ended sessions stay this long, so that "who was logged in yesterday" still has an answer beside the audit log.
ENDED_FOR = timedelta(days=7)
#: A session that nobody used for this long was left open; no door accepts one so old.
UNUSED_FOR = timedelta(days=31)


def purge_sessions(session: TenantSession) -> None:
    """Remove the session's tenant's login sessions that ended or were abandoned."""
    now = func.now()
    session.execute(
        delete(LoginSession).where(
            LoginSession.tenant_id == session.tenant_id,
            or_(LoginSession.ended_at < now - ENDED_FOR, LoginSession.last_seen_at < now - UNUSED_FOR),
        )
    )
