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
from dispatches import badges
from doorway.guard import current_actor
from doorway.runtime import runtime
from doorway.words import N_, _
from kernel.clock import CHINA
from tenants import queries as tenants
from tenants.settings import TenantSettings

#: From this many days before a deadline whose beginning is not known the lamp is amber.
AMBER_DAYS = 7
#: Four shares of the allowed time, in percent: yellow, orange, orange and pressing, red.
Bands = tuple[int, int, int, int]
DEFAULT_BANDS: Bands = TenantSettings().warning_bands

_REGISTER = frozenset({Role.CLERK, Role.OFFICE_HEAD, Role.HANDLER})
_LETTERS = frozenset({Role.CLERK, Role.OFFICE_HEAD, Role.LEADER, Role.SUPERVISOR})
_BELOW = frozenset({Role.OFFICE_HEAD, Role.LEADER, Role.SUPERVISOR})

#: 三员: each sees the union's house and changes their own part of it.
_KEEPERS = frozenset({Role.TENANT_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})
_DESKLESS = frozenset({*_KEEPERS, Role.PLATFORM_ADMIN})

#: The navigation: word, address, and who sees it. Seeing a link is a courtesy; the guard of the view decides.
NAVIGATION: tuple[tuple[str, str, frozenset[Role]], ...] = (
    ("我的待办", "/desk/", CASE_ROLES),
    ("信访件", "/cases/", CASE_ROLES),
    ("登记", "/cases/new", _REGISTER),
    ("日历", "/desk/calendar", CASE_ROLES),
    ("部门任务", "/desk/tasks/", CASE_ROLES),
    ("用人单位", "/workplaces/", CASE_ROLES),
    ("来往函件", "/dispatches/", _LETTERS),
    ("下级单位", "/dispatches/subordinates", _BELOW),
    ("信访报告", "/reports/", CASE_ROLES),
    ("负荷看板", "/dashboards/load", CASE_ROLES),
    ("办理看板", "/dashboards/resolution", CASE_ROLES),
    ("热点看板", "/dashboards/hotspots", CASE_ROLES),
    ("联合会看板", "/dashboards/federation", _BELOW),
    ("账号管理", "/admin/users", frozenset({Role.PLATFORM_ADMIN, *_KEEPERS})),
    ("双人确认", "/admin/requests", _KEEPERS),
    ("部门", "/admin/departments", _KEEPERS),
    ("分流规则", "/admin/routing", _KEEPERS),
    ("外出代办", "/admin/delegations", frozenset({Role.OFFICE_HEAD, *_KEEPERS})),
    ("代码表", "/admin/codes", _KEEPERS),
    ("文书模板", "/admin/papers", _KEEPERS),
    ("调解员", "/admin/mediators", frozenset({Role.OFFICE_HEAD, *_KEEPERS})),
    ("外部机关", "/admin/bodies", frozenset({Role.OFFICE_HEAD, *_KEEPERS})),
    ("单位设置", "/admin/settings", _KEEPERS),
    ("审计日志", "/admin/audit", frozenset({Role.SECURITY_ADMIN, Role.AUDITOR})),
    ("组织入驻", "/onboarding/", frozenset({Role.PLATFORM_ADMIN})),
    ("工作日历", "/admin/calendar", frozenset({Role.PLATFORM_ADMIN})),
    ("平台运行", "/admin/platform", frozenset({Role.PLATFORM_ADMIN})),
    # Case workers find their tasks and notices on the desk; administrators have no desk.
    ("任务", "/tasks/", _DESKLESS),
    ("通知", "/notices/", _DESKLESS),
)
#: Address → which number stands beside its word, and how it is read out.
BADGES: dict[str, tuple[str, str]] = {
    "/desk/": ("tasks", N_("%(count)s项待办")),
    "/tasks/": ("tasks", N_("%(count)s项待办")),
    "/dispatches/": ("letters", N_("%(count)s件待处理")),
    "/admin/requests": ("requests", N_("%(count)s项待确认")),
}
#: So many words stand in one line of the menu at 1280 pixels.
MOST_PLACES = 12
#: Registers that are seldom changed: under one word for who has more places than that.
FOLDED = ("/admin/", "/workplaces/")
#: More is not counted out loud: nobody works off a hundred from a menu.
MOST_SHOWN = 99
LOGIN_URL, LOGOUT_URL, PASSWORD_URL = "/login/", "/logout/", "/password"


@dataclass(frozen=True, slots=True)
class NavItem:
    """One link of the navigation."""

    label: str
    url: str
    current: bool
    #: Lies under 管理, because whoever sees it has many other places.
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Badge:
    """A number beside a word of the menu: as it is seen and as it is read out."""

    shown: str
    words: str


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


def lamp(due_on: date | None, today: date, *, begun: date | None = None, bands: Bands = DEFAULT_BANDS) -> Lamp | None:
    """The lamp of a deadline: by the share of the allowed time that is used, in the union's own bands.

    Red after the deadline and in the last band, orange and yellow before it, green at first. Where the beginning is
    not known, amber in the last seven days. None without a deadline.
    """
    if due_on is None:
        return None
    left = (due_on - today).days
    colour, word = band(due_on, today, begun=begun, bands=bands)
    if left < 0:
        return Lamp(colour, _("红灯 超期%(days)d天", days=-left))
    if left == 0:
        return Lamp(colour, _("%(word)s 今天到期", word=_(word)))
    return Lamp(colour, _("%(word)s 剩%(days)d天", word=_(word), days=left))


def band(due_on: date, today: date, *, begun: date | None = None, bands: Bands = DEFAULT_BANDS) -> tuple[str, str]:
    """Colour and word of a deadline as :func:`lamp` has them, without its days: for sums of many cases."""
    if due_on < today:
        return "red", N_("超期")
    return _band(due_on, today, begun, bands)


def _band(due_on: date, today: date, begun: date | None, bands: Bands) -> tuple[str, str]:
    if begun is None or begun >= due_on:
        return ("amber", N_("黄灯")) if (due_on - today).days <= AMBER_DAYS else ("green", N_("绿灯"))
    used = (today - begun).days * 100
    allowed = (due_on - begun).days
    reached = sum(used >= band * allowed for band in bands)
    return _COLOURS[reached]


#: By how many bands are reached; the word stands beside the colour, because colour alone says nothing to many.
_COLOURS: tuple[tuple[str, str], ...] = (
    ("green", N_("绿灯")),
    ("amber", N_("黄灯")),
    ("orange", N_("橙灯")),
    ("orange", N_("橙灯 抓紧")),
    ("red", N_("红灯")),
)


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
    # Who has few places sees them all; who has many finds the registers that are seldom changed under one word.
    many = len(rows) > MOST_PLACES
    return tuple(NavItem(_(label), url, url == here, many and url.startswith(FOLDED)) for label, url in rows)


def nav_badges() -> dict[str, Badge]:
    """Numbers beside the menu's words, by address, without those that are zero.

    Called by the shell's template and by nothing else, so that fragments pay no statement; a page outside a guarded
    view (an error, the login form) has none.
    """
    unit = g.get("work")
    if not isinstance(unit, Work):
        return {}
    counts = badges.of(unit)
    found = {}
    for url, (name, words) in BADGES.items():
        count = getattr(counts, name)
        if count:
            found[url] = Badge(str(count) if count <= MOST_SHOWN else f"{MOST_SHOWN}+", _(words, count=count))
    return found


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
    shared.app_context_processor(lambda: {"shell": shell(), "nav_badges": nav_badges})
    return shared
