"""What a new union is handed: the link of its first administrator and the code that leads people to its portal."""

from __future__ import annotations

import segno
from flask import render_template, request, url_for
from flask_babel import gettext as _

from access.actor import Work, system_actor
from access.queries import holders
from access.roles import Role
from audit.services import record
from doorway.guard import work
from doorway.runtime import runtime
from kernel.errors import ConflictError
from tenants.invitations import NO_PASSWORD, Invited, invite, renew
from tenants.models import Tenant


def portal_url(slug: str) -> str:
    """The public address of a union, as it is printed beside its code."""
    return f"{request.url_root}portal/{slug}/"


def portal_code(slug: str) -> str:
    """The address as a QR code: an SVG as a data URI, which the pages' policy lets an image be."""
    uri: str = segno.make(portal_url(slug), error="m").svg_data_uri(scale=4, border=2)
    return uri


def first_admin(tenant: Tenant, username: str, display_name: str) -> Invited:
    """The account in the new union's own transaction, by the system's hand; for one that never entered, a new link.

    :raises ConflictError: when the union has an administrator: from then on its accounts are its own business.
    """
    parts = runtime()
    with parts.database.transaction(tenant.id) as session:
        inside = Work(session, system_actor(tenant.id), parts.clock, parts.cipher, parts.bus)
        admins = holders(session, (Role.TENANT_ADMIN,))
        if any(user.password_hash != NO_PASSWORD for user in admins):
            raise ConflictError(_("该组织已有管理员，账号由其自行管理。"))
        if admins:
            invited = renew(inside, admins[0].id)
        else:
            invited = invite(inside, username=username, display_name=display_name, roles=(Role.TENANT_ADMIN,))
    record(
        work(),
        "tenant:first_admin",
        subject_type="tenant",
        data={"slug": tenant.slug, "username": invited.user.username},
    )
    return invited


def admin_state(tenant: Tenant) -> str:
    """``none``, ``waiting`` (the link has not been used yet) or ``there``."""
    with runtime().database.transaction(tenant.id) as session:
        admins = holders(session, (Role.TENANT_ADMIN,))
    if not admins:
        return "none"
    return "there" if any(user.password_hash != NO_PASSWORD for user in admins) else "waiting"


def handover(tenant: Tenant, invited: Invited) -> str:
    """The page that shows the link once."""
    return render_template(
        "admin/welcome_link.html",
        tenant=tenant,
        name=invited.user.display_name,
        login=f"{invited.user.username}@{tenant.slug}",
        link=url_for("welcome.show", slug=tenant.slug, token=invited.token, _external=True),
        until=invited.expires_at,
        portal=portal_url(tenant.slug),
        code=portal_code(tenant.slug),
    )
