"""One rule for list and object: which cases an actor sees, as one SQL condition.

Lists, the detail page, exports, chart drill-downs and jobs all add :func:`visible`; nothing fetches a case without.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from access.actor import Actor
from access.roles import CASE_ROLES, Role
from cases.handling import CaseAccused, CaseTask
from cases.models import Case
from tenants.house import Department, DepartmentMember

#: See every case of the union, sealed ones included.
SEE_SEALED = frozenset({Role.OFFICE_HEAD, Role.LEADER, Role.SYSTEM})
#: See every case that is not sealed.
SEE_OPEN_FILES = frozenset({Role.CLERK, Role.SUPERVISOR})

#: Roles that may hold a case that is not sealed.
HOLDERS = (Role.HANDLER, Role.OFFICE_HEAD)
#: Why a sealed case is given to nobody else.
SEALED_HOLDERS = "检举控告件只能由信访部门负责人承办（《信访工作条例》第三十条第三款）。"


def holders_of(*, sealed: bool) -> tuple[Role, ...]:
    """Who may be given a case. Whoever holds one has to see it, so a sealed one stays with the head of the office."""
    return (Role.OFFICE_HEAD,) if sealed else HOLDERS


def visible(actor: Actor) -> ColumnElement[bool]:
    """The condition under which ``actor`` may see a case. Administrators, auditors and the platform see none.

    Nobody sees a case that accuses them, whatever their role and whoever they stand in for (条例 art. 30(3)).
    """
    return and_(_by_role(actor), unaccused(actor))


def accusing(actor: Actor) -> Select[UUID]:
    """Identifiers of the cases that accuse the actor (被反映人)."""
    return (
        select(CaseAccused.case_id)
        .where(
            CaseAccused.tenant_id == actor.tenant_id,
            CaseAccused.user_id == actor.user_id,
            CaseAccused.ended_at.is_(None),
        )
        .correlate(None)
    )


def unaccused(actor: Actor) -> ColumnElement[bool]:
    """The condition that a case does not accuse the actor; the platform's own hand is accused by none.

    Not correlated on purpose: read once a statement, and nothing is joined.
    """
    return true() if actor.user_id is None else Case.id.not_in(accusing(actor))


def _by_role(actor: Actor) -> ColumnElement[bool]:
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


def task_given_to(actor: Actor) -> ColumnElement[bool]:
    """Tasks that were given to the actor, or to a department to which they belong or which they head."""
    if not actor.roles & CASE_ROLES or actor.user_id is None:
        return false()
    mine = (actor.user_id, *sorted(actor.stands_in_for))
    belongs = select(DepartmentMember.department_id).where(
        DepartmentMember.tenant_id == actor.tenant_id, DepartmentMember.user_id == actor.user_id
    )
    heads = select(Department.id).where(Department.tenant_id == actor.tenant_id, Department.head_id == actor.user_id)
    return or_(
        CaseTask.handler_id.in_(mine),
        # A task for one person of a department is that person's; the others have their own.
        and_(CaseTask.handler_id.is_(None), CaseTask.department_id.in_(belongs)),
        CaseTask.department_id.in_(heads),
    )


def task_visible(actor: Actor) -> ColumnElement[bool]:
    """The condition under which ``actor`` may see a task; the statement joins the case.

    Whoever sees the case sees its tasks. Whoever was asked sees the task alone, unless the case is sealed.
    """
    return or_(visible(actor), and_(Case.sealed.is_(False), task_given_to(actor), unaccused(actor)))


def sees_accused(actor: Actor) -> bool:
    """Whether the actor may know which union of the platform a case accuses (条例 art. 30(3)), sealed or not."""
    return bool(actor.roles & SEE_SEALED)


def may_name_accused(actor: Actor) -> bool:
    """Who changes the list of the accused staff of a file that they see, and so are not on it themselves."""
    return actor.holds(Role.OFFICE_HEAD, Role.LEADER)


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


def may_export(actor: Actor) -> bool:
    """Whoever works with petitions may take out the list that they see; administrators see none."""
    return bool(actor.roles & CASE_ROLES)


def may_export_identities(actor: Actor) -> bool:
    """A whole list with names and telephones: for those who answer for the office, not for everybody who may look up
    one person with a reason."""
    return actor.holds(Role.OFFICE_HEAD, Role.LEADER)


def acts_as_assignee_only(actor: Actor, roles: frozenset[str]) -> bool:
    """Whether the actor's only way to an action is being the case's own handler (承办人)."""
    return actor.roles & roles == {Role.HANDLER}
