"""``/admin/users``: a union's administrator opens, changes and closes accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access.limits import MOST_BY_STRANGERS
from access.models import User
from access.passwords import one_time
from access.queries import holders, roles_by_user, roles_of
from access.roles import CASE_ROLES, LABELS, TENANT_ROLES, Role
from admin.house import Cell, HouseView, Line, as_uuid
from admin.reading import HouseInterface
from admin.refusals import Refusal, asking
from cases.leaving import list_address, open_count
from cases.policy import HOLDERS
from doorway.guard import guard, work
from doorway.presenting import china_time
from doorway.words import N_, _
from kernel.db import PLATFORM_TENANT
from kernel.errors import InvalidError
from tenants import departments, requests
from tenants import queries as tenants
from tenants.accounts import get_user, reset_password, shortest_password, watched

MANAGERS = (Role.TENANT_ADMIN, Role.PLATFORM_ADMIN)
#: The security administrator takes roles away and closes accounts, and hands out nothing.
REVOKERS = (*MANAGERS, Role.SECURITY_ADMIN)
READERS = (*REVOKERS, Role.AUDITOR)


def add_routes(pages: Blueprint) -> None:
    """Hang the pages of this module on the door's blueprint."""
    pages.add_url_rule("/admin/users/new", "new_user", blank)
    pages.add_url_rule("/admin/users/new", "create_user", create, methods=["POST"])
    pages.add_url_rule("/admin/users/<uuid:user_id>", "user", show)
    pages.add_url_rule("/admin/users/<uuid:user_id>/roles", "user_roles", change_roles, methods=["POST"])
    pages.add_url_rule("/admin/users/<uuid:user_id>/active", "user_active", change_active, methods=["POST"])
    pages.add_url_rule("/admin/users/<uuid:user_id>/password", "user_password", give_password, methods=["POST"])


class UserView(HouseView):
    """The list of accounts, read by the library; opening and changing one have forms of their own below, because a
    one-time password, roles in two groups and acts of two people are no columns of a row."""

    datamodel = HouseInterface(User)
    route_base = "/admin/users"
    readers = READERS
    writers = MANAGERS
    include_route_methods: ClassVar[set[str]] = {"list"}
    list_title = N_("账号管理")
    lead = N_("本单位的账号和角色。管理员不能查看信访件。")
    add_word, add_endpoint = N_("开通账号"), "admin.new_user"
    list_columns: ClassVar[list[str]] = ["display_name", "username", "roles", "department", "active", "last_login_at"]
    label_columns: ClassVar[dict[str, str]] = {
        "display_name": N_("姓名"),
        "username": N_("用户名"),
        "roles": N_("角色"),
        "department": N_("部门"),
        "active": N_("状态"),
        "last_login_at": N_("最近登录"),
    }
    orders: ClassVar[Mapping[str, str]] = {"username": "username", "last_login_at": "last_login_at"}
    base_order = ("username", "asc")
    searched = ("username", "display_name")
    search_label = N_("用户名或姓名")
    empty = N_("没有符合条件的账号。")

    def lines(self, rows: Sequence[Any]) -> list[Line]:
        session = work().session
        roles = roles_by_user(session, [row.id for row in rows])
        names, places = departments.names_of(session), departments.of_people(session)
        return [
            Line(
                url_for("admin.user", user_id=row.id),
                (
                    Cell(row.display_name),
                    Cell(row.username),
                    Cell("、".join(LABELS[role] for role in sorted(roles[row.id])) or _("待确认")),
                    Cell(names.get(places[row.id], "") if row.id in places else ""),
                    Cell(_("使用中"), "green") if row.active else Cell(_("已停用"), "red"),
                    Cell(china_time(row.last_login_at) if row.last_login_at else _("从未登录")),
                ),
            )
            for row in rows
        ]


@guard(*MANAGERS)
def blank() -> ResponseReturnValue:
    """An empty form."""
    return _form({}, {})


@guard(*MANAGERS)
def create() -> ResponseReturnValue:
    """Open an account; its one-time password is on the answer and nowhere else.

    Roles that a second person has to confirm wait for that; the account opens with the others.
    """
    given = {name: request.form.get(name, "") for name in ("username", "display_name")}
    password = one_time(shortest_password(work()))
    refusal = Refusal()
    with asking(refusal):
        user, waiting = requests.open_account(
            work(),
            username=given["username"],
            display_name=given["display_name"],
            password=password,
            roles=_chosen(),
        )
    if refusal:
        return _form(given, refusal.fields, refusal.message), 422
    return _handover(user, password, _("账号已开通"), waiting=waiting is not None)


@guard(*READERS)
def show(user_id: UUID) -> ResponseReturnValue:
    """One account with what may be done to it."""
    return _account(user_id)


@guard(*REVOKERS)
def change_roles(user_id: UUID) -> ResponseReturnValue:
    """Replace the roles, or ask for it; the account has to log in again."""
    refusal = Refusal()
    with asking(refusal):
        waiting = requests.change_roles(
            work(), user_id, _chosen(), reason=request.form.get("reason", ""), successor_id=_successor()
        )
    if refusal:
        return _account(user_id, refusal, "roles"), refusal.status
    if waiting is not None:
        return _waits()
    flash(_("角色已修改，该账号需要重新登录。"), "success")
    return redirect(url_for("admin.user", user_id=user_id))


