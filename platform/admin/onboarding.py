"""``/onboarding/``: the platform founds a union and hands its first administrator a one-time password."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from access.actor import Work, system_actor
from access.models import User
from access.passwords import one_time
from access.queries import holders
from access.roles import Role
from admin.refusals import Refusal, asking
from audit.services import record
from doorway.guard import admit, guard, work
from doorway.runtime import runtime
from kernel.errors import ConflictError, InvalidError, NotFoundError
from tenants import queries as tenants
from tenants.accounts import check_name, create_user
from tenants.models import KIND_LABELS, Kind, Tenant
from tenants.services import create as create_tenant

PLATFORM = (Role.PLATFORM_ADMIN,)
FIELDS = ("slug", "name", "short_name", "code", "parent", "region", "kind", "admin_username", "admin_name")
KINDS = [(kind.value, label) for kind, label in KIND_LABELS.items() if kind is not Kind.PLATFORM]


def add_routes(pages: Blueprint) -> None:
    """Hang the pages of this module on the door's blueprint."""
    pages.add_url_rule("/onboarding/", "unions", listing)
    pages.add_url_rule("/onboarding/new", "new_union", blank)
    pages.add_url_rule("/onboarding/new", "create_union", create, methods=["POST"])
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
def blank() -> ResponseReturnValue:
    """An empty form."""
    return _form({"admin_username": "admin", "kind": Kind.FEDERATION.value, "parent": request.args.get("parent", "")})


@admit(*PLATFORM)
def create() -> ResponseReturnValue:
    """Found the union, then open its first account: two tenants, so two transactions, the union's first.

    When the second fails, the union's page offers to open the account again.
    """
    given = {name: request.form.get(name, "").strip() for name in FIELDS}
    refusal = Refusal()
    tenant = _found(given, refusal)
    if tenant is None:
        return _refused(given, refusal)
    return _open_first(tenant.slug, given["admin_username"], given["admin_name"])


@guard(*PLATFORM)
def show(slug: str) -> ResponseReturnValue:
    """One union: what it is called and whether somebody keeps its accounts."""
    return _union(slug)


@admit(*PLATFORM)
def appoint(slug: str) -> ResponseReturnValue:
    """Open the first administrator's account of a union that has none."""
    return _open_first(slug, request.form.get("admin_username", ""), request.form.get("admin_name", ""))


@guard(*PLATFORM)
def _found(given: dict[str, str], refusal: Refusal) -> Tenant | None:
    with asking(refusal):
        _check(given)
        return create_tenant(
            work(),
            slug=given["slug"],
            name=given["name"],
            kind=Kind(given["kind"]),
            code=given["code"],
            parent_slug=given["parent"] or None,
            short_name=given["short_name"] or None,
            region=given["region"],
        )
    return None


def _check(given: dict[str, str]) -> None:
    """What the second transaction would refuse is refused before the first."""
    errors: dict[str, str] = {}
    if given["kind"] not in dict(KINDS):
        errors["kind"] = _("请选择组织类型")
    if not given["admin_name"]:
        errors["admin_name"] = _("请填写管理员姓名")
    try:
        check_name(given["admin_username"])
    except InvalidError as error:
        errors["admin_username"] = error.fields.get("username", error.message)
    if errors:
        raise InvalidError(_("请检查标出的内容。"), fields=errors)


@guard(*PLATFORM)
def _refused(given: dict[str, str], refusal: Refusal) -> ResponseReturnValue:
    return _form(given, refusal.fields, refusal.message), 422


@guard(*PLATFORM)
def _open_first(slug: str, username: str, name: str) -> ResponseReturnValue:
    tenant = _known(slug)
    password = one_time()
    try:
        user = _first_admin(tenant, username, name, password)
    except (InvalidError, ConflictError) as error:
        return _union(slug, error.message), 422
    record(work(), "tenant:first_admin", subject_type="tenant", data={"slug": slug, "username": user.username})
    return render_template(
        "admin/handover.html",
        title=_("%(union)s 已入驻", union=tenant.name),
        name=user.display_name,
        login=f"{user.username}@{slug}",
        password=password,
        back="/onboarding/",
    )


def _first_admin(tenant: Tenant, username: str, name: str, password: str) -> User:
    """The account in the new union's own transaction, by the system's hand.

    :raises ConflictError: when the union has an administrator: from then on its accounts are its own business.
    """
    parts = runtime()
    with parts.database.transaction(tenant.id) as session:
        inside = Work(session, system_actor(tenant.id), parts.clock, parts.cipher, parts.bus)
        if holders(session, (Role.TENANT_ADMIN,)):
            raise ConflictError(_("该组织已有管理员，账号由其自行管理。"))
        return create_user(
            inside, username=username, display_name=name, password=password, roles=(Role.TENANT_ADMIN,)
        )


def _has_admin(tenant: Tenant) -> bool:
    with runtime().database.transaction(tenant.id) as session:
        return bool(holders(session, (Role.TENANT_ADMIN,)))


def _known(slug: str) -> Tenant:
    tenant = tenants.by_slug(work().session, slug)
    if tenant is None or tenant.kind == Kind.PLATFORM.value:
        raise NotFoundError
    return tenant


def _union(slug: str, message: str | None = None) -> str:
    tenant = _known(slug)
    return render_template(
        "admin/union.html",
        tenant=tenant,
        above=tenants.parent(work().session, tenant.id),
        kind=dict(KINDS).get(tenant.kind, ""),
        has_admin=_has_admin(tenant),
        message=message,
        given={name: request.form.get(name, "") for name in ("admin_username", "admin_name")},
    )


def _form(given: dict[str, str], errors: dict[str, str] | None = None, message: str | None = None) -> str:
    return render_template("admin/new_union.html", given=given, errors=errors or {}, message=message, kinds=KINDS)
