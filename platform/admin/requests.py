"""``/admin/requests``: what one administrator asked and the security administrator decides (双人操作)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from access import queries as accounts
from access.roles import LABELS, Role
from admin.refusals import Refusal, asking
from doorway.guard import guard, work
from doorway.words import _
from tenants import queries as tenants
from tenants import requests
from tenants.accounts import get_user


@dataclass(frozen=True, slots=True)
class Line:
    """One request in words."""

    id: UUID
    kind: str
    whom: str
    roles: str
    reason: str
    asked_by: str
    asked_at: datetime
    status: str
    waiting: bool
    decided_by: str
    decided_at: datetime | None
    may_decide: bool
    may_withdraw: bool


def add_routes(pages: Blueprint) -> None:
    """Hang the pages of this module on the door's blueprint."""
    pages.add_url_rule("/admin/requests", "requests", listing)
    pages.add_url_rule("/admin/requests/<uuid:request_id>/approve", "approve", approve, methods=["POST"])
    pages.add_url_rule("/admin/requests/<uuid:request_id>/refuse", "refuse", refuse, methods=["POST"])
    pages.add_url_rule("/admin/requests/<uuid:request_id>/withdraw", "withdraw", withdraw, methods=["POST"])


@guard(*requests.READERS)
def listing() -> ResponseReturnValue:
    """Waiting ones first."""
    return _page()


@guard(Role.SECURITY_ADMIN)
def approve(request_id: UUID) -> ResponseReturnValue:
    """Confirm; the confirmer's half of a new password is on the answer and nowhere else."""
    refusal = Refusal()
    with asking(refusal):
        row, half = requests.approve(work(), request_id)
    if refusal:
        return _page(refusal), refusal.status
    if half is None:
        flash(_("已确认，立即生效。"), "success")
        return redirect(url_for("admin.requests"))
    user = get_user(work(), row.user_id)
    slug = tenants.get(work().session, work().tenant_id).slug
    return render_template(
        "admin/half.html",
        title=_("密码已重置"),
        name=user.display_name,
        login=f"{user.username}@{slug}",
        half=half,
        second=True,
    )


@guard(Role.SECURITY_ADMIN)
def refuse(request_id: UUID) -> ResponseReturnValue:
    """Say no."""
    refusal = Refusal()
    with asking(refusal):
        requests.refuse(work(), request_id)
    if refusal:
        return _page(refusal), refusal.status
    flash(_("未同意，申请已退回。"), "success")
    return redirect(url_for("admin.requests"))


@guard(Role.TENANT_ADMIN)
def withdraw(request_id: UUID) -> ResponseReturnValue:
    """Take one's own request back."""
    refusal = Refusal()
    with asking(refusal):
        requests.withdraw(work(), request_id)
    if refusal:
        return _page(refusal), refusal.status
    flash(_("申请已撤回。"), "success")
    return redirect(url_for("admin.requests"))


def _page(refusal: Refusal | None = None) -> str:
    unit = work()
    rows = requests.page(unit)
    names = accounts.names(unit.session, {one for row in rows for one in (row.user_id, row.asked_by, row.decided_by)})
    me = unit.actor
    lines = [
        Line(
            id=row.id,
            kind=_(requests.KINDS[row.kind]),
            whom=names.get(row.user_id, ""),
            roles="、".join(LABELS[Role(role)] for role in row.roles or ()),
            reason=row.reason,
            asked_by=names.get(row.asked_by, ""),
            asked_at=row.asked_at,
            status=_(requests.STATUSES[row.status]),
            waiting=row.status == "waiting",
            decided_by=names.get(row.decided_by, "") if row.decided_by else "",
            decided_at=row.decided_at,
            may_decide=me.holds(Role.SECURITY_ADMIN) and me.user_id not in (row.user_id, row.asked_by),
            may_withdraw=row.asked_by == me.user_id,
        )
        for row in rows
    ]
    return render_template("admin/requests.html", lines=lines, message=refusal.message if refusal else None)
