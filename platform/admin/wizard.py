"""``/onboarding/new``: a union is founded in five steps. What was typed travels in the form; nothing is kept between.

Each step checks its own fields against the rules and the tree, so that a mistake stands beside its field on the step
where it was made. The last step checks everything again, because minutes have passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from access.roles import Role
from admin import handing
from admin.refusals import Refusal, asking
from doorway.guard import admit, guard, work
from doorway.words import N_, _
from kernel.errors import InvalidError, NotFoundError
from tenants import queries as tenants
from tenants import rules
from tenants.accounts import check_name
from tenants.models import KIND_LABELS, Kind, Tenant
from tenants.services import CALENDARS, Particulars, check, found

PLATFORM = (Role.PLATFORM_ADMIN,)
KINDS = [(kind.value, label) for kind, label in KIND_LABELS.items() if kind is not Kind.PLATFORM]
#: Colours that pass the contrast rule, for those who do not know their own by number.
COLOURS = (
    ("", N_("平台默认蓝")),
    ("#b3261e", N_("工会红")),
    ("#1b5e20", N_("松柏绿")),
    ("#37474f", N_("石墨灰")),
    ("#4a2a7a", N_("藏紫")),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the wizard: its word and the fields that it asks for."""

    title: str
    fields: tuple[str, ...] = ()


STEPS = (
    Step(N_("组织"), ("kind", "name", "short_name", "slug", "credit_code", "region", "members")),
    Step(N_("在组织树中的位置"), ("parent", "second_parent")),
    Step(N_("第一位管理员"), ("admin_name", "admin_username")),
    Step(N_("日历、编号与门户"), ("calendar", "code", "seal_text", "portal_colour", "address", "phone", "hours")),
    Step(N_("核对并新建")),
)
LAST = len(STEPS)
FIELDS = tuple(name for step in STEPS for name in step.fields)
DEFAULTS = dict.fromkeys(FIELDS, "") | {
    "kind": Kind.FEDERATION.value,
    "calendar": "CN",
    "admin_username": "admin",
    "members": "0",
}


@dataclass(slots=True)
class Form:
    """What was typed so far, what is wrong with it, and what the tree offers instead."""

    given: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    #: For a parent that names nobody or several: who may have been meant.
    offers: dict[str, Sequence[Tenant]] = field(default_factory=dict)
    above: Tenant | None = None
    beside: Tenant | None = None


def add_routes(pages: Blueprint) -> None:
    """Hang the pages of this module on the door's blueprint."""
    pages.add_url_rule("/onboarding/new", "new_union", blank)
    pages.add_url_rule("/onboarding/new", "create_union", walk, methods=["POST"])


@guard(*PLATFORM)
def blank() -> ResponseReturnValue:
    """The first step, with the parent that was chosen on another page."""
    return _page(1, Form(DEFAULTS | {"parent": request.args.get("parent", "")[:80]}))


@admit(*PLATFORM)
def walk() -> ResponseReturnValue:
    """One step on, one back, or the end: two tenants are written there, so two transactions, the union's first.

    When the second fails, the union's page offers to invite the administrator again.
    """
    step = min(max(request.form.get("step", default=1, type=int) or 1, 1), LAST)
    go = request.form.get("go", "next")
    given = {name: request.form.get(name, DEFAULTS.get(name, "")).strip() for name in FIELDS}
    for name in ("parent", "second_parent"):
        given[name] = request.form.get(f"{name}_pick") or given[name]
    if go == "create":
        refusal = Refusal()
        tenant = _found(given, refusal)
        return _hand_over(tenant.slug, given) if tenant is not None else _refused(given, refusal)
    return _turn(step, go, given)


@guard(*PLATFORM)
def _turn(step: int, go: str, given: dict[str, str]) -> ResponseReturnValue:
    form = _examine(given)
    if go.isdigit():  # back, or to a step that the last page names: nothing typed has to be right for that
        return _page(min(max(int(go), 1), LAST), Form(given, above=form.above, beside=form.beside))
    wrong = {name: form.errors[name] for name in STEPS[step - 1].fields if name in form.errors}
    if wrong:
        return _page(step, Form(given, wrong, form.offers)), 422
    return _page(min(step + 1, LAST), Form(given, above=form.above, beside=form.beside))


