"""Order exports and make them as the worker would."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from access.actor import Work
from access.models import UserRole
from access.roles import Role
from archives import listing_jobs, listings
from archives.listings import Order
from audit.models import AuditEvent
from cases import ledger
from cases.queries import Filter
from kernel.outbox import OutboxMessage
from tests.builders import Federation

REASON = "季度台账报送上级工会"


def order(**changes: Any) -> Order:
    given: dict[str, Any] = {
        "wanted": Filter(),
        "told": "全部信访件",
        "form": "csv",
        "columns": ledger.USUAL,
        "reason": REASON,
    }
    return Order(**(given | changes))


def deliver(federation: Federation, slug: str = "street") -> int:
    """Make every waiting file as the worker would, each in a transaction of its own; returns how many."""
    made = 0
    while True:
        with federation.work_as_system(slug) as work:
            statement = select(OutboxMessage).where(
                OutboxMessage.topic == listings.TOPIC, OutboxMessage.done_at.is_(None)
            )
            message = work.session.scalars(statement.limit(1)).first()
            if message is None:
                return made
            listing_jobs.make(work, message.payload)
            message.done_at = work.clock.now()
            made += 1


def asked(federation: Federation, who: str, **changes: Any) -> Any:
    with federation.work(who) as work:
        return listings.ask(work, order(**changes)).id


def fetched(federation: Federation, who: str, identifier: Any) -> bytes:
    with federation.work(who) as work:
        _export, content = listings.open_one(work, identifier)
    return b"".join(content)


def made(federation: Federation, who: str, **changes: Any) -> bytes:
    identifier = asked(federation, who, **changes)
    deliver(federation, who.partition("@")[2])
    return fetched(federation, who, identifier)


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def now_only(work: Work, user_id: UUID, role: Role) -> None:
    """The account holds this role and no other."""
    work.session.execute(delete(UserRole).where(UserRole.user_id == user_id))
    work.session.add(UserRole(user_id=user_id, role=role.value))
    work.session.flush()


def events(federation: Federation, slug: str = "street") -> list[AuditEvent]:
    with federation.work_as_system(slug) as work:
        statement = select(AuditEvent).where(AuditEvent.subject_type == "export").order_by(AuditEvent.seq)
        return list(work.session.scalars(statement))
