"""Every route was thought of: guarded, or open for a reason that stands here."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from access.roles import Role
from dashboards.answers import page_named
from doorway.guard import MARK
from kernel.settings import Settings
from tests.architecture.sources import PLATFORM, ROOT, place, tracked
from tests.conftest import Stage
from web.app import create_app

#: Endpoints of libraries and of the security layer that carry no mark of ours, and why each may be open.
OPEN = {
    "HomeView.index": "sends to the desk or to the login form; shows nothing",
    "HomeView.admin": "the same",
    "LoginView.login": "the way in",
    "LoginView.logout": "ends the caller's own session, if there is one",
    "TokenApi.login": "the way in for machines; throttled like the form",
    "TokenApi.refresh": "asks for a refresh token of its own",
    "LocaleView.index": "remembers a language in the visitor's own cookie",
    "UtilView.back": "sends back to the page before",
    "static": "stylesheets and scripts",
    "appbuilder.static": "the library's stylesheets and scripts",
    "dashboards.static": "stylesheets and scripts",
    "doorway.static": "stylesheets and scripts",
    "portal.static": "the public page's stylesheet",
}

#: Routes that tell something without anybody being logged in.
PUBLIC = {
    "api.openapi",
    "health.healthz",
    "health.metrics",
    "health.readyz",
    # The worker's door: what opens a case there is its number and code (tests/portal).
    *("portal.file", "portal.file_send", "portal.track", "portal.track_enter", "portal.leave", "portal.material"),
    *("portal.withdraw", "portal.review", "portal.paper", "portal.paper_sign", "portal.rate", "portal.rate_send"),
    "portal.colours",
    "portal.landing",
    "portal.verify",
    "portal.verify_form",
    "welcome.enter",
    "welcome.show",
    "/dashboards/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
}


@pytest.fixture(scope="module")
def app(stage: Stage) -> Iterator[Flask]:
    """The real application."""
    made = create_app(Settings.from_env(stage.env))
    yield made
    made.extensions["lianxin"].database.engine.dispose()


def test_every_route_is_guarded_or_open_for_a_reason(app: Flask) -> None:
    unmarked = {
        rule.endpoint for rule in app.url_map.iter_rules() if not hasattr(app.view_functions[rule.endpoint], MARK)
    }
    assert unmarked == set(OPEN)


def test_what_is_public_is_listed_by_name(app: Flask) -> None:
    public = {name for name, view in app.view_functions.items() if getattr(view, MARK, None) == "public"}
    assert public == PUBLIC


def test_a_route_about_cases_names_no_administrator(app: Flask) -> None:
    admins = {Role.TENANT_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR, Role.PLATFORM_ADMIN, Role.SYSTEM}
    for rule in app.url_map.iter_rules():
        roles = getattr(app.view_functions[rule.endpoint], MARK, None)
        if not isinstance(roles, frozenset):
            continue
        if rule.rule.startswith(
            ("/cases", "/desk", "/dispatches", "/dashboards", "/api/v1/cases", "/api/v1/dispatches")
        ):
            assert roles, f"{rule.rule} admits everybody"
            assert not roles & admins, rule.rule


def test_every_door_stands(app: Flask) -> None:
    """The addresses that people keep as bookmarks and machines have in their settings, written down by hand."""
    paths = {rule.rule for rule in app.url_map.iter_rules()}
    assert {
        *("/", "/login/", "/desk/", "/cases/", "/cases/new", "/cases/<number>", "/dispatches/", "/reports/"),
        *("/onboarding/", "/healthz", "/readyz", "/metrics"),
        *("/portal/<slug>/", "/portal/<slug>/file", "/portal/<slug>/track", "/portal/<slug>/rate"),
        *("/api/v1/_openapi", "/api/v1/cases", "/api/v1/cases/<path:number>"),
        *(
            "/api/v1/cases/<path:number>/actions",
            "/api/v1/dispatches",
            "/api/v1/tenants",
            "/api/v1/facts",
            "/api/v1/audit",
        ),
    } <= paths
    assert any(path.startswith("/admin/") for path in paths)


@pytest.mark.parametrize("page", ["load", "resolution", "hotspots", "federation"])
def test_every_page_of_figures_has_its_address(app: Flask, page: str) -> None:
    """Dash answers for all of them under one rule, so the rule alone proves no page."""
    answer = app.test_client().get(f"/dashboards/{page}")
    assert (answer.status_code, answer.location) == (302, f"/login/?next=/dashboards/{page}")
    assert page_named(page).title


_LOADS = re.compile(
    r"""(?:src|href|action|url|hx-get|hx-post|data)\s*[=(:]\s*["']?\s*((?:https?:)?//[^"'\s)>]+)""", re.I
)


def test_no_template_and_no_asset_of_ours_reaches_another_origin() -> None:
    found = [
        f"{place(path)} {match}"
        for path in tracked("platform/**/*.html", "platform/**/*.css", "platform/**/*.js")
        for match in _LOADS.findall(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_template_runs_script_or_style_inside_the_page() -> None:
    """The content security policy would refuse it in the browser; here it is refused before."""
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*\bnonce=)(?![^>]*application/json)[^>]*>|\son[a-z]+=\"|\sstyle=\"", re.I
    )
    found = [
        f"{place(path)} {match}"
        for path in tracked("platform/**/*.html")
        for match in inline.findall(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_templates_escape_everything_that_they_show() -> None:
    wrong = [
        place(path)
        for path in tracked("platform/**/*.html")
        if re.search(r"\|\s*safe\b|autoescape\s+false", path.read_text(encoding="utf-8"))
    ]
    assert wrong == []
    assert (PLATFORM / "doorway" / "templates").is_dir()
    assert (ROOT / "platform" / "desk" / "templates").is_dir()
