"""Whose figures an actor may look at."""

from __future__ import annotations

from access.actor import Actor
from access.roles import CASE_ROLES, Role
from cases.policy import SEE_SEALED

#: Look at the figures of the unions below. A clerk's and a handler's work ends at their own union's door.
SEE_BELOW = frozenset({Role.SUPERVISOR, Role.OFFICE_HEAD, Role.LEADER})

#: Look at who holds how many cases: whoever gives them out, and answers for how many each has.
SEE_LOADS = frozenset({Role.OFFICE_HEAD, Role.LEADER})


def may_see_figures(actor: Actor) -> bool:
    """Whoever works with petitions sees their own union's figures; administrators and auditors see none."""
    return actor.holds(*CASE_ROLES)


def may_see_below(actor: Actor) -> bool:
    """Whether the subtree and the direct children are open to the actor."""
    return actor.holds(*SEE_BELOW)


def may_see_loads(actor: Actor) -> bool:
    """Whether the open cases of each colleague are shown to the actor: to share work out, not to compare people."""
    return actor.holds(*SEE_LOADS)


def spot_roles(*, sealed: bool) -> tuple[Role, ...]:
    """Who is told of a hotspot: the roles that may act on it, and of what counts 检举控告 only those who see such."""
    return tuple(role for role in Role if role in SEE_BELOW and (not sealed or role in SEE_SEALED))


def may_see_sealed(actor: Actor) -> bool:
    """Whether 检举控告 is broken out for the actor: a count of one already tells that somebody was reported."""
    return bool(actor.roles & SEE_SEALED)
