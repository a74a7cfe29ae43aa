"""Builders of letters for the tests of this package."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from dispatches import queries
from dispatches.models import Letter, LetterEvent
from dispatches.services import act, escalate
from kernel.outbox import OutboxMessage
from tests.builders import Federation

REASON = "涉及多家用工单位，街道无力协调"
REQUEST = "请区总工会牵头约谈用工单位"


def sent(federation: Federation, login: str = "head@street", **changes: Any) -> Letter:
    """A letter about an accepted case of the sender's union."""
    case = federation.accepted(login.partition("@")[2], **changes)
    with federation.work(login) as work:
        return escalate(work, case.number, reason=REASON, request=REQUEST)


def on(federation: Federation, login: str, letter: Letter, action: str, **data: Any) -> Letter:
    """One act of a person on a letter, committed."""
    with federation.work(login) as work:
        return act(work, letter.id, action, data)


def view(federation: Federation, login: str, letter: Letter) -> queries.LetterView:
    """The letter as a person of one side sees it."""
    with federation.work(login) as work:
        return queries.get(work, letter.id)


def nothing_left(federation: Federation, slug: str) -> bool:
    """Whether a union has no letter, no event and no message of one."""
    with federation.work_as_system(slug) as work:
        counts = [
            work.session.scalars(select(func.count()).select_from(model)).one() for model in (Letter, LetterEvent)
        ]
        waiting = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.topic == "letter.event")
        return counts == [0, 0] and work.session.scalars(waiting).one() == 0
