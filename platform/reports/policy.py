"""Who reads, writes, issues and submits reports."""

from __future__ import annotations

from access.actor import Actor
from access.roles import CASE_ROLES, Role
from dispatches.kinds import LetterKind
from dispatches.workflow import senders
from measures.policy import may_see_below

#: Whoever works with petitions reads the union's reports.
READERS = tuple(CASE_ROLES)
#: Write the words. The leader who signs may also mend a sentence.
WRITERS = (Role.HANDLER, Role.OFFICE_HEAD, Role.LEADER)
#: 签发: the union's leader alone puts the union's name under it.
ISSUERS = (Role.LEADER,)


def may_write(actor: Actor) -> bool:
    """Whether the actor begins, edits and discards drafts."""
    return actor.holds(*WRITERS)


def may_issue(actor: Actor) -> bool:
    """Whether the actor issues."""
    return actor.holds(*ISSUERS)


def may_submit(actor: Actor) -> bool:
    """Whether the table of letters lets the actor send a report upward."""
    return bool(senders(LetterKind.REPORT) & actor.roles)


def sees_below(actor: Actor) -> bool:
    """Whether the parts about the unions below are open to the actor."""
    return may_see_below(actor)
