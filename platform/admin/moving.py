"""``/onboarding/<slug>/move``: place a union elsewhere in the tree, after a look at what that means."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access.roles import Role
from admin.onboarding import known
from admin.refusals import Refusal, asking
from doorway.guard import guard, work
from doorway.words import _
from kernel.errors import InvalidError
from tenants import history
from tenants import queries as tenants
from tenants.models import Tenant
from tenants.moving import move

PLATFORM = (Role.PLATFORM_ADMIN,)


def add_routes(pages: Blueprint) -> None:
    """Hang the pages of this module on the door's blueprint."""
    pages.add_url_rule("/onboarding/<slug>/move", "union_move", form)
    pages.add_url_rule("/onboarding/<slug>/move", "union_moved", send, methods=["POST"])


@guard(*PLATFORM)
def form(slug: str) -> ResponseReturnValue:
    """The empty form."""
    return _page(known(slug), Refusal())


@guard(*PLATFORM)
def send(slug: str) -> ResponseReturnValue:
    """Move the union, or say beside the field why not."""
    tenant, refusal = known(slug), Refusal()
    words = request.form.get("parent_pick") or request.form.get("parent", "").strip()
    with asking(refusal):
        parent = tenants.meant(work().session, words) if words else None
        if words and parent is None:
            raise InvalidError(
                _("“%(words)s”不是一个组织的标识或全称。", words=words),
                fields={"parent": _("“%(words)s”不是一个组织的标识或全称", words=words)},
            )
        moved = move(
            work(), slug, new_parent_slug=parent.slug if parent else None, reason=request.form.get("reason", "")
        )
        flash(_("“%(union)s”及其全部下级已调整，数据将在几秒内随之调整。", union=moved.name), "success")
        return redirect(url_for("admin.union", slug=slug))
    return _page(tenant, refusal), 422


def _page(tenant: Tenant, refusal: Refusal) -> str:
    session = work().session
    words = request.form.get("parent", "").strip()
    return render_template(
        "admin/move.html",
        tenant=tenant,
        above=tenants.parent(session, tenant.id),
        subtree=history.subtree_size(session, tenant.id),
        offers=tenants.page(session, search=words, limit=6) if words and refusal else (),
        given=request.form,
        errors=refusal.fields,
        message=refusal.message if refusal and not refusal.fields else None,
        today=work().clock.today(),
    )
