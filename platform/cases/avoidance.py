"""回避 (条例 art. 28(3)): who may not be given a case, and who may not decide it.

The check looks at what is on record: the union or the department complained of, the parties' names by blind index,
and what the person declared. A superior may let somebody go on, with a reason that stays (``permit_handler``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from access.actor import Work
from access.models import User
from cases.handling import CaseAccused, CaseAssignment
from cases.handling_rules import AVOIDANCE, GROUNDS
from cases.models import Case, Party
from cases.rules import PartyRole
from kernel.errors import IllegalTransitionError, InvalidError
from kernel.ids import uuid7
from tenants import departments
from tenants import queries as tenants

Grounds = tuple[str, ...]


def grounds(work: Work, case: Case, user_id: UUID) -> Grounds:
    """Codes of what speaks against one account handling one case; empty where nothing does or it was permitted."""
    return grounds_of(work, [case], user_id).get(case.id, ())


def grounds_of(work: Work, cases: Sequence[Case], user_id: UUID) -> dict[UUID, Grounds]:
    """The same for several cases, in as many statements as for one."""
    user = work.session.get(User, (work.tenant_id, user_id))
    if user is None or not cases:
        return {}
    declared, permitted = _declarations(work, [case.id for case in cases], user_id)
    own_index = work.cipher.blind_index(work.tenant_id, "name", user.display_name)
    union, places = _own_names(work), _department_of(work, user_id)
    parties: dict[UUID, list[Party]] = {}
    for party in work.session.scalars(select(Party).where(Party.case_id.in_([case.id for case in cases]))):
        parties.setdefault(party.case_id, []).append(party)
    found: dict[UUID, Grounds] = {}
    against = _accusing(work, user_id) if any(case.sealed for case in cases) else frozenset()
    for case in cases:
        if case.id in against:
            # No superior lets somebody handle a report against themselves (条例 art. 30(3)).
            found[case.id] = ("accused",)
            continue
        if case.id in permitted:
            continue
        theirs = parties.get(case.id, [])
        accused = [p.organisation.strip() for p in theirs if p.role == PartyRole.RESPONDENT and p.organisation]
        held = {
            "accused": False,
            "own_union": case.accused_tenant_id == work.tenant_id or any(name in union for name in accused),
            "department": any(_is_department(name, places, union) for name in accused),
            "person": any(party.name_index == own_index for party in theirs if party.name_index is not None),
            "declared": case.avoid_id == user_id or case.id in declared,
        }
        if any(held.values()):
            found[case.id] = tuple(code for code in GROUNDS if held[code])
    return found


def _accusing(work: Work, user_id: UUID) -> frozenset[UUID]:
    return frozenset(
        work.session.scalars(
            select(CaseAccused.case_id).where(CaseAccused.user_id == user_id, CaseAccused.ended_at.is_(None))
        )
    )


def _own_names(work: Work) -> frozenset[str]:
    own = tenants.get(work.session, work.tenant_id)
    return frozenset(name for name in (own.name, own.short_name) if name)


def _department_of(work: Work, user_id: UUID) -> Sequence[str]:
    department_id = departments.of_people(work.session).get(user_id)
    if department_id is None:
        return ()
    row = departments.get(work, department_id)
    return tuple(name for name in (row.name, row.short_name) if name)


def accuses_department(work: Work, case: Case, department_id: UUID) -> bool:
    """Whether the case complains of this department of the own union."""
    row = departments.get(work, department_id)
    places, union = [name for name in (row.name, row.short_name) if name], _own_names(work)
    parties = work.session.scalars(
        select(Party.organisation).where(Party.case_id == case.id, Party.role == PartyRole.RESPONDENT.value)
    )
    return any(_is_department(name.strip(), places, union) for name in parties if name)


def _is_department(accused: str, places: Iterable[str], union: Iterable[str]) -> bool:
    """``财务部`` or ``某某总工会财务部``; a department of the same name elsewhere is another one."""
    return any(accused == place or accused in {f"{name}{place}" for name in union} for place in places)


def _declarations(work: Work, case_ids: Sequence[UUID], user_id: UUID) -> tuple[set[UUID], set[UUID]]:
    """Cases in which the account's last word is a declaration, and those in which it is a permission."""
    rows = work.session.execute(
        select(CaseAssignment.case_id, CaseAssignment.kind)
        .where(
            CaseAssignment.tenant_id == work.tenant_id,
            CaseAssignment.case_id.in_(case_ids),
            CaseAssignment.user_id == user_id,
            CaseAssignment.kind != "assign",
        )
        .order_by(CaseAssignment.at, CaseAssignment.id)
    )
    last = {row.case_id: row.kind for row in rows}
    return {key for key, kind in last.items() if kind == "declare"}, {
        k for k, kind in last.items() if kind == "permit"
    }


