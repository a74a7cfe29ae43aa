"""Found a union and put it in the tree. Run by the platform only: row-level security refuses anybody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import func, select

from access.actor import Work
from access.roles import Role
from audit.services import Entry, append, record
from kernel.bulk import insert_rows
from kernel.db import PLATFORM_TENANT, TenantSession
from kernel.errors import InvalidError
from tenants import queries, rules, tree
from tenants.models import Kind, Tenant

FOUNDERS = (Role.PLATFORM_ADMIN, Role.SYSTEM)
#: Holiday calendars that the platform has. Days are those of Asia/Shanghai for everybody.
CALENDARS: dict[str, str] = {"CN": "国务院放假安排（含调休）"}


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is told about a new union. Texts are brought into their stored form here, so that a check and the founding
    see the same. Numbers of cases follow ``code``〔year〕serial for everybody (机关代字).
    """

    slug: str
    name: str
    kind: Kind
    code: str
    parent_slug: str | None = None
    #: 双重领导: the second line.
    second_parent_slug: str | None = None
    short_name: str | None = None
    region: str = ""
    members: int = 0
    credit_code: str | None = None
    seal_text: str = ""
    portal_colour: str | None = None
    address: str = ""
    phone: str = ""
    hours: str = ""
    calendar: str = "CN"

    def __post_init__(self) -> None:
        # Frozen for everybody afterwards.
        put = object.__setattr__
        for field in ("name", "code", "region", "seal_text", "address", "phone", "hours"):
            put(self, field, rules.plain(getattr(self, field)))
        put(self, "short_name", rules.plain(self.short_name) or self.name[: rules.LONGEST["short_name"]])
        put(self, "credit_code", rules.credit_code(self.credit_code) if self.credit_code else None)
        put(self, "portal_colour", self.portal_colour.strip().lower() if self.portal_colour else None)
        put(self, "parent_slug", self.parent_slug or None)
        put(self, "second_parent_slug", self.second_parent_slug or None)

    def problems(self) -> dict[str, str]:
        """What is wrong by itself, whoever else is there: a sentence a field."""
        found: dict[str, str] = {}
        if not rules.SLUG.fullmatch(self.slug):
            found["slug"] = "组织标识只能用小写字母、数字和短横线，2 至 40 位"
        elif self.slug in rules.RESERVED_SLUGS:
            found["slug"] = f"组织标识“{self.slug}”是系统保留的词，请换一个"
        for field, word in (("name", "组织名称"), ("code", "机关代字")):
            if not getattr(self, field):
                found[field] = f"{word}不能为空"
        for field, most in rules.LONGEST.items():
            if len(getattr(self, field)) > most:
                found[field] = f"太长，最多{most}个字"
        if not 0 <= self.members <= rules.MOST_MEMBERS:
            found["members"] = "会员人数应是不小于0的整数"
        if self.credit_code is not None and not rules.is_credit_code(self.credit_code):
            found["credit_code"] = "统一社会信用代码不正确：应为18位，且校验位相符"
        if self.portal_colour is not None and (problem := rules.colour_problem(self.portal_colour)):
            found["portal_colour"] = problem
        if self.calendar not in CALENDARS:
            found["calendar"] = "没有这种节假日历"
        return found


def check(work: Work, told: Particulars) -> dict[str, str]:
    """Everything that founding would refuse now, a sentence a field; nothing is written.

    :raises ForbiddenError: for anybody but the platform's administrator or the system.
    """
    work.actor.require(FOUNDERS)
    return _examine(work.session, told)[0]


def create(work: Work, **told: Any) -> Tenant:
    """Found a union below ``parent_slug`` (or as a root) and record it in the platform's log.

    The arguments are those of ``Particulars``. Costs the same at any size of federation: one row, and two for each
    ancestor.

    :raises ForbiddenError: for anybody but the platform's administrator or the system.
    :raises InvalidError: with a sentence a field, all of them at once.
    """
    return found(work, Particulars(**told))


def found(work: Work, told: Particulars) -> Tenant:
    """As ``create``."""
    work.actor.require(FOUNDERS)
    session = work.session
    tree.lock(session)
    problems, above, beside = _examine(session, told)
    if problems:
        raise InvalidError("；".join(dict.fromkeys(problems.values())) + "。", fields=problems)
    number = session.execute(_LAST).scalar_one() + 1
    tenant = Tenant(
        **_columns(told),
        id=number,
        parent_id=above.id if above else None,
        second_parent_id=beside.id if beside else None,
        level=above.level + 1 if above else 1,
    )
    session.add(tenant)
    session.flush()
    tree.place(session, number, tenant.parent_id)
    record(work, "tenant:create", subject_type="tenant", data=_event(number, told))
    return tenant


