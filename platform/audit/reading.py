"""Read a tenant's log as its guardians may: who did what and when, and never what a case says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from access.actor import Work
from access.roles import Role
from audit.models import AuditEvent, AuditHead
from kernel.db import TenantSession
from kernel.errors import InvalidError

#: Who may read the log (三员分立: the one who keeps accounts is not one of those who check).
GUARDIANS = (Role.AUDITOR, Role.SECURITY_ADMIN)
#: Events about these carry no word of a case in their data; of all others only the number of the thing is shown.
_PLAIN_SUBJECTS = frozenset(
    {"user", "tenant", "settings", "department", "delegation", "route", "code", "request", "export"}
)
_PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One event as a guardian sees it."""

    seq: int
    at: datetime
    actor_id: UUID | None
    actor_name: str
    action: str
    subject_type: str
    subject_id: UUID | None
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Newest first; ``older`` is the cursor of the next page, ``None`` on the last."""

    lines: Sequence[Line]
    older: int | None


def page(work: Work, *, action: str = "", person: str = "", before: int | None = None, limit: int = _PAGE) -> Page:
    """A page of the log, walked backwards along the chain's own index.

    ``action`` is ``subject:action`` or a whole ``subject``; ``person`` is a name as the log has it. An unfiltered
    page costs the same at any length of log; a filter that fits nothing walks all of it.

    :raises ForbiddenError: for anybody but the auditor and the security administrator.
    :raises InvalidError: for a malformed action.
    """
    work.actor.require(GUARDIANS)
    statement = select(AuditEvent).order_by(AuditEvent.seq.desc()).limit(limit + 1)
    if before is not None:
        statement = statement.where(AuditEvent.seq < before)
    if action:
        if not action.replace(":", "").replace("_", "").isalnum():
            raise InvalidError("没有这种操作。", fields={"action": "没有这种操作"})
        statement = statement.where(
            or_(AuditEvent.action == action, AuditEvent.action.startswith(action + ":", autoescape=True))
        )
    if person:
        statement = statement.where(AuditEvent.actor_name == person)
    rows = work.session.scalars(statement).all()
    lines = [_line(row) for row in rows[:limit]]
    return Page(lines, lines[-1].seq if len(rows) > limit else None)


def head(session: TenantSession) -> tuple[int, str]:
    """The last link of the tenant's chain, number and digest in hexadecimal, to be noted outside the database."""
    row = session.get(AuditHead, session.tenant_id)
    return (row.seq, row.hash.hex()) if row is not None else (0, "")


def _line(row: AuditEvent) -> Line:
    told = row.data if row.subject_type in _PLAIN_SUBJECTS else {}
    number = row.data.get("number")
    if not told and isinstance(number, str):
        told = {"number": number}
    return Line(row.seq, row.at, row.actor_id, row.actor_name, row.action, row.subject_type, row.subject_id, told)
