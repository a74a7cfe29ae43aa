"""One rule for the list of letters and for one letter: which of a union's own copies an actor sees."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, select, true

from access.actor import Actor
from access.roles import Role
from cases import policy as case_policy
from cases.models import Case
from dispatches.models import Letter


def visible(actor: Actor) -> ColumnElement[bool]:
    """The condition under which ``actor`` may see a letter of the own union.

    The roles are those that see cases. A handler sees what was written about a case of their own: they have to
    carry out what comes back, and a letter from below is the office's business.
    """
    if actor.roles & case_policy.SEE_SEALED:
        return true()
    if actor.roles & case_policy.SEE_OPEN_FILES:
        return Letter.sealed.is_(False)
    if Role.HANDLER in actor.roles:
        mine = select(Case.id).where(Case.tenant_id == actor.tenant_id, case_policy.visible(actor))
        return and_(Letter.sealed.is_(False), Letter.case_id.in_(mine))
    return false()