def sentence(found: Grounds) -> str:
    """Why somebody has to withdraw, with the article and what to do."""
    why = "、".join(GROUNDS[code] for code in found)
    what = "请选择其他人；确需由其办理的，由单位领导批准不回避"
    if "accused" in found:
        what = "请选择其他人；没有其他人的，呈报上级工会办理"
    elif "own_union" in found:
        what = "请上报上级工会，由上级指定其他工会办理"
    return f"所选承办人应当回避（{why}，{AVOIDANCE}）；{what}。"


def check_assignee(work: Work, case: Case, user_id: UUID) -> None:
    """Refuse an assignment to whoever has to withdraw.

    :raises InvalidError: naming the ground and the article; never whose name it was.
    """
    found = grounds(work, case, user_id)
    if found:
        raise InvalidError(sentence(found), code="avoidance")


def check_decider(work: Work, case: Case) -> None:
    """Whoever writes the opinion has no interest in it (domain.md B3).

    :raises IllegalTransitionError: when something speaks against the actor, and nobody permitted it.
    """
    user_id = work.actor.user_id
    found = grounds(work, case, user_id) if user_id is not None else ()
    if found:
        why = "、".join(GROUNDS[code] for code in found)
        raise IllegalTransitionError(
            f"您应当回避（{why}），不能出具意见；请信访部门负责人改派承办人，或者由单位领导批准不回避（{AVOIDANCE}）。"
        )


def note_assignment(work: Work, case: Case, values: Mapping[str, Any]) -> None:
    """Keep who was given the case and that nothing was declared; what was declared refuses the act.

    :raises InvalidError: when the handler declared an interest.
    """
    user_id: UUID = values["assignee"]
    declared = str(values.get("declared") or "")
    if declared and not _declarations(work, [case.id], user_id)[1]:
        told = f"承办人已声明利害关系，应当回避（{AVOIDANCE}）；请选择其他人，或者由单位领导批准不回避。"
        raise InvalidError(told, fields={"declared": told})
    _add(work, case, user_id, "assign", declared=declared or None)


def declare(work: Work, case: Case, words: str) -> None:
    """The handler's own declaration: from now on somebody else decides."""
    assert work.actor.user_id is not None
    _add(work, case, work.actor.user_id, "declare", declared=words)
    case.conflict, case.avoid_id = True, work.actor.user_id


def permit(work: Work, case: Case, user_id: UUID, reason: str) -> None:
    """A superior lets somebody go on in spite of what was found.

    :raises InvalidError: for oneself, and where nothing speaks against the person.
    """
    if user_id == work.actor.user_id:
        told = f"不能批准本人不回避；请由其他单位领导或者上级工会决定（{AVOIDANCE}）。"
        raise InvalidError(told, fields={"permitted": told})
    found = grounds(work, case, user_id)
    if "accused" in found:
        told = "被反映人不得办理反映其本人的检举控告，不能批准不回避（《信访工作条例》第三十条第三款）。"
        raise InvalidError(told, fields={"permitted": told})
    if not found:
        told = "系统没有发现所选人员需要回避的情形，不需要批准。"
        raise InvalidError(told, fields={"permitted": told})
    _add(work, case, user_id, "permit", grounds=list(found), reason=reason)
    if case.avoid_id == user_id:
        case.avoid_id = None


def _add(work: Work, case: Case, user_id: UUID, kind: str, **more: Any) -> None:
    row = CaseAssignment(
        id=uuid7(),
        case_id=case.id,
        user_id=user_id,
        kind=kind,
        by_id=work.actor.user_id,
        at=work.clock.now(),
        grounds=more.pop("grounds", []),
        **more,
    )
    work.session.add(row)


def of_case(work: Work, case_id: UUID) -> Sequence[CaseAssignment]:
    """Assignments, declarations and permissions of a case that the actor sees, oldest first."""
    return work.session.scalars(
        select(CaseAssignment).where(CaseAssignment.case_id == case_id).order_by(CaseAssignment.at, CaseAssignment.id)
    ).all()
