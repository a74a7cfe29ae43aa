"""Departments and who works in them. A person belongs to one; moving away leaves no case behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from access.actor import Work
from access.models import User
from access.roles import Role
from audit.services import record
from kernel.db import TenantSession
from kernel.errors import ConflictError, InvalidError, NotFoundError
from kernel.ids import uuid7
from tenants.house import Department, DepartmentMember
from tenants.leaving import UserLeaving

MANAGERS = (Role.TENANT_ADMIN, Role.SYSTEM)
MAX_NAME, MAX_SHORT = 40, 12
_TOLD = ("name", "short_name", "active", "position", "head_id")


def create(work: Work, values: Mapping[str, Any]) -> Department:
    """A new department from ``name``, ``short_name``, ``position``, ``head_id`` and ``active``.

    :raises ForbiddenError: for anybody but the tenant's administrator.
    :raises InvalidError: with one sentence a field; a name that is taken is one.
    """
    work.actor.require(MANAGERS)
    made = Department(id=uuid7(), **_checked(work, values, None))
    _write(work, made)
    record(work, "department:create", subject_type="department", subject_id=made.id, data={"name": made.name})
    return made


def change(work: Work, department_id: UUID, values: Mapping[str, Any]) -> Department:
    """Change a department; closing one that still has routes or people is refused in words."""
    work.actor.require(MANAGERS)
    row = get(work, department_id, lock=True)
    before = told(row)
    checked = _checked(work, values, department_id)
    if row.active and not checked["active"] and members(work.session, department_id):
        raise InvalidError("部门里还有人员，请先把他们调到其他部门。", fields={"active": "部门里还有人员"})
    for name, value in checked.items():
        setattr(row, name, value)
    _write(work, row)
    after = told(row)
    changed = [name for name in _TOLD if before[name] != after[name]]
    if changed:
        record(
            work,
            "department:change",
            subject_type="department",
            subject_id=row.id,
            data={
                "name": row.name,
                "before": {name: before[name] for name in changed},
                "after": {name: after[name] for name in changed},
            },
        )
    return row


def remove(work: Work, department_id: UUID) -> None:
    """Remove a department that nothing points at: no people, no routes, no case.

    :raises ConflictError: when something does; closing it is then the way.
    """
    work.actor.require(MANAGERS)
    row = get(work, department_id, lock=True)
    if members(work.session, department_id):
        raise ConflictError("部门里还有人员，请先把他们调到其他部门。")
    try:
        with work.session.begin_nested():
            work.session.delete(row)
            work.session.flush()
    except IntegrityError:
        raise ConflictError("还有分流规则或信访件属于这个部门，不能删除；可以把它停用。") from None
    record(work, "department:remove", subject_type="department", subject_id=department_id, data={"name": row.name})


def move(work: Work, user_id: UUID, department_id: UUID | None, *, successor_id: UUID | None = None) -> None:
    """Put a person into a department, or into none. Whoever leaves one hands over open cases in the same act.

    :raises InvalidError: when open cases remain and nobody is named for them, or a department is closed.
    """
    work.actor.require(MANAGERS)
    user = work.session.scalars(select(User).where(User.id == user_id).with_for_update()).first()
    if user is None:
        raise NotFoundError
    target = get(work, department_id) if department_id is not None else None
    if target is not None and not target.active:
        raise InvalidError(f"“{target.name}”已停用，请选择其他部门。", fields={"department": "部门已停用"})
    row = work.session.get(DepartmentMember, (work.tenant_id, user_id))
    before = row.department_id if row is not None else None
    if before == department_id:
        return
    if before is not None:
        work.bus.publish(work, UserLeaving(user_id, successor_id, why="move"))
    if row is not None and target is None:
        work.session.delete(row)
    elif row is not None and target is not None:
        row.department_id = target.id
    elif target is not None:
        work.session.add(DepartmentMember(user_id=user_id, department_id=target.id))
    work.session.flush()
    names = names_of(work.session)
    record(
        work,
        "user:move",
        subject_type="user",
        subject_id=user_id,
        data={
            "username": user.username,
            "before": {"department": names.get(before, "") if before else ""},
            "after": {"department": target.name if target else ""},
        },
    )


def get(work: Work, department_id: UUID, *, lock: bool = False) -> Department:
    """A department of the actor's union.

    :raises NotFoundError: when there is none.
    """
    statement = select(Department).where(Department.id == department_id)
    row = work.session.scalars(statement.with_for_update() if lock else statement).first()
    if row is None:
        raise NotFoundError
    return row


def active(session: TenantSession) -> Sequence[Department]:
    """Departments in use, in their own order."""
    return session.scalars(
        select(Department).where(Department.active.is_(True)).order_by(Department.position, Department.name)
    ).all()


def names_of(session: TenantSession) -> dict[UUID, str]:
    """Names of all departments, closed ones too."""
    rows = session.execute(select(Department.id, Department.name).where(Department.tenant_id == session.tenant_id))
    return {row[0]: row[1] for row in rows}


def members(session: TenantSession, department_id: UUID) -> Sequence[User]:
    """People of a department, by name; a deactivated account is not one of them."""
    return session.scalars(
        select(User)
        .join(
            DepartmentMember,
            (DepartmentMember.tenant_id == User.tenant_id) & (DepartmentMember.user_id == User.id),
        )
        .where(DepartmentMember.department_id == department_id, User.active.is_(True))
        .order_by(User.display_name, User.id)
    ).all()


def of_people(session: TenantSession) -> dict[UUID, UUID]:
    """Which department each person belongs to."""
    rows = session.execute(
        select(DepartmentMember.user_id, DepartmentMember.department_id).where(
            DepartmentMember.tenant_id == session.tenant_id
        )
    )
    return {row[0]: row[1] for row in rows}


def sizes(session: TenantSession) -> dict[UUID, int]:
    """How many active people each department has."""
    rows = session.execute(
        select(DepartmentMember.department_id, func.count())
        .join(User, (User.tenant_id == DepartmentMember.tenant_id) & (User.id == DepartmentMember.user_id))
        .where(DepartmentMember.tenant_id == session.tenant_id, User.active.is_(True))
        .group_by(DepartmentMember.department_id)
    )
    return {row[0]: row[1] for row in rows}


def told(row: Department) -> dict[str, Any]:
    """What an event keeps of a department."""
    return {name: str(value) if isinstance(value := getattr(row, name), UUID) else value for name in _TOLD}


def _checked(work: Work, values: Mapping[str, Any], own_id: UUID | None) -> dict[str, Any]:
    problems: dict[str, str] = {}
    name, short = str(values.get("name") or "").strip(), str(values.get("short_name") or "").strip()
    if not name:
        problems["name"] = "请填写部门名称。"
    elif len(name) > MAX_NAME:
        problems["name"] = f"部门名称不能超过{MAX_NAME}个字。"
    elif work.session.scalars(
        select(Department.id).where(Department.name == name, Department.id != (own_id or uuid7()))
    ).first():
        problems["name"] = f"已有名为“{name}”的部门。"
    if len(short) > MAX_SHORT:
        problems["short_name"] = f"简称不能超过{MAX_SHORT}个字。"
    position = values.get("position") or 0
    if not isinstance(position, int) or not 0 <= position <= 999:
        problems["position"] = "排序应为0至999之间的整数。"
    head_id = values.get("head_id")
    if head_id is not None:
        head = work.session.get(User, (work.tenant_id, head_id))
        if head is None or not head.active:
            problems["head_id"] = "没有这个账号，或账号已停用。"
    if problems:
        raise InvalidError("；".join(dict.fromkeys(problems.values())), fields=problems)
    return {
        "name": name,
        "short_name": short,
        "position": position,
        "head_id": head_id,
        "active": bool(values.get("active", True)),
    }


def _write(work: Work, row: Department) -> None:
    try:
        with work.session.begin_nested():
            work.session.add(row)
            work.session.flush()
    except IntegrityError:
        # Another administrator took the name between the look and the write.
        sentence = f"已有名为“{row.name}”的部门。"
        raise InvalidError(sentence, fields={"name": sentence}) from None
