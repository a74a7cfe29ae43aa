"""One rule for list and object: which cases an actor sees, as one SQL condition.

Lists, the detail page, exports, chart drill-downs and jobs all add :func:`visible`; nothing fetches a case without.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, or_, true

from access.actor import Actor
from access.roles import Role
from cases.models import Case

#: See every case of the union, sealed ones included.
SEE_SEALED = frozenset({Role.OFFICE_HEAD, Role.LEADER, Role.SYSTEM})
#: See every case that is not sealed.
SEE_OPEN_FILES = frozenset({Role.CLERK, Role.SUPERVISOR})


def visible(actor: Actor) -> ColumnElement[bool]:
    """The condition under which ``actor`` may see a case. Administrators, auditors and the platform see none."""
    if actor.roles & SEE_SEALED:
        return true()
    if actor.roles & SEE_OPEN_FILES:
        return Case.sealed.is_(False)
    if Role.HANDLER in actor.roles:
        mine = or_(held_by(actor), Case.first_handler_id == actor.user_id)
        return Case.sealed.is_(False) & mine
    return false()


def held_by(actor: Actor) -> ColumnElement[bool]:
    """Cases in the actor's hands: their own, and those of colleagues who are away today (代办)."""
    if not actor.stands_in_for:
        return Case.assignee_id == actor.user_id
    return Case.assignee_id.in_((actor.user_id, *sorted(actor.stands_in_for)))


def sees_accused(actor: Actor) -> bool:
    """Whether the actor may know which union of the platform a case accuses (条例 art. 30(3)), sealed or not."""
    return bool(actor.roles & SEE_SEALED)


def may_register(actor: Actor) -> bool:
    """Whoever may receive a petitioner may register: clerk, handler or head of the petition office.

    The system registers too: an operator's import runs as the system and is on record as such.
    """
    return actor.holds(Role.CLERK, Role.OFFICE_HEAD, Role.HANDLER, Role.SYSTEM)


def may_attach(actor: Actor) -> bool:
    """Whoever works on files may add files to those that they see; leaders and supervisors read."""
    return actor.holds(Role.CLERK, Role.OFFICE_HEAD, Role.HANDLER)


def may_bind(actor: Actor) -> bool:
    """Whoever answers for a whole file may take it out as one (卷宗): heads, leaders and its handler."""
    return actor.holds(Role.OFFICE_HEAD, Role.LEADER, Role.HANDLER)


def acts_as_assignee_only(actor: Actor, roles: frozenset[str]) -> bool:
    """Whether the actor's only way to an action is being the case's own handler (承办人)."""
    return actor.roles & roles == {Role.HANDLER}
