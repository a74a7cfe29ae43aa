"""``/onboarding/``: the unions on the platform, and one of them with its place in the tree over time."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from access.roles import Role
from admin import handing
from admin.wizard import KINDS
from doorway.guard import admit, guard, work
from kernel.errors import ConflictError, InvalidError, NotFoundError
from tenants import history
from tenants import queries as tenants
from tenants.models import Kind, Tenant

PLATFORM = (Role.PLATFORM_ADMIN,)


def add_routes(pages: Blueprint) -> None:
    """Hang the pages of this module on the door's blueprint."""
    pages.add_url_rule("/onboarding/", "unions", listing)
    pages.add_url_rule("/onboarding/<slug>", "union", show)
    pages.add_url_rule("/onboarding/<slug>/admin", "union_admin", appoint, methods=["POST"])


@guard(*PLATFORM)
def listing() -> ResponseReturnValue:
    """Every union by its place in the tree's numbering, a hundred a page."""
    search, after = request.args.get("q", "").strip()[:40], request.args.get("after", default=0, type=int)
    rows = tenants.page(work().session, search=search, after=after, limit=101)
    return render_template(
        "admin/unions.html",
        rows=rows[:100],
        older=rows[99].id if len(rows) > 100 else None,
        search=search,
        after=after,
        kinds=dict(KINDS),
    )


@guard(*PLATFORM)
def show(slug: str) -> ResponseReturnValue:
    """One union: what it is called, where it stands and stood, and whether somebody keeps its accounts."""
    return page(known(slug))


@admit(*PLATFORM)
def appoint(slug: str) -> ResponseReturnValue:
    """Invite the first administrator of a union that has none, or send the one who never came a new link."""
    return _appoint(slug)


@guard(*PLATFORM)
def _appoint(slug: str) -> ResponseReturnValue:
    tenant = known(slug)
    username, name = request.form.get("admin_username", ""), request.form.get("admin_name", "")
    try:
        invited = handing.first_admin(tenant, username, name)
    except (InvalidError, ConflictError) as error:
        return page(tenant, error.message), 422
    return handing.handover(tenant, invited)


def known(slug: str) -> Tenant:
    """The union of an address.

    :raises NotFoundError: when there is none.
    """
    tenant = tenants.by_slug(work().session, slug)
    if tenant is None or tenant.kind == Kind.PLATFORM.value:
        raise NotFoundError
    return tenant


def page(tenant: Tenant, message: str | None = None) -> str:
    """A union's page."""
    session = work().session
    return render_template(
        "admin/union.html",
        tenant=tenant,
        above=tenants.parent(session, tenant.id),
        beside=tenants.get(session, tenant.second_parent_id) if tenant.second_parent_id is not None else None,
        below=len(tenants.children(session, tenant.id)),
        stretches=history.parents_over_time(session, tenant.id),
        moves=history.moves_of(session, tenant.id),
        names={row.id: row.name for row in history.involved(session, tenant.id)},
        kind=dict(KINDS).get(tenant.kind, ""),
        admin=handing.admin_state(tenant),
        portal=handing.portal_url(tenant.slug),
        code=handing.portal_code(tenant.slug),
        message=message,
        given={name: request.form.get(name, "") for name in ("admin_username", "admin_name")},
    )
