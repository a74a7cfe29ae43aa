"""Where a category's matters go in this union (分类分流): a suggestion at 受理, which a person may change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from access.actor import Work
from access.models import User, UserRole
from access.roles import Role
from audit.services import record
from kernel.db import TenantSession
from kernel.errors import InvalidError, NotFoundError
from kernel.ids import uuid7
from tenants.house import CategoryRoute, Department
from tenants.models import Category

MANAGERS = (Role.TENANT_ADMIN, Role.SYSTEM)
_HANDLERS = (Role.HANDLER.value, Role.OFFICE_HEAD.value)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the routing proposes for a matter; either may be missing."""

    department_id: UUID | None = None
    handler_id: UUID | None = None


def suggest(session: TenantSession, category_code: str | None) -> Suggestion:
    """The department and handler for a category: its own route, else that of its first level.

    A closed department or a closed account is not suggested.
    """
    if not category_code:
        return Suggestion()
    codes = (category_code, category_code.partition(".")[0])
    rows = session.execute(
        select(CategoryRoute, Department.active, User.active)
        .join(
            Department,
            (Department.tenant_id == CategoryRoute.tenant_id) & (Department.id == CategoryRoute.department_id),
        )
        .outerjoin(User, (User.tenant_id == CategoryRoute.tenant_id) & (User.id == CategoryRoute.handler_id))
        .where(CategoryRoute.category_code.in_(codes))
    )
    found = {row[0].category_code: row for row in rows}
    for code in codes:
        if code in found:
            route, open_department, open_handler = found[code]
            return Suggestion(
                route.department_id if open_department else None, route.handler_id if open_handler else None
            )
    return Suggestion()


def routes(session: TenantSession) -> Sequence[CategoryRoute]:
    """Every route, in the order of the classification."""
    return session.scalars(select(CategoryRoute).order_by(CategoryRoute.category_code)).all()


def set_route(
    work: Work,
    *,
    category_code: str,
    department_id: UUID | None,
    handler_id: UUID | None = None,
    route_id: UUID | None = None,
) -> CategoryRoute:
    """Enter a route, or change the one with ``route_id``.

    :raises InvalidError: with one sentence a field; a category that has a route already is one.
    """
    work.actor.require(MANAGERS)
    row = _get(work, route_id) if route_id is not None else None
    _check(work, category_code, department_id, handler_id, route_id)
    if department_id is None:  # said above
        raise InvalidError("请选择部门。")
    before = told(row) if row is not None else None
    row = row or CategoryRoute(id=uuid7())
    row.category_code, row.department_id, row.handler_id = category_code, department_id, handler_id
    try:
        with work.session.begin_nested():
            work.session.add(row)
            work.session.flush()
    except IntegrityError:
        sentence = "这个类别已有分流规则，请直接修改那一条。"
        raise InvalidError(sentence, fields={"category_code": sentence}) from None
    after = told(row)
    if before != after:
        record(
            work,
            "route:set",
            subject_type="route",
            subject_id=row.id,
            data={"category": category_code, "before": before or {}, "after": after},
        )
    return row


def remove(work: Work, route_id: UUID) -> None:
    """Remove a route; cases keep the department that they have.

    :raises NotFoundError: when there is none.
    """
    work.actor.require(MANAGERS)
    row = _get(work, route_id)
    before = told(row)
    work.session.delete(row)
    work.session.flush()
    record(
        work,
        "route:remove",
        subject_type="route",
        subject_id=route_id,
        data={"category": row.category_code, "before": before, "after": {}},
    )


def told(row: CategoryRoute) -> dict[str, str]:
    """What an event keeps of a route."""
    return {
        "department_id": str(row.department_id),
        "handler_id": str(row.handler_id) if row.handler_id else "",
    }


def _get(work: Work, route_id: UUID) -> CategoryRoute:
    row = work.session.scalars(select(CategoryRoute).where(CategoryRoute.id == route_id).with_for_update()).first()
    if row is None:
        raise NotFoundError
    return row


def _check(
    work: Work, category_code: str, department_id: UUID | None, handler_id: UUID | None, route_id: UUID | None
) -> None:
    session, problems = work.session, {}
    if session.get(Category, category_code) is None:
        problems["category_code"] = "请选择问题类别。"
    elif session.scalars(
        select(CategoryRoute.id).where(
            CategoryRoute.category_code == category_code, CategoryRoute.id != (route_id or uuid7())
        )
    ).first():
        problems["category_code"] = "这个类别已有分流规则，请直接修改那一条。"
    department = session.get(Department, (work.tenant_id, department_id)) if department_id else None
    if department is None or not department.active:
        problems["department_id"] = "请选择在用的部门。"
    if handler_id is not None:
        handler = session.get(User, (work.tenant_id, handler_id))
        roles = set(session.scalars(select(UserRole.role).where(UserRole.user_id == handler_id)))
        if handler is None or not handler.active or not roles & set(_HANDLERS):
            problems["handler_id"] = "默认承办人应为在用的承办人。"
    if problems:
        raise InvalidError("；".join(dict.fromkeys(problems.values())), fields=problems)
