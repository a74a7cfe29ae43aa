"""``/welcome/<slug>/<token>``: the owner of a new account chooses a name and a password by a one-time link."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from access import throttle
from access.actor import Work, system_actor
from access.models import User
from access.passwords import MAX_LENGTH, MIN_LENGTH
from doorway.guard import public
from doorway.runtime import runtime
from kernel.db import PLATFORM_TENANT
from kernel.errors import InvalidError, NotFoundError
from tenants import invitations
from tenants import queries as tenants
from tenants.models import Tenant
from web.security.login import throttled


def blueprint() -> Blueprint:
    """The page and its form."""
    welcome = Blueprint("welcome", __name__)

    @welcome.get("/welcome/<slug>/<token>")
    @public
    def show(slug: str, token: str) -> ResponseReturnValue:
        """The form. Looking does not use the link up: messengers look at links before people do."""
        tenant, user = _knock(slug, token)
        return _page(tenant, user)

    @welcome.post("/welcome/<slug>/<token>")
    @public
    def enter(slug: str, token: str) -> ResponseReturnValue:
        """Store the password and lead to the login form; the link is spent."""
        tenant, user = _knock(slug, token)
        try:
            name = _accept(tenant, token)
        except InvalidError as error:
            return _page(tenant, user, error.fields or {"password": error.message}, error.message), 422
        flash(_("账号已启用，请用 %(login)s 和刚才设置的密码登录。", login=f"{name}@{slug}"), "success")
        return redirect("/login/")

    return welcome


def _knock(slug: str, token: str) -> tuple[Tenant, User]:
    """The union and the account of a link that is still good; every try counts like a wrong password until then.

    :raises ThrottledError: after too many tries.
    :raises NotFoundError: for every kind of useless link alike.
    """
    parts = runtime()
    now = parts.clock.now()
    counters = throttle.counters(
        parts.settings.secret_key, login=f"welcome:{slug}:{token}"[:200], address=request.remote_addr or ""
    )
    with parts.database.transaction(PLATFORM_TENANT) as session:
        wait = throttle.take_attempt(session, counters, now)
        tenant = tenants.by_slug(session, slug)
    if wait:
        raise throttled(wait)
    user = None
    if tenant is not None and tenant.status == "active":
        with parts.database.transaction(tenant.id) as session:
            user = invitations.find(session, token, now)
            if user is not None:
                throttle.forgive(session, counters, now)
    if tenant is None or user is None:
        raise NotFoundError(_("链接无效、已经使用过或已过期。请向开通账号的人索取新的链接。"))
    return tenant, user


def _accept(tenant: Tenant, token: str) -> str:
    password = request.form.get("password", "")
    if password != request.form.get("repeat", ""):
        raise InvalidError(_("两次输入的密码不一致。"), fields={"repeat": _("两次输入的密码不一致")})
    parts = runtime()
    with parts.database.transaction(tenant.id) as session:
        work = Work(session, system_actor(tenant.id), parts.clock, parts.cipher, parts.bus)
        display_name = request.form.get("display_name", "")[:40]
        return invitations.accept(work, token, password=password, display_name=display_name).username


def _page(tenant: Tenant, user: User, errors: dict[str, str] | None = None, message: str | None = None) -> str:
    return render_template(
        "web/welcome.html",
        tenant=tenant,
        login=f"{user.username}@{tenant.slug}",
        display_name=request.form.get("display_name", user.display_name),
        errors=errors or {},
        message=message,
        min_length=MIN_LENGTH,
        max_length=MAX_LENGTH,
    )