def found_all(work: Work, units: Sequence[Particulars]) -> None:
    """Found many unions, parents before their children, in about ten statements.

    For a caller that holds the tree's lock and has checked every one of them (``tenants.planning``); the database's
    own constraints are all that stands behind that.

    :raises ForbiddenError: for anybody but the platform's administrator or the system.
    """
    work.actor.require(FOUNDERS)
    if not units:
        return
    session = work.session
    last = session.execute(_LAST).scalar_one()
    numbers = {told.slug: last + place for place, told in enumerate(units, start=1)}
    named = {slug for told in units for slug in (told.parent_slug, told.second_parent_slug) if slug is not None}
    known = session.execute(select(Tenant.slug, Tenant.id).where(Tenant.slug.in_(named - numbers.keys())))
    ids: dict[str | None, int | None] = {None: None}
    ids.update((row.slug, row.id) for row in known)
    ids.update(numbers.items())
    # Second lines point anywhere among the new; the key is checked at the end of the one statement that brings all.
    levels = tree.levels(session, {numbers[told.slug]: ids[told.parent_slug] for told in units})
    insert_rows(
        session,
        Tenant,
        [
            _columns(told)
            | {
                "id": numbers[told.slug],
                "parent_id": ids[told.parent_slug],
                "second_parent_id": ids[told.second_parent_slug],
                "level": levels[numbers[told.slug]],
            }
            for told in units
        ],
    )
    tree.place_all(session, {numbers[told.slug]: ids[told.parent_slug] for told in units})
    now, actor = work.clock.now(), work.actor
    append(
        session,
        [
            Entry(now, actor.user_id, actor.name, "tenant:create", "tenant", data=_event(numbers[told.slug], told))
            for told in units
        ],
    )


_LAST = select(func.coalesce(func.max(Tenant.id), 0))


def _columns(told: Particulars) -> dict[str, Any]:
    lines = ("parent_slug", "second_parent_slug")
    values = {each.name: getattr(told, each.name) for each in fields(told) if each.name not in lines}
    return values | {"kind": told.kind.value}


def _event(number: int, told: Particulars) -> dict[str, Any]:
    return {
        "tenant": number,
        "slug": told.slug,
        "name": told.name,
        "parent": told.parent_slug,
        "second_parent": told.second_parent_slug,
    }


def _examine(session: TenantSession, told: Particulars) -> tuple[dict[str, str], Tenant | None, Tenant | None]:
    problems = told.problems()
    above = queries.by_slug(session, told.parent_slug) if told.parent_slug else None
    beside = queries.by_slug(session, told.second_parent_slug) if told.second_parent_slug else None
    if told.parent_slug and (sentence := _unfit(told.parent_slug, above)):
        problems["parent"] = sentence
    if told.second_parent_slug and (sentence := _unfit(told.second_parent_slug, beside)):
        problems["second_parent"] = sentence.replace("上级组织", "第二上级", 1)
    elif beside is not None and (above is None or beside.id == above.id):
        problems["second_parent"] = "第二上级应是上级组织以外的另一个组织，没有上级的组织不设第二上级"
    return problems | _taken(session, told.slug, told.credit_code), above, beside


def _unfit(slug: str, parent: Tenant | None) -> str | None:
    """Why nobody can be put below ``parent``."""
    if parent is None or parent.id == PLATFORM_TENANT or parent.status == "closed":
        return f"上级组织“{slug}”不存在或已关闭"
    if parent.status != "active":
        return f"上级组织“{parent.name}”已停用，恢复使用后才能在其下新建组织"
    return None


def _taken(session: TenantSession, slug: str, credit_code: str | None) -> dict[str, str]:
    found: dict[str, str] = {}
    if queries.by_slug(session, slug) is not None:
        found["slug"] = f"组织标识“{slug}”已被使用"
    if credit_code is not None:
        # Which union has it is not told: the code of a union elsewhere is none of the asker's business.
        same = select(Tenant.id).where(Tenant.credit_code == credit_code)
        if session.scalars(same).first() is not None:
            found["credit_code"] = "统一社会信用代码已被其他组织使用，请核对"
    return found
