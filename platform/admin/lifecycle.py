"""``/onboarding/<slug>/life``: what the platform may do to a union as a whole, each step said in words first.

The platform sees numbers of rows and never a case. There is no download of a union: an export is made on the server,
by a command, and the page shows the command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from access.actor import Work, system_actor
from access.roles import Role
from admin.refusals import Refusal, asking
from admin.steps import STEPS
from archives import closing, destroying
from archives.closing import Inventory
from doorway.guard import guard, work
from doorway.runtime import runtime
from kernel.db import PLATFORM_TENANT
from kernel.errors import IllegalTransitionError, InvalidError, NotFoundError
from tenants import life, queries, settings, succession
from tenants.lifetimes import Destruction, Succession
from tenants.models import NOT_MOVED_IN, Tenant

PLATFORM = (Role.PLATFORM_ADMIN,)


def add_routes(pages: Blueprint) -> None:
    """Hang the pages of this module on the door's blueprint."""
    pages.add_url_rule("/onboarding/<slug>/life", "life", overview)
    pages.add_url_rule("/onboarding/<slug>/life/<step>", "life_step", ask)
    pages.add_url_rule("/onboarding/<slug>/life/<step>", "life_do", do, methods=["POST"])


@guard(*PLATFORM)
def overview(slug: str) -> ResponseReturnValue:
    """How a union stands, what it has in numbers, and what can be done."""
    union = _known(slug)
    with _inside(union) as inside:
        counts = closing.inventory(inside)
    signed = _waiting(union)
    return render_template(
        "admin/life.html",
        union=union,
        status=life.STATUS_WORDS[union.status],
        above=queries.parent(work().session, union.id),
        after=queries.get(work().session, union.successor_id) if union.successor_id else None,
        counts=counts,
        steps=[(name, step) for name, step in STEPS.items() if _offered(union, name, signed)],
        successions=[_told(row) for row in succession.of_union(work().session, union.id)],
        signed=signed,
        records=destroying.of_union(work(), union.id),
        exports=destroying.exports(work(), union),
    )


@guard(*PLATFORM)
def ask(slug: str, step: str) -> ResponseReturnValue:
    """What a step will do, in words and numbers, before it is done."""
    return _page(_known(slug), step)


@guard(*PLATFORM)
def do(slug: str, step: str) -> ResponseReturnValue:
    """Do it, or say why not with everything that was typed."""
    union = _known(slug)
    if step not in STEPS:
        raise NotFoundError
    refusal = Refusal()
    with asking(refusal):
        _ACTS[step](union)
        return redirect(url_for("admin.life", slug=slug))
    return _page(union, step, refusal), 422


def _page(union: Tenant, step: str, refusal: Refusal | None = None) -> str:
    told = STEPS.get(step)
    if told is None:
        raise NotFoundError
    if union.status not in told.statuses:
        raise IllegalTransitionError(
            _(
                "“%(union)s”%(status)s，不能%(step)s。",
                union=union.name,
                status=life.STATUS_WORDS[union.status],
                step=told.word,
            )
        )
    with _inside(union) as inside:
        counts = closing.inventory(inside)
        kept_for = settings.of(inside.session).retention_years
    given = {name: request.form.get(name, "") for name in ("successor", "reason", "manifest", "succession")}
    given["decided_on"] = request.form.get("decided_on", runtime().clock.today().isoformat())
    given["retention_years"] = request.form.get("retention_years", str(kept_for))
    return render_template(
        "admin/life_step.html",
        union=union,
        name=step,
        step=told,
        counts=counts,
        left=_left(step, counts),
        given=given,
        chosen=request.form.getlist("categories"),
        errors=refusal.fields if refusal else {},
        message=refusal.message if refusal else None,
        categories=[row for row in queries.categories(work().session) if row.parent_code is None],
        successions=[_told(row) for row in succession.open_of(work().session, union.id)],
        exports=destroying.exports(work(), union),
        signed=_waiting(union),
    )


def _left(step: str, counts: Inventory) -> list[str]:
    return counts.left(merged=step == "finish") if step in ("close", "finish") else []


def _told(row: Succession) -> tuple[Succession, str, str]:
    """A merge or split with its word and its successor's name."""
    return row, succession.KIND_WORDS[row.kind], queries.get(work().session, row.successor_id).name


def _offered(union: Tenant, name: str, signed: Destruction | None) -> bool:
    if union.status not in STEPS[name].statuses or union.destroyed_at is not None:
        return False
    if name == "finish":
        return bool(succession.open_of(work().session, union.id))
    if name in ("confirm", "withdraw"):
        # Offered to the second person only; who asked may take the request back.
        mine = signed is not None and signed.asked_by == work().actor.user_id
        return signed is not None and (name == "withdraw" or (not mine and signed.confirmed_at is None))
    return signed is None if name == "ask" else True


def _waiting(union: Tenant) -> Destruction | None:
    rows = destroying.of_union(work(), union.id)
    return next((row for row in rows if row.executed_at is None and row.withdrawn_at is None), None)


@contextmanager
def _inside(union: Tenant) -> Iterator[Work]:
    """The union's own session, for counting; the system counts and the platform is given numbers."""
    parts = runtime()
    with parts.database.transaction(union.id) as session:
        yield Work(session, system_actor(union.id), parts.clock, parts.cipher, parts.bus)


def _known(slug: str) -> Tenant:
    union = queries.by_slug(work().session, slug)
    if union is None or union.id == PLATFORM_TENANT or union.status_reason == NOT_MOVED_IN:
        raise NotFoundError
    return union


def _years() -> int:
    text = request.form.get("retention_years", "").strip()
    return int(text) if text.isdecimal() and len(text) < 4 else 0


def _identifier(name: str) -> UUID:
    try:
        return UUID(request.form.get(name, ""))
    except ValueError:
        raise InvalidError(_("请选择一项。"), fields={name: _("请选择一项")}) from None


def _decide(union: Tenant, kind: str) -> None:
    try:
        day = date.fromisoformat(request.form.get("decided_on", ""))
    except ValueError:
        raise InvalidError(_("请填写决定日期。"), fields={"decided_on": _("请填写日期")}) from None
    succession.decide(
        work(),
        union.slug,
        successor=request.form.get("successor", "").strip().lower(),
        kind=kind,
        basis=request.form.get("reason", ""),
        decided_on=day,
        categories=request.form.getlist("categories"),
    )


def _close(union: Tenant) -> None:
    with _inside(union) as inside:
        closing.close(work(), inside, union.slug, reason=_reason(), retention_years=_years())


def _finish(union: Tenant) -> None:
    with _inside(union) as inside:
        closing.finish(work(), inside, _identifier("succession"), retention_years=_years())


def _reason() -> str:
    return request.form.get("reason", "")


def _signature() -> UUID:
    return _identifier("destruction")


_ACTS: dict[str, Callable[[Tenant], object]] = {
    "suspend": lambda union: life.suspend(work(), union.slug, _reason()),
    "resume": lambda union: life.resume(work(), union.slug, _reason()),
    "merge": lambda union: _decide(union, succession.MERGE),
    "split": lambda union: _decide(union, succession.SPLIT),
    "finish": _finish,
    "close": _close,
    "ask": lambda union: destroying.ask_destruction(
        work(), union.slug, reason=_reason(), manifest=request.form.get("manifest", "")
    ),
    "confirm": lambda _union: destroying.confirm_destruction(work(), _signature()),
    "withdraw": lambda _union: destroying.withdraw_destruction(work(), _signature()),
}
