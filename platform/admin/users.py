"""``/admin/users``: a union's administrator opens, changes and closes accounts."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from access.models import User
from access.passwords import one_time
from access.queries import accounts, roles_of
from access.roles import CASE_ROLES, LABELS, TENANT_ROLES, Role
from admin.refusals import Refusal, asking
from doorway.guard import guard, work
from kernel.db import PLATFORM_TENANT
from kernel.errors import InvalidError
from tenants import queries as tenants
from tenants.accounts import create_user, get_user, reset_password, set_active, set_roles

MANAGERS = (Role.TENANT_ADMIN, Role.PLATFORM_ADMIN)
PAGE = 50


def add_routes(pages: Blueprint) -> None:
    """Hang the pages of this module on the door's blueprint."""
    pages.add_url_rule("/admin/users", "users", listing)
    pages.add_url_rule("/admin/users/new", "new_user", blank)
    pages.add_url_rule("/admin/users/new", "create_user", create, methods=["POST"])
    pages.add_url_rule("/admin/users/<uuid:user_id>", "user", show)
    pages.add_url_rule("/admin/users/<uuid:user_id>/roles", "user_roles", change_roles, methods=["POST"])
    pages.add_url_rule("/admin/users/<uuid:user_id>/active", "user_active", change_active, methods=["POST"])
    pages.add_url_rule("/admin/users/<uuid:user_id>/password", "user_password", give_password, methods=["POST"])


@guard(*MANAGERS)
def listing() -> ResponseReturnValue:
    """Accounts by login name, fifty a page."""
    search, after = request.args.get("q", "").strip()[:40], request.args.get("after", "")[:40]
    rows = accounts(work().session, search=search, after=after, limit=PAGE + 1)
    older = rows[PAGE - 1].user.username if len(rows) > PAGE else None
    return render_template(
        "admin/users.html", rows=rows[:PAGE], search=search, older=older, after=after, labels=LABELS
    )


@guard(*MANAGERS)
def blank() -> ResponseReturnValue:
    """An empty form."""
    return _form({}, {})


@guard(*MANAGERS)
def create() -> ResponseReturnValue:
    """Open an account; its one-time password is on the answer and nowhere else."""
    given = {name: request.form.get(name, "") for name in ("username", "display_name")}
    password = one_time()
    refusal = Refusal()
    with asking(refusal):
        user = create_user(
            work(),
            username=given["username"],
            display_name=given["display_name"],
            password=password,
            roles=_chosen(),
            must_change_password=True,
        )
    if refusal:
        return _form(given, refusal.fields, refusal.message), 422
    return _handover(user, password, _("账号已开通"))


@guard(*MANAGERS)
def show(user_id: UUID) -> ResponseReturnValue:
    """One account with what may be done to it."""
    return _account(user_id)


@guard(*MANAGERS)
def change_roles(user_id: UUID) -> ResponseReturnValue:
    """Replace the roles; the account has to log in again."""
    refusal = Refusal()
    with asking(refusal):
        set_roles(work(), user_id, _chosen())
    if refusal:
        return _account(user_id, refusal), 422
    flash(_("角色已修改，该账号需要重新登录。"), "success")
    return redirect(url_for("admin.user", user_id=user_id))


@guard(*MANAGERS)
def change_active(user_id: UUID) -> ResponseReturnValue:
    """Close the account or open it again."""
    active = request.form.get("active") == "1"
    set_active(work(), user_id, active=active)
    flash(_("账号已启用。") if active else _("账号已停用，已登录的设备全部退出。"), "success")
    return redirect(url_for("admin.user", user_id=user_id))


@guard(*MANAGERS)
def give_password(user_id: UUID) -> ResponseReturnValue:
    """Reset the password to a one-time one that is on the answer and nowhere else."""
    password = one_time()
    reset_password(work(), user_id, password)
    return _handover(get_user(work(), user_id), password, _("密码已重置"))


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


def _account(user_id: UUID, refusal: Refusal | None = None) -> str:
    user = get_user(work(), user_id)
    held = [role.value for role in roles_of(work().session, user_id)]
    return render_template(
        "admin/user.html",
        user=user,
        slug=tenants.get(work().session, work().tenant_id).slug,
        groups=_offered(),
        chosen=request.form.getlist("roles") if refusal else held,
        errors=refusal.fields if refusal else {},
        message=refusal.message if refusal else None,
        oneself=user.id == work().actor.user_id,
    )


def _handover(user: User, password: str, title: str) -> str:
    slug = tenants.get(work().session, work().tenant_id).slug
    return render_template(
        "admin/handover.html", title=title, name=user.display_name, login=f"{user.username}@{slug}", password=password
    )
