"""Flask-AppBuilder's security manager over our accounts: its own ``ab_*`` tables do not exist here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import g, request, session
from flask_appbuilder.security.manager import BaseSecurityManager
from flask_jwt_extended import decode_token
from flask_jwt_extended.exceptions import JWTExtendedException
from flask_login import AnonymousUserMixin, LoginManager
from jwt import PyJWTError

from access.sessions import Kind
from doorway.runtime import runtime
from web.security.asking import bearer_token, is_bearer, is_for_everybody
from web.security.login import log_in, log_out, recognise
from web.security.permissions import MENUS, VIEWS
from web.security.principal import Principal
from web.security.views import DEVICES, MOST_KEPT, LoginView, TokenApi


class SecurityManager(BaseSecurityManager):  # type: ignore[misc]
    """Answers every question of Flask-AppBuilder from our session rows and from one Python table."""

    authdbview = LoginView
    security_api = TokenApi

    def register_views(self) -> None:
        """Only the way in and out: Flask-AppBuilder's screens for its own tables have nothing to show here."""
        self.appbuilder.add_api(self.security_api)
        self.auth_view = self.authdbview()
        self.appbuilder.add_view_no_menu(self.auth_view)

    def create_login_manager(self, app: Any) -> LoginManager:
        """Flask-Login without its guess by address and browser: our session rows decide."""
        manager = super().create_login_manager(app)
        manager.session_protection = None
        return manager

    def before_request(self) -> None:
        """Find out who is there. The session layer asks the database at every request, see ``recognise``."""
        # Nobody until proven otherwise: an error page drawn half-way through must not ask the database again.
        g._login_user, g.principal, g.actor, g.house = AnonymousUserMixin(), None, None, None
        g.user = g._login_user
        if is_for_everybody(request.endpoint):
            return
        if is_bearer():
            # A token replaces the cookie altogether: such a request needs no CSRF token, so it must not gain
            # anything from a cookie that the browser added.
            person = self._by_token(bearer_token())
        else:
            person = self.load_user(session.get("_user_id", ""))
        if person is not None:
            g.user = g._login_user = g.principal = person
            g.actor = person.actor
            g.house = (person.settings, person.settings_version)

    def load_user(self, pk: str) -> Principal | None:
        """Flask-Login's loader: the cookie's ticket, checked now."""
        return recognise(runtime(), pk) if pk else None

    def load_user_jwt(self, _jwt_header: dict[str, Any], jwt_data: dict[str, Any]) -> Principal | None:
        """Flask-JWT-Extended's loader, for Flask-AppBuilder's own ``@protect``."""
        person = self.load_user(str(jwt_data["sub"]))
        if person is not None:
            g.user = person
        return person

    def _by_token(self, token: str) -> Principal | None:
        refreshing = request.endpoint == "TokenApi.refresh"
        try:
            claims = decode_token(token)
        except (PyJWTError, JWTExtendedException, ValueError):
            return None
        if claims.get("type") != ("refresh" if refreshing else "access"):
            return None
        return self.load_user(str(claims["sub"]))

    def auth_user_db(self, username: str, password: str) -> Principal | None:
        """The one check of a password, for the form and for the token endpoint.

        :raises ThrottledError: after too many failures.
        :raises UnavailableError: when too many log in at once.
        """
        kind: Kind = "api" if request.path.startswith("/api/") else "browser"
        return log_in(
            runtime(),
            login=username or "",
            password=password or "",
            address=request.remote_addr or "",
            kind=kind,
            kept=request.cookies.get(DEVICES, "")[:MOST_KEPT] if kind == "browser" else "",
        )

    def on_user_logout(self, user: Any) -> None:
        """End the session row."""
        if isinstance(user, Principal):
            log_out(runtime(), user)

    def has_access(self, permission_name: str, view_name: str) -> bool:  # noqa: ARG002
        """From the table in ``permissions``; a view that is not in it is closed."""
        return self._holds(VIEWS.get(view_name, ()))

    def is_item_public(self, permission_name: str, view_name: str) -> bool:  # noqa: ARG002
        """Nothing is public through this door."""
        return False

    def get_user_menu_access(self, menu_names: list[str] | None = None) -> set[str]:
        """Menu entries of the present person."""
        return {name for name in menu_names or () if self._holds(MENUS.get(name, ()))}

    def get_user_by_id(self, pk: str) -> Principal | None:
        """The same as ``load_user``; Flask-AppBuilder asks it at logout."""
        return self.load_user(str(pk))

    def _holds(self, roles: Iterable[Any]) -> bool:
        person = g.get("principal")
        return isinstance(person, Principal) and person.actor.holds(*roles)
