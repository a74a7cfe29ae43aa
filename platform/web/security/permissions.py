"""Which roles may open a Flask-AppBuilder view or see a menu entry. A name that is not listed is closed."""

from __future__ import annotations

import admin
from access.roles import Role

#: Flask-AppBuilder view class → roles that may use any of its methods. Every route of these views carries our guard,
#: which knows read from write; this is for the library's own questions.
VIEWS: dict[str, frozenset[Role]] = {
    view.__name__: frozenset((*view.readers, *view.writers)) for view in admin.views()
}

#: Flask-AppBuilder menu entry → roles that see it.
MENUS: dict[str, frozenset[Role]] = {}

#: Flask-AppBuilder's own routes that carry no guard of ours, and why each may stand open.
OPEN_ENDPOINTS: dict[str, str] = {
    "LoginView.login": "the way in",
    "LoginView.logout": "ends the present session and nothing else",
    "TokenApi.login": "the way in for machines",
    "TokenApi.refresh": "checks the refresh token itself",
    "HomeView.index": "sends each role to its place",
    "HomeView.admin": "sends each role to its place",
    "UtilView.back": "sends back to a page of the visitor's own history",
    "LocaleView.index": "chooses a language",
    "appbuilder.static": "Flask-AppBuilder's stylesheets",
    "static": "stylesheets and scripts",
    "doorway.static": "the shell's stylesheet and script",
    "portal.static": "the public page's stylesheet",
    "dashboards.static": "the charts' stylesheet and script",
}
