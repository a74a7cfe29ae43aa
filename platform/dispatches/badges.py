"""What waits for somebody, counted for the menu: one statement a page for all of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import literal, select

from access.actor import Work
from access.roles import Role
from dispatches.copies import count_waiting
from dispatches.workflow import Side, duties
from notices import tasks
from tenants import requests


@dataclass(frozen=True, slots=True)
class Badges:
    """Numbers beside the menu's words."""

    #: Open tasks of the actor's roles and of the actor.
    tasks: int = 0
    #: Letters whose next step is this actor's.
    letters: int = 0
    #: Acts of two people that this actor may confirm.
    requests: int = 0


def of(work: Work) -> Badges:
    """The actor's numbers; parts that are nobody's business with these roles cost nothing."""
    roles, nothing = work.actor.roles, literal(0)
    has_letters = any(duties(side, roles) for side in (Side.RECIPIENT, Side.SENDER))
    row = work.session.execute(
        select(
            tasks.waiting(work.actor).label("tasks"),
            (count_waiting(work) if has_letters else nothing).label("letters"),
            (requests.waiting(work) if Role.SECURITY_ADMIN in roles else nothing).label("requests"),
        )
    ).one()
    return Badges(row.tasks, row.letters, row.requests)