@guard(*PLATFORM)
def _found(given: dict[str, str], refusal: Refusal) -> Tenant | None:
    with asking(refusal):
        form = _examine(given)
        if form.errors:
            raise InvalidError(_("请检查标出的内容。"), fields=form.errors)
        return found(work(), _told(given, form))
    return None


@guard(*PLATFORM)
def _refused(given: dict[str, str], refusal: Refusal) -> ResponseReturnValue:
    form = _examine(given)
    form.errors = refusal.fields or form.errors
    step = next((n for n, step in enumerate(STEPS, 1) if set(step.fields) & set(form.errors)), LAST)
    form.errors = {name: word for name, word in form.errors.items() if name in STEPS[step - 1].fields}
    return _page(step, form, "" if form.errors else refusal.message), 422


@guard(*PLATFORM)
def _hand_over(slug: str, given: dict[str, str]) -> ResponseReturnValue:
    tenant = tenants.by_slug(work().session, slug)
    if tenant is None:  # pragma: no cover - founded a moment ago
        raise NotFoundError
    return handing.handover(tenant, handing.first_admin(tenant, given["admin_username"], given["admin_name"]))


def _examine(given: dict[str, str]) -> Form:
    """Everything that is wrong with what was typed so far, whichever step asked for it."""
    form = Form(given)
    form.above = _unit("parent", form)
    form.beside = _unit("second_parent", form)
    if given["kind"] not in dict(KINDS):
        form.errors["kind"] = _("请选择组织类型")
    members = rules.plain(given["members"] or "0")
    if not members.isdecimal() or len(members) > 9:
        form.errors["members"] = _("会员人数应是不小于0的整数")
    if not given["admin_name"]:
        form.errors["admin_name"] = _("请填写管理员姓名")
    try:
        check_name(given["admin_username"])
    except InvalidError as error:
        form.errors["admin_username"] = error.fields.get("username", error.message)
    form.errors = check(work(), _told(given, form)) | form.errors
    return form


def _unit(name: str, form: Form) -> Tenant | None:
    """The union that a field names by slug or whole name; otherwise a sentence and who may have been meant."""
    words = form.given[name]
    if not words:
        return None
    session = work().session
    unit = tenants.meant(session, words)
    if unit is None:
        form.offers[name] = tenants.page(session, search=words, limit=6)
        form.errors[name] = (
            _("“%(words)s”不是一个组织的标识或全称，请从下面选择", words=words)
            if form.offers[name]
            else _("没有名称或标识含“%(words)s”的组织", words=words)
        )
    return unit


def _told(given: dict[str, str], form: Form) -> Particulars:
    members = rules.plain(given["members"] or "0")
    return Particulars(
        slug=rules.plain(given["slug"]).lower(),
        name=given["name"],
        kind=Kind(given["kind"]) if given["kind"] in dict(KINDS) else Kind.FEDERATION,
        code=given["code"],
        parent_slug=form.above.slug if form.above else None,
        second_parent_slug=form.beside.slug if form.beside else None,
        short_name=given["short_name"],
        region=given["region"],
        members=int(members) if members.isdecimal() and len(members) <= 9 else 0,
        credit_code=given["credit_code"],
        seal_text=given["seal_text"],
        portal_colour=given["portal_colour"],
        address=given["address"],
        phone=given["phone"],
        hours=given["hours"],
        calendar=given["calendar"],
    )


def _page(step: int, form: Form, message: str = "") -> str:
    told = _told(form.given, form)
    return render_template(
        "admin/wizard.html",
        step=step,
        last=LAST,
        steps=STEPS,
        fields=STEPS[step - 1].fields,
        all_fields=FIELDS,
        given=form.given,
        errors=form.errors,
        offers=form.offers,
        message=message,
        told=told,
        above=form.above,
        beside=form.beside,
        kinds=KINDS,
        kind=dict(KINDS).get(form.given["kind"], ""),
        calendars=list(CALENDARS.items()),
        colours=COLOURS,
        year=work().clock.today().year,
    )
