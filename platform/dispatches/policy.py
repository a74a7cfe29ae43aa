"""One rule for the list of letters and for one letter, and who must never get one."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Text, and_, cast, exists, false, func, or_, select, true, union_all
from sqlalchemy.orm import InstrumentedAttribute

from access.actor import Actor, Work
from access.roles import Role
from cases import policy as case_policy
from cases.handling import CaseTask
from cases.models import Case, Party
from cases.rules import PartyRole
from cases.workflow import CASE_WORKFLOW, Status
from dispatches.models import Letter, LetterCase
from tenants.models import Tenant
from tenants.relations import subtree
from tenants.succession import carrying_on


def visible(actor: Actor) -> ColumnElement[bool]:
    """The condition under which ``actor`` may see a letter of the own union; none about a case that accuses them.

    The roles are those that see cases. A handler sees what was written about a case of their own: they have to
    carry out what comes back, and a letter from elsewhere is the office's business until it is a case of theirs.
    """
    return and_(_by_role(actor), _unaccused(actor))


def _unaccused(actor: Actor) -> ColumnElement[bool]:
    if actor.user_id is None:
        return true()
    made = select(LetterCase.letter_id).where(
        LetterCase.tenant_id == actor.tenant_id, LetterCase.case_id.in_(case_policy.accusing(actor))
    )
    sent = or_(Letter.case_id.is_(None), Letter.case_id.not_in(case_policy.accusing(actor)))
    return and_(sent, Letter.id.not_in(made.correlate(None)))


def mentioned(actor: Actor, link: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether a notice or a task leads to a case that accuses the actor, to its letters or to its tasks.

    Lines on a desk know an address and no case; for whoever no case accuses this costs one look at an index.
    """
    if actor.user_id is None:
        return false()
    against = case_policy.accusing(actor)
    told = (
        (Case.number.label("word"), Case.tenant_id, Case.id),
        (cast(Letter.id, Text), Letter.tenant_id, Letter.case_id),
        (cast(LetterCase.letter_id, Text), LetterCase.tenant_id, LetterCase.case_id),
        (cast(CaseTask.id, Text), CaseTask.tenant_id, CaseTask.case_id),
    )
    about = (select(word).where(tenant == actor.tenant_id, case.in_(against)) for word, tenant, case in told)
    words = union_all(*about).cte("against")
    return exists().where(func.strpos(link, words.c.word) > 0)


def _by_role(actor: Actor) -> ColumnElement[bool]:
    if actor.roles & case_policy.SEE_SEALED:
        return true()
    if actor.roles & case_policy.SEE_OPEN_FILES:
        return Letter.sealed.is_(False)
    if Role.HANDLER in actor.roles:
        mine = select(Case.id).where(Case.tenant_id == actor.tenant_id, case_policy.visible(actor))
        made = select(LetterCase.letter_id).where(
            LetterCase.tenant_id == actor.tenant_id, LetterCase.case_id.in_(mine)
        )
        return and_(Letter.sealed.is_(False), or_(Letter.case_id.in_(mine), Letter.id.in_(made)))
    return false()


def accused(work: Work, case: Case) -> set[int]:
    """Unions that a sealed case (检举控告) or a complaint about 打击报复 accuses.

    It is the union that the office named in the file, every respondent that bears a union's exact name, and whom the
    letter named of which the case was made: whoever takes a matter over is bound as its first holder was.
    """
    if not (case.sealed or case.retaliation):
        return set()
    named = {case.accused_tenant_id} if case.accused_tenant_id is not None else set()
    told = (
        select(Letter.snapshot["accused"])
        .join(LetterCase, and_(LetterCase.tenant_id == Letter.tenant_id, LetterCase.letter_id == Letter.id))
        .where(LetterCase.case_id == case.id)
    )
    for unions in work.session.scalars(told):
        named |= set(unions or ())
    names = (
        select(Party.organisation)
        .where(Party.case_id == case.id, Party.role == PartyRole.RESPONDENT.value)
        .where(Party.organisation.is_not(None))
    )
    said = {name.strip() for name in work.session.scalars(names) if name}
    if not said:
        return named
    return named | set(work.session.scalars(select(Tenant.id).where(Tenant.name.in_(said), Tenant.id > 0)))


def barred(work: Work, case: Case) -> set[int]:
    """Unions that get no letter about a case: whoever it accuses, and everybody below (条例 art. 30(3))."""
    return shut_out(work, accused(work, case))


def shut_out(work: Work, accused: Iterable[int]) -> set[int]:
    """The accused unions, whoever carries on their work (机构承继), and everybody below any of them.

    A merge or a split takes the people and their files along: the complaint must not follow them under a new name.
    """
    named = carrying_on(work.session, accused)
    return subtree(work.session, named) if named else set()


def may_escalate(work: Work, case: Case) -> bool:
    """Whether the table lets this actor send the case upward now; the row is internal, so no button list has it."""
    row = next(row for row in CASE_WORKFLOW if row.action == "escalate")
    return Status(case.status) in row.sources and bool(row.roles & (work.actor.roles - {Role.SYSTEM}))
