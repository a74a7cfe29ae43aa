"""``/onboarding/<slug>/edit``: what a union is called and how it appears; its own administrator changes its face."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access.actor import Work, system_actor
from access.roles import Role
from admin.onboarding import known
from admin.refusals import Refusal, asking
from admin.wizard import COLOURS, KINDS
from audit.services import record
from doorway.guard import guard, work
from doorway.runtime import runtime
from doorway.words import _
from kernel.db import PLATFORM_TENANT
from kernel.errors import InvalidError
from tenants import particulars, rules
from tenants import queries as tenants
from tenants.models import Kind, Tenant
from tenants.particulars import FACE
from tenants.services import Particulars

PLATFORM = (Role.PLATFORM_ADMIN,)
#: Fields of the form; the second line is typed as words and picked from offers.
TYPED = ("name", "kind", "region", "members", "credit_code", *FACE)


def add_routes(pages: Blueprint) -> None:
    """Hang the pages of this module on the door's blueprint."""
    pages.add_url_rule("/onboarding/<slug>/edit", "union_edit", form)
    pages.add_url_rule("/onboarding/<slug>/edit", "union_edited", send, methods=["POST"])
    pages.add_url_rule("/admin/branding", "branding", own_form)
    pages.add_url_rule("/admin/branding", "own_face", own_send, methods=["POST"])


@guard(*PLATFORM)
def form(slug: str) -> ResponseReturnValue:
    """The present particulars."""
    tenant = known(slug)
    return _page(tenant, _given(tenant), Refusal())


@guard(*PLATFORM)
def send(slug: str) -> ResponseReturnValue:
    """Change them, or say beside the field why not with everything that was typed."""
    tenant, refusal = known(slug), Refusal()
    typed = {name: request.form.get(name, "").strip() for name in (*TYPED, "second_parent")}
    typed["second_parent"] = request.form.get("second_parent_pick") or typed["second_parent"]
    with asking(refusal):
        changes = _read(tenant, typed)
        particulars.change(work(), slug, changes, drawn_from=request.form.get("stamp", ""))
        flash(_("资料已保存，立即生效；门户页面在五分钟内更新。"), "success")
        return redirect(url_for("admin.union", slug=slug))
    return _page(tenant, typed | {"stamp": request.form.get("stamp", "")}, refusal), refusal.status


@guard(Role.TENANT_ADMIN)
def own_form() -> ResponseReturnValue:
    """How the reader's own union appears."""
    tenant = tenants.get(work().session, work().tenant_id)
    return _own_page(tenant, _given(tenant), Refusal())


@guard(Role.TENANT_ADMIN)
def own_send() -> ResponseReturnValue:
    """Change it. The tree is the platform's to write: the system does it there, the union's log says who asked."""
    unit, refusal, parts = work(), Refusal(), runtime()
    tenant = tenants.get(unit.session, unit.tenant_id)
    typed = {name: request.form.get(name, "").strip() for name in FACE}
    with asking(refusal):
        before = particulars.told(unit.session, tenant)
        with parts.database.transaction(PLATFORM_TENANT) as session:
            platform = Work(session, system_actor(PLATFORM_TENANT), parts.clock, parts.cipher, parts.bus)
            changed = particulars.change(
                platform, tenant.slug, _face(typed), only=FACE, drawn_from=request.form.get("stamp", "")
            )
            said = particulars.differences(before, particulars.told(session, changed))
            if said["after"]:
                # Written before the platform's half is: an event too many is better than a change without one.
                record(unit, "tenant:particulars", subject_type="tenant", data={"slug": tenant.slug, **said})
        flash(_("资料已保存，立即生效；门户页面在五分钟内更新。"), "success")
        return redirect(url_for("admin.branding"))
    return _own_page(tenant, typed | {"stamp": request.form.get("stamp", "")}, refusal), refusal.status


def _read(tenant: Tenant, typed: dict[str, str]) -> dict[str, Any]:
    problems: dict[str, str] = {}
    found: dict[str, Any] = _face(typed) | {
        "name": typed["name"],
        "region": typed["region"],
        "credit_code": rules.credit_code(typed["credit_code"]) or None,
    }
    for name, field, read in (
        ("kind", "kind", _kind),
        ("members", "members", _members),
        ("second_parent_slug", "second_parent", _second),
    ):
        try:
            found[name] = read(typed[field])
        except InvalidError as error:
            problems |= error.fields
    if problems:
        # Everything that is wrong is said at once, so the rules look at what could be read too.
        others = replace(particulars.told(work().session, tenant), **found).problems()
        problems |= {name: word for name, word in others.items() if name in TYPED}
        raise InvalidError(_("请检查标出的内容。"), fields=problems)
    return found


def _face(typed: dict[str, str]) -> dict[str, Any]:
    return {name: typed[name] or None if name in ("short_name", "portal_colour") else typed[name] for name in FACE}


def _kind(text: str) -> Kind:
    if text not in dict(KINDS):
        raise InvalidError(_("请选择组织类型。"), fields={"kind": _("请选择组织类型")})
    return Kind(text)


def _members(text: str) -> int:
    number = rules.plain(text or "0")
    if not number.isdecimal() or len(number) > 9:
        sentence = _("会员人数应是不小于0的整数")
        raise InvalidError(sentence, fields={"members": sentence})
    return int(number)


def _second(words: str) -> str | None:
    if not words:
        return None
    unit = tenants.meant(work().session, words)
    if unit is None:
        sentence = _("“%(words)s”不是一个组织的标识或全称", words=words)
        raise InvalidError(sentence, fields={"second_parent": sentence})
    return unit.slug


def _given(tenant: Tenant) -> dict[str, str]:
    now: Particulars = particulars.told(work().session, tenant)
    given = {name: str(getattr(now, name) or "") for name in TYPED}
    return given | {
        "members": str(now.members),
        "second_parent": now.second_parent_slug or "",
        "stamp": particulars.stamp(now),
    }


def _page(tenant: Tenant, given: dict[str, str], refusal: Refusal) -> str:
    session, words = work().session, given["second_parent"]
    return render_template(
        "admin/particulars.html",
        tenant=tenant,
        above=tenants.parent(session, tenant.id),
        given=given,
        errors=refusal.fields,
        message=refusal.message if refusal and not refusal.fields else None,
        offers=tenants.page(session, search=words, limit=6) if "second_parent" in refusal.fields else (),
        kinds=KINDS,
        colours=COLOURS,
    )


def _own_page(tenant: Tenant, given: dict[str, str], refusal: Refusal) -> str:
    return render_template(
        "admin/branding.html",
        tenant=tenant,
        given=given,
        errors=refusal.fields,
        message=refusal.message if refusal and not refusal.fields else None,
        colours=COLOURS,
    )
