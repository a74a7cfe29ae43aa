"""What the platform does of its own accord after a 不满意: a task for the supervisor, once, and its end.

Written as ``dispatches.ruling`` would have within a minute. Without it the first night of the demo would find two
years of ratings that nobody was told of.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from access.models import User
from cases.models import Case
from dispatches.models import RuleFiring
from dispatches.occasions import Occasion
from dispatches.rules import TRIGGERS, Outcome, Trigger
from dispatches.ruling import key_of, seen_by
from infra.federation.shelf import Shelf
from infra.federation.story import Settled
from kernel.ids import uuid7
from notices.models import Task

#: What the relay and the worker take in life.
_ON_THE_WAY = timedelta(seconds=40)


def tell(shelf: Shelf, case: Case, rated_at: datetime, staff: Mapping[str, User], settled: Settled | None) -> None:
    """The firing, the supervisor's task and both of its events; ``None`` leaves the task open today."""
    at = rated_at + _ON_THE_WAY
    row = TRIGGERS[Trigger.UNSATISFIED]
    occasion = Occasion(row.trigger.value, case.id, str(case.dissatisfied))
    shelf.put_row(
        RuleFiring,
        rule=occasion.name,
        subject_id=case.id,
        episode=occasion.episode,
        fired_at=at,
        outcome=Outcome.REMINDED.value,
        letter_id=None,
    )
    task_id, key, kind = uuid7(), key_of(occasion), f"trigger:{row.trigger.value}"
    role, closer = seen_by(row.role, sealed=case.sealed), staff["supervisor"]
    shelf.put_row(
        Task,
        id=task_id,
        kind=kind,
        title=row.words.format(number=case.number),
        link=f"/cases/{case.number}",
        role=role.value,
        user_id=None,
        key=key,
        created_at=at,
        done_at=settled.at if settled else None,
        done_by=closer.id if settled else None,
        resolution=settled.resolution if settled else None,
    )
    opened = {"kind": kind, "key": key, "role": role.value}
    shelf.note(at, None, "task:open", about="task", subject_id=task_id, data=opened)
    if settled is not None:
        closed = {"kind": kind, "key": key, "from": "open", "to": "done"}
        shelf.note(settled.at, closer, "task:close", about="task", subject_id=task_id, data=closed)