@guard(*REVOKERS)
def change_active(user_id: UUID) -> ResponseReturnValue:
    """Close the account or open it again, or ask for it; open cases go to whoever is named."""
    active = request.form.get("active") == "1"
    refusal = Refusal()
    with asking(refusal):
        waiting = requests.change_active(
            work(),
            user_id,
            active=active,
            reason=request.form.get("reason", ""),
            successor_id=_successor(),
        )
    if refusal:
        return _account(user_id, refusal, "active"), refusal.status
    if waiting is not None:
        return _waits()
    flash(_("账号已启用。") if active else _("账号已停用，已登录的设备全部退出。"), "success")
    return redirect(url_for("admin.user", user_id=user_id))


@guard(*MANAGERS)
def give_password(user_id: UUID) -> ResponseReturnValue:
    """Reset the password to a one-time one that is on the answer and nowhere else.

    Of an account that reaches further than the administrator's own, only half of it: the other half is the security
    administrator's to give.
    """
    unit = work()
    user = get_user(unit, user_id)
    if not requests.needs_second_for_password(unit, user_id):
        password = one_time(shortest_password(unit))
        reset_password(unit, user_id, password)
        return _handover(user, password, _("密码已重置"))
    refusal = Refusal()
    with asking(refusal):
        _row, half = requests.ask_password(unit, user_id, request.form.get("reason", ""))
    if refusal:
        return _account(user_id, refusal, "password"), refusal.status
    slug = tenants.get(unit.session, unit.tenant_id).slug
    return render_template(
        "admin/half.html",
        title=_("已提交重置密码申请"),
        name=user.display_name,
        login=f"{user.username}@{slug}",
        half=half,
        second=False,
    )


def _waits() -> ResponseReturnValue:
    flash(_("已提交申请，安全管理员确认后生效。"), "warning")
    return redirect(url_for("admin.requests"))


def _successor() -> UUID | None:
    return as_uuid(request.form.get("successor"))


def _chosen() -> list[Role]:
    try:
        return [Role(value) for value in request.form.getlist("roles")]
    except ValueError:
        raise InvalidError(_("没有这种角色。"), fields={"roles": _("没有这种角色")}) from None


def _offered() -> list[tuple[str, list[tuple[str, str]]]]:
    """Role groups of the form: people who work with cases, and the three administrators who never see one."""
    if work().tenant_id == PLATFORM_TENANT:
        return [(_("平台角色"), [(Role.PLATFORM_ADMIN.value, LABELS[Role.PLATFORM_ADMIN])])]
    case_roles = [(role.value, LABELS[role]) for role in Role if role in CASE_ROLES]
    keepers = [(role.value, LABELS[role]) for role in Role if role in TENANT_ROLES - CASE_ROLES]
    return [(_("业务角色"), case_roles), (_("管理角色（不能接触信访件，且三者须由不同的人担任）"), keepers)]


def _form(given: dict[str, str], errors: dict[str, str], message: str | None = None) -> str:
    return render_template(
        "admin/new_user.html",
        given=given,
        errors=errors,
        message=message,
        groups=_offered(),
        chosen=request.form.getlist("roles"),
        slug=tenants.get(work().session, work().tenant_id).slug,
    )


def _account(user_id: UUID, refusal: Refusal | None = None, part: str = "") -> str:
    unit = work()
    user = get_user(unit, user_id)
    held = roles_of(unit.session, user_id)
    place = departments.of_people(unit.session).get(user_id)
    successors = [row for row in holders(unit.session, HOLDERS) if row.id != user_id]
    return render_template(
        "admin/user.html",
        user=user,
        slug=tenants.get(unit.session, unit.tenant_id).slug,
        groups=_offered(),
        chosen=request.form.getlist("roles")
        if refusal and request.form.getlist("roles")
        else [r.value for r in held],
        roles="、".join(LABELS[role] for role in sorted(held)),
        department=departments.names_of(unit.session).get(place, "") if place else "",
        errors=refusal.fields if refusal else {},
        message=refusal.message if refusal else None,
        part=part,
        oneself=user.id == unit.actor.user_id,
        may_grant=unit.actor.holds(*MANAGERS),
        may_revoke=unit.actor.holds(*REVOKERS),
        second_for_password=requests.needs_second_for_password(unit, user_id),
        second_for_roles=watched(unit) and unit.actor.holds(*MANAGERS),
        waiting=[requests.KINDS[row.kind] for row in requests.waiting_for(unit, user_id)],
        stopped=user.failed_logins >= MOST_BY_STRANGERS,
        holding=open_count(unit, user_id),
        cases_url=list_address(user_id),
        successors=[(row.id, row.display_name) for row in successors],
        reason=request.form.get("reason", ""),
    )


def _handover(user: User, password: str, title: str, *, waiting: bool = False) -> str:
    slug = tenants.get(work().session, work().tenant_id).slug
    return render_template(
        "admin/handover.html",
        title=title,
        name=user.display_name,
        login=f"{user.username}@{slug}",
        password=password,
        waiting=waiting,
    )
