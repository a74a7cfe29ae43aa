"""用人单位登记: the union's own register of employers that cases complain about, linked by name, never by guess."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from access.actor import Work
from access.roles import CASE_ROLES, Role
from audit.services import record
from cases import credit, identity, policy
from cases.models import Case, Party
from cases.registers import Workplace
from cases.rules import PartyRole
from cases.workflow import OPEN
from kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError

#: Who keeps the register: whoever may register a case.
KEEPERS = (Role.CLERK, Role.OFFICE_HEAD, Role.HANDLER)
CONTEXT = ("has_union", "has_collective_contract", "has_congress")
MAX_NAME, MAX_REGION = 100, 60
SUGGESTED = 8
_OPEN = tuple(status.value for status in OPEN)
_ANSWERS: dict[str, bool | None] = {"": None, "yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Line:
    """A workplace and how many open cases complain about it, of those that the actor sees."""

    workplace: Workplace
    open_cases: int


def page(work: Work, *, q: str = "", after: str = "", limit: int = 50) -> tuple[list[Line], str | None]:
    """Workplaces by name, and the name after which the next page begins."""
    work.actor.require(tuple(CASE_ROLES))
    counted = (
        select(Party.workplace_id, func.count(func.distinct(Case.id)).label("open"))
        .join(Case, (Case.tenant_id == Party.tenant_id) & (Case.id == Party.case_id))
        .where(Party.workplace_id.is_not(None), Case.status.in_(_OPEN), policy.visible(work.actor))
        .group_by(Party.workplace_id)
        .subquery()
    )
    statement = (
        select(Workplace, func.coalesce(counted.c.open, 0))
        .outerjoin(counted, counted.c.workplace_id == Workplace.id)
        .where(Workplace.merged_into_id.is_(None), Workplace.name > after)
        .order_by(Workplace.name)
        .limit(limit + 1)
    )
    typed = identity.normal(q)
    if typed:
        statement = statement.where(func.strpos(Workplace.name, typed) > 0)
    rows = [Line(row[0], row[1]) for row in work.session.execute(statement)]
    more, rows = len(rows) > limit, rows[:limit]
    return rows, rows[-1].workplace.name if more else None


def suggest(work: Work, typed: str) -> Sequence[str]:
    """Names that contain what was typed so far; those that begin with it come first."""
    text = identity.normal(typed)
    if not text or len(text) < 2:
        return []
    place = func.strpos(Workplace.name, text)
    statement = select(Workplace.name).where(Workplace.merged_into_id.is_(None), place > 0)
    return work.session.scalars(statement.order_by(place, Workplace.name).limit(SUGGESTED)).all()


def by_name(work: Work, names: Sequence[str | None]) -> dict[str, UUID]:
    """Identifiers of the workplaces with exactly these names; a merged one leads to the one that stayed."""
    wanted = {name for name in names if name}
    if not wanted:
        return {}
    rows = work.session.execute(
        select(Workplace.name, Workplace.id, Workplace.merged_into_id)
        .where(Workplace.name.in_(wanted))
        .order_by(Workplace.merged_into_id.is_(None))  # a living one wins over a merged one of the same name
    )
    return {name: merged or own for name, own, merged in rows}


def get(work: Work, workplace_id: UUID, *, lock: bool = False) -> Workplace:
    """One workplace.

    :raises NotFoundError: when there is none, or it was merged into another.
    """
    statement = select(Workplace).where(Workplace.id == workplace_id, Workplace.merged_into_id.is_(None))
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = work.session.scalars(statement).first()
    if found is None:
        raise NotFoundError
    return found


def cases_of(work: Work, workplace_id: UUID, *, limit: int = 50) -> Sequence[Case]:
    """The newest cases about a workplace that the actor may see."""
    about = select(Party.case_id).where(Party.workplace_id == workplace_id)
    statement = select(Case).where(Case.id.in_(about), policy.visible(work.actor))
    return work.session.scalars(statement.order_by(Case.registered_at.desc(), Case.id.desc()).limit(limit)).all()


def unlisted(work: Work, *, limit: int = 20) -> list[tuple[str, int]]:
    """Respondents that no entry names yet, those with the most cases first; only of cases that the actor sees."""
    statement = (
        select(Party.organisation, func.count().label("cases"))
        .join(Case, (Case.tenant_id == Party.tenant_id) & (Case.id == Party.case_id))
        .where(
            Party.role == PartyRole.RESPONDENT.value,
            Party.organisation.is_not(None),
            Party.workplace_id.is_(None),
            policy.visible(work.actor),
        )
        .group_by(Party.organisation)
        .order_by(func.count().desc(), Party.organisation)
        .limit(limit)
    )
    return [(str(row[0]), int(row[1])) for row in work.session.execute(statement)]


def save(
    work: Work, typed: Mapping[str, str], workplace_id: UUID | None = None, version: int | None = None
) -> Workplace:
    """Enter a workplace, or change one; respondents of exactly its name are linked to it.

    :raises ForbiddenError: for a role that does not register.
    :raises NotFoundError: when there is no such workplace.
    :raises InvalidError: with a sentence a field; also for a name or a code that another entry has.
    :raises ConflictError: when somebody changed it since ``version``.
    """
    _keep(work)
    values = _checked(typed)
    place = get(work, workplace_id, lock=True) if workplace_id else Workplace(created_at=work.clock.now())
    if workplace_id and version is not None and place.version != version:
        raise ConflictError
    before = {key: getattr(place, key) for key in values} if workplace_id else {}
    for key, value in values.items():
        setattr(place, key, value)
    try:
        with work.session.begin_nested():
            work.session.add(place)
            work.session.flush()
    except StaleDataError:
        raise ConflictError from None
    except IntegrityError as error:
        raise _taken(error) from None
    _link(work, place)
    record(
        work,
        "workplace:change" if workplace_id else "workplace:enter",
        subject_type="workplace",
        subject_id=place.id,
        data={"before": before, "after": values} if workplace_id else values,
    )
    return place


def merge(work: Work, workplace_id: UUID, into_name: str) -> Workplace:
    """Two entries for one employer become one: the cases of the first are from now on the second's.

    :raises InvalidError: when no other entry has exactly that name.
    :raises ForbiddenError, NotFoundError: as :func:`save`.
    """
    _keep(work)
    name = identity.normal(into_name)
    target_id = by_name(work, [name]).get(name or "")
    if target_id is None or target_id == workplace_id:
        sentence = "请填写登记中另一个用人单位的全称。"
        raise InvalidError(sentence, fields={"into": sentence})
    # In one order, so that two people who merge the same two wait and do not block each other for good.
    locked = {place: get(work, place, lock=True) for place in sorted((workplace_id, target_id))}
    gone, target = locked[workplace_id], locked[target_id]
    gone.merged_into_id = target.id
    # Those that were merged into the one that goes follow it.
    work.session.execute(
        update(Workplace).where(Workplace.merged_into_id == gone.id).values(merged_into_id=target.id)
    )
    moved: Any = work.session.execute(
        update(Party).where(Party.workplace_id == gone.id).values(workplace_id=target.id)
    )
    work.session.flush()
    record(
        work,
        "workplace:merge",
        subject_type="workplace",
        subject_id=gone.id,
        data={"into": str(target.id), "before": gone.name, "after": target.name, "cases": moved.rowcount},
    )
    return target


def _keep(work: Work) -> None:
    if not work.actor.holds(*KEEPERS):
        raise ForbiddenError


def _link(work: Work, place: Workplace) -> None:
    """Parties whose organisation is exactly this name, also of cases that the actor may not see: nothing is told."""
    work.session.execute(
        update(Party)
        .where(
            Party.role == PartyRole.RESPONDENT.value,
            Party.organisation == place.name,
            Party.workplace_id.is_distinct_from(place.id),
        )
        .values(workplace_id=place.id)
    )


def _checked(typed: Mapping[str, str]) -> dict[str, Any]:
    fields: dict[str, str] = {}
    name, region = identity.normal(typed.get("name")), identity.normal(typed.get("region"))
    if not name:
        fields["name"] = "请填写用人单位全称。"
    elif len(name) > MAX_NAME:
        fields["name"] = f"单位名称不能超过{MAX_NAME}个字。"
    if region and len(region) > MAX_REGION:
        fields["region"] = f"所在地区不能超过{MAX_REGION}个字。"
    code = None
    try:
        code = credit.check(typed.get("credit_code"))
    except InvalidError as error:
        fields["credit_code"] = error.message
    if fields:
        raise InvalidError("；".join(fields.values()), fields=fields)
    known = {key: _ANSWERS.get(typed.get(key, "")) for key in CONTEXT}
    return {"name": name, "credit_code": code, "region": region, **known}


def _taken(error: IntegrityError) -> Exception:
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if name == "uq_workplaces_name":
        return InvalidError("已有同名的用人单位。", fields={"name": "已有同名的用人单位，请直接修改那一条。"})
    if name == "uq_workplaces_credit_code":
        sentence = "已有用人单位使用这个统一社会信用代码；同一单位的两条登记请合并。"
        return InvalidError(sentence, fields={"credit_code": sentence})
    return error
