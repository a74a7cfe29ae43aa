"""被反映人 among the union's own staff (条例 art. 30(3)): who they are, who is left to handle the file, who is told.

A report is handled by people, and sometimes it is about them. Whoever is named here does not see the file, is given
nothing of it and is told nothing, be it the head of the office or the leader (``policy.visible``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from sqlalchemy import select

from access import queries as accounts
from access.actor import Work
from access.models import User
from access.roles import CASE_ROLES, Role
from cases import policy
from cases.handling import CaseAccused
from cases.models import Case
from tenants import queries as tenants

#: Who can go on with a report: the head of the office handles it, the leader sorts it and takes it upward.
ABLE = (Role.OFFICE_HEAD, Role.LEADER)
#: What a petitioner may tick who does not know anybody's name: word → the role whose holders are meant.
BY_ROLE: dict[str, Role] = {"leader": Role.LEADER, "head": Role.OFFICE_HEAD}


def accused_of(work: Work, case_id: UUID) -> frozenset[UUID]:
    """Accounts of those whom a case accuses now."""
    return frozenset(row.user_id for row in rows(work, case_id))


def rows(work: Work, case_id: UUID) -> Sequence[CaseAccused]:
    """What is on record of them, without those whose naming ended."""
    return work.session.scalars(
        select(CaseAccused).where(CaseAccused.case_id == case_id, CaseAccused.ended_at.is_(None))
    ).all()


def desk_of(work: Work, case: Case) -> Role:
    """Whose desk a word about a sealed file goes to: the head's, or the leader's where it accuses every head."""
    named = accused_of(work, case.id) if case.sealed else frozenset()
    heads = accounts.holders(work.session, (Role.OFFICE_HEAD,)) if named else ()
    return Role.LEADER if heads and all(user.id in named for user in heads) else Role.OFFICE_HEAD


def staff(work: Work) -> Sequence[User]:
    """Everybody of the union who works with cases, by name."""
    return accounts.holders(work.session, CASE_ROLES)


def holders_of(work: Work, words: Iterable[str]) -> frozenset[UUID]:
    """The accounts that hold, on this day, the offices that a petitioner ticked (:data:`BY_ROLE`)."""
    roles = [BY_ROLE[word] for word in words if word in BY_ROLE]
    return frozenset(user.id for user in accounts.holders(work.session, roles)) if roles else frozenset()


def left(work: Work, named: Collection[UUID]) -> bool:
    """Whether somebody remains who can go on with a report against ``named``."""
    return any(user.id not in named for user in accounts.holders(work.session, ABLE))


def problem(work: Work, named: Collection[UUID]) -> str:
    """What speaks against the names: they are nobody's here, or nobody here is left to handle the report."""
    if not named:
        return ""
    if not {user.id for user in staff(work)}.issuperset(named):
        return "所选被反映人不是本会在用的工作人员，请重新选择。"
    return "" if left(work, named) else nobody_left(work)


def nobody_left(work: Work) -> str:
    """Where a report against everybody goes who could handle it here."""
    return f"所选人员包括本会全部能够办理检举控告的人，本会不能自办：请呈报上级工会{above(work)}办理。"


def above(work: Work) -> str:
    """Name, telephone and address of the union above, in brackets, as far as they are known."""
    parent = tenants.parent(work.session, work.tenant_id)
    if parent is None:
        return ""
    words = (parent.name, parent.phone and f"电话{parent.phone}", parent.address)
    return f"（{'，'.join(word for word in words if word)}）"


def name(work: Work, case: Case, named: Iterable[UUID]) -> frozenset[UUID]:
    """Write who is accused beside those who are already; the file closes and leaves their hands.

    Who is told of it is up to the act that names them. Returns those who were not named before.
    """
    wanted = frozenset(named)
    if not wanted:
        return wanted
    new = wanted - accused_of(work, case.id)
    for user_id in sorted(new):
        row = work.session.get(CaseAccused, (work.tenant_id, case.id, user_id))
        if row is None:
            row = CaseAccused(tenant_id=work.tenant_id, case_id=case.id, user_id=user_id)
            work.session.add(row)
        row.at, row.by_id = work.clock.now(), work.actor.user_id
        row.ended_at = row.ended_by = row.reason = None
    if new:
        case.sealed = True
    work.session.flush()
    return new


def names_of(work: Work, case: Case) -> list[str]:
    """Names of the accused staff of a case, for those who may know them; empty for everybody else."""
    if not policy.sees_accused(work.actor):
        return []
    found = accounts.names(work.session, accused_of(work, case.id))
    return sorted(found.values())
