"""One Dash application at ``/dashboards/``, inside the product's shell and behind its guard.

The page's HTML carries the filters, the answers in words and the data tables; Dash draws the charts into it. So the
page reads without JavaScript, filters are an ordinary form whose values live in the address, and the number of Dash
components stays small (4.4.1 slows with their number, ux.md §2). Both requests ask the same question of the figures;
who asks is taken from the checked session each time, never from the browser.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from dash import ALL, ClientsideFunction, Dash, Input, Output, State
from flask import Blueprint, Flask, Response, make_response, redirect, render_template, request
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from access.roles import CASE_ROLES
from cases.rules import CHANNEL_LABELS
from dashboards import answers, definitions, downloads, drawing, ids, links, wall, wording
from dashboards.drawing import parts, tags
from dashboards.pages import Page
from doorway.guard import guard, public, work
from doorway.runtime import runtime
from measures import policy, queries, recounting

PREFIX = "/dashboards/"
COOKIE = "_csrf_token"
_HOME = "load"
#: Dash's own files: the same for everybody, no data in them, kept by browsers for a year.
_SUITES = f"{PREFIX}_dash-component-suites/"


class Dashboards(Dash):
    """Dash whose first page is our own template."""

    def interpolate_index(  # noqa: PLR0917 - Dash's own signature
        self,
        metas: str = "",  # noqa: ARG002
        title: str = "",  # noqa: ARG002
        css: str = "",  # noqa: ARG002
        config: str = "",
        scripts: str = "",
        app_entry: str = "",  # noqa: ARG002
        favicon: str = "",  # noqa: ARG002
        renderer: str = "",
    ) -> str:
        """The shell with filters, words and tables around Dash's entry point."""
        page = _page(request.path)
        found = answers.answer(work(), page, request.args)
        return render_template(
            "dashboards/page.html",
            page=page,
            wide=True,
            here=found.here,
            wanted=found.wanted,
            about=wording.about(found.wanted),
            content=found.content,
            table_urls={
                chart.name: links.table(page.name, chart.name, request.args) for chart in found.content.charts
            },
            problems=found.problems,
            asked=request.args,
            as_of=queries.as_of(work().session),
            recounting=recounting.warning(work().session),
            sees_below=policy.may_see_below(work().actor),
            channels=CHANNEL_LABELS,
            dash_config=Markup(config),  # noqa: S704 - made by Dash, no input in it
            dash_scripts=Markup(scripts + renderer),  # noqa: S704
        )


def _page(path: str) -> Page:
    return answers.page_named(path.removeprefix(PREFIX).strip("/"))


def mount(app: Flask) -> Dash:
    """Add the dashboards to ``app``: routes, guard, template and the cookie that lets callbacks pass CSRF checks."""
    pages = Blueprint(
        "dashboards",
        __name__,
        template_folder="templates",
        static_folder="static",
        static_url_path="/static/dashboards",
    )
    definitions.add(pages)
    downloads.add_routes(pages)
    wall.add_routes(pages)
    app.register_blueprint(pages)
    before = set(app.view_functions)
    make: Any = Dashboards
    dash: Dashboards = make(
        "dashboards",
        server=app,
        url_base_pathname=PREFIX,
        title="",
        update_title=None,
        serve_locally=True,
        # Our own files come from Flask's static folders, whose addresses change with the content.
        assets_folder="no-dash-assets",
        assets_ignore=".*",
        include_assets_files=False,
        suppress_callback_exceptions=True,
        compress=False,
        csrf_token_name=COOKIE,
        csrf_header_name="X-CSRFToken",
        # It would offer layout and callbacks as tools to whoever asks.
        enable_mcp=False,
    )
    dash.layout = _layout
    dash.callback(Output(ids.CHARTS, "children"), Input(ids.PLACE, "pathname"), Input(ids.PLACE, "search"))(_draw)
    wire: Any = dash
    wire.clientside_callback(
        ClientsideFunction("lianxin", "follow"),
        Output(ids.FOLLOWED, "data"),
        Input(ids.graph(ALL), "clickData"),
        State(ids.graph(ALL), "figure"),
        prevent_initial_call=True,
    )
    _close(app, set(app.view_functions) - before)
    return dash


def _close(app: Flask, added: set[str]) -> None:
    """Put the guard around every route that Dash added; only its own scripts stay open."""
    for rule in list(app.url_map.iter_rules()):
        if rule.endpoint not in added or not rule.rule.startswith(PREFIX):
            continue
        view: Callable[..., Any] = app.view_functions[rule.endpoint]
        if rule.rule.startswith(_SUITES):
            app.view_functions[rule.endpoint] = public(view)
        elif rule.rule in (PREFIX, f"{PREFIX}<path:path>"):
            app.view_functions[rule.endpoint] = _html(guard(*CASE_ROLES)(view))
        else:
            app.view_functions[rule.endpoint] = guard(*CASE_ROLES)(view)


def _html(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page: the bare address leads to the first one, and the cookie with the CSRF token goes along."""

    def page(*args: Any, **kwargs: Any) -> Response:
        if request.path == PREFIX:
            return make_response(redirect(f"{PREFIX}{_HOME}"))
        response = make_response(view(*args, **kwargs))
        # Readable by scripts on purpose: Dash copies it into a header. A foreign site can do neither.
        response.set_cookie(
            COOKIE,
            generate_csrf(),
            path=PREFIX,
            secure=runtime().settings.cookie_secure,
            httponly=False,
            samesite="Strict",
        )
        return response

    page.__dict__.update(view.__dict__)
    page.__name__ = getattr(view, "__name__", "page")
    return page


def _layout() -> Any:
    return tags.Div(
        [parts.Location(id=ids.PLACE, refresh=False), parts.Store(id=ids.FOLLOWED), tags.Div(id=ids.CHARTS)]
    )


def _draw(pathname: str | None, search: str | None) -> list[Any]:
    """The charts of the page in the address bar. A question that cannot be answered draws none; the HTML says why."""
    page, values = _page(pathname or ""), dict(parse_qsl((search or "").removeprefix("?")))
    found = answers.answer(work(), page, values)
    if not found.content.charts:
        return drawing.nothing(wrong=bool(found.problems))
    return drawing.drawn(page, tuple(found.content.charts), values)
