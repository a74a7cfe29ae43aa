"""What every page shares: the shell, its navigation by role, and filters that put dates and lamps into words.

``blueprint()`` carries ``shell.html``, ``macros.html`` and the static files; the composition root registers it before
the doors, and a template of any door may then ``{% extends "shell.html" %}``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, g, request

from access.actor import Actor, Work
from access.roles import CASE_ROLES, LABELS, Role
from doorway.guard import current_actor
from doorway.runtime import runtime
from doorway.words import _
from kernel.clock import CHINA
from tenants import queries as tenants

#: From this many days before the deadline the lamp is amber.
AMBER_DAYS = 7

_REGISTER = frozenset({Role.CLERK, Role.OFFICE_HEAD, Role.HANDLER})
_LETTERS = frozenset({Role.CLERK, Role.OFFICE_HEAD, Role.LEADER, Role.SUPERVISOR})

#: The navigation: word, address, and who sees it. Seeing a link is a courtesy; the guard of the view decides.
NAVIGATION: tuple[tuple[str, str, frozenset[Role]], ...] = (
    ("我的待办", "/desk/", CASE_ROLES),
    ("信访件", "/cases/", CASE_ROLES),
    ("登记", "/cases/new", _REGISTER),
    ("来往函件", "/dispatches/", _LETTERS),
    ("负荷看板", "/dashboards/load", CASE_ROLES),
    ("办理看板", "/dashboards/resolution", CASE_ROLES),
    ("热点看板", "/dashboards/hotspots", CASE_ROLES),
    ("账号管理", "/admin/users", frozenset({Role.TENANT_ADMIN, Role.PLATFORM_ADMIN})),
    ("审计日志", "/admin/audit", frozenset({Role.SECURITY_ADMIN, Role.AUDITOR})),
    ("组织入驻", "/onboarding/", frozenset({Role.PLATFORM_ADMIN})),
)
LOGIN_URL, LOGOUT_URL, PASSWORD_URL = "/login/", "/logout/", "/password"


@dataclass(frozen=True, slots=True)
class NavItem:
    """One link of the navigation."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Lamp:
    """A deadline as people read it: colour and words together, because colour alone says nothing to many."""

    colour: str
    words: str


@dataclass(frozen=True, slots=True)
class Shell:
    """What ``shell.html`` shows around a page."""

    actor: Actor | None
    union_name: str
    role_names: str
    nav: tuple[NavItem, ...]
    home: str
    login_url: str = LOGIN_URL
    logout_url: str = LOGOUT_URL
    password_url: str = PASSWORD_URL


def lamp(due_on: date | None, today: date) -> Lamp | None:
    """The lamp of a deadline: red after it, amber in its last seven days, green before; none without a deadline."""
    if due_on is None:
        return None
    left = (due_on - today).days
    if left < 0:
        return Lamp("red", _("红灯 超期%(days)d天", days=-left))
    if left == 0:
        return Lamp("amber", _("黄灯 今天到期"))
    if left <= AMBER_DAYS:
        return Lamp("amber", _("黄灯 剩%(days)d天", days=left))
    return Lamp("green", _("绿灯 剩%(days)d天", days=left))


def china_day(value: date | datetime | None) -> str:
    """``2026年3月2日`` in Asia/Shanghai; a dash for nothing."""
    if value is None:
        return "—"
    day = value.astimezone(CHINA) if isinstance(value, datetime) else value
    return f"{day.year}年{day.month}月{day.day}日"


def china_short(value: date | datetime | None) -> str:
    """``2026-03-02`` in Asia/Shanghai, for columns."""
    if value is None:
        return "—"
    return (value.astimezone(CHINA) if isinstance(value, datetime) else value).strftime("%Y-%m-%d")


def china_time(value: datetime | None) -> str:
    """``2026年3月2日 09:30`` in Asia/Shanghai."""
    return f"{china_day(value)} {value.astimezone(CHINA):%H:%M}" if value is not None else "—"


def navigation(actor: Actor | None, path: str) -> tuple[NavItem, ...]:
    """The links for an actor; the longest address that begins the present path is the current one."""
    if actor is None:
        return ()
    rows = [(label, url) for label, url, roles in NAVIGATION if actor.roles & roles]
    here = max((url for _label, url in rows if path.startswith(url)), key=len, default="")
    return tuple(NavItem(_(label), url, url == here) for label, url in rows)


def _union_name(actor: Actor) -> str:
    """The union's name: the security layer has just read it; without that layer the view's own session has it.

    Error pages are drawn after the view's transaction has ended and open one of their own.
    """
    known = getattr(g.get("principal"), "tenant_name", None)
    if isinstance(known, str):
        return known
    unit = g.get("work")
    if isinstance(unit, Work):
        return tenants.get(unit.session, actor.tenant_id).name
    with runtime().database.transaction(actor.tenant_id) as session:
        return tenants.get(session, actor.tenant_id).name


def shell() -> Shell:
    """The shell of the present request."""
    actor = current_actor()
    if actor is None:
        return Shell(actor=None, union_name="", role_names="", nav=(), home="/")
    items = navigation(actor, request.path)
    return Shell(
        actor=actor,
        union_name=_union_name(actor),
        role_names="、".join(LABELS[role] for role in Role if role in actor.roles),
        nav=items,
        home=items[0].url if items else "/",
    )


def blueprint() -> Blueprint:
    """Templates, static files, filters and the shell, for the composition root to register."""
    shared = Blueprint(
        "doorway", __name__, template_folder="templates", static_folder="static", static_url_path="/static/doorway"
    )
    shared.add_app_template_filter(china_day, "day")
    shared.add_app_template_filter(china_short, "day_short")
    shared.add_app_template_filter(china_time, "moment")
    shared.app_context_processor(lambda: {"shell": shell()})
    return shared
