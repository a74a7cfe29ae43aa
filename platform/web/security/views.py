"""Flask-AppBuilder's login form and token endpoint, with our way in behind both."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, g, redirect, render_template, request, session
from flask_appbuilder.api import expose as expose_api
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.api import SecurityApi
from flask_appbuilder.security.schemas import login_post
from flask_appbuilder.security.views import AuthDBView
from flask_appbuilder.views import IndexView
from flask_babel import gettext as _
from flask_jwt_extended import create_access_token, create_refresh_token
from flask_login import login_user
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from access import devices
from access.roles import CASE_ROLES, Role
from doorway.guard import NotLoggedInError
from kernel.errors import InvalidError, ThrottledError, UnavailableError
from web.security.asking import is_bearer, principal
from web.security.login import UnionRestsError
from web.security.principal import Principal

LOGIN_PAGE = "web/login.html"
#: The cookie by which a device is told from strangers; it opens nothing (``access.devices``).
DEVICES = "lianxin_devices"
MOST_KEPT = 1000
#: Seconds after which a process that had its hands full of logins is worth asking again.
MOMENT = 5

#: Where each role works; the first row that the person holds wins.
PLACES: tuple[tuple[frozenset[Role], str], ...] = (
    (CASE_ROLES, "/desk/"),
    (frozenset({Role.TENANT_ADMIN}), "/admin/users"),
    (frozenset({Role.SECURITY_ADMIN, Role.AUDITOR}), "/admin/audit"),
    (frozenset({Role.PLATFORM_ADMIN}), "/onboarding/"),
)


def place_of(principal: Principal) -> str:
    """The page where the person's day begins."""
    return next((place for roles, place in PLACES if principal.actor.holds(*roles)), "/password")


def local_path(target: str | None) -> str:
    """``target`` when it is a path of this site, else ``/``: a login must not send people to another site."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return "/"
    return "/" if any(ord(char) < 32 for char in target) else target


def enter(principal: Principal) -> None:
    """Give the browser a session of its own: nothing of the anonymous one survives, its CSRF token neither."""
    locale = session.get("locale")
    session.clear()
    if locale:
        session["locale"] = locale
    login_user(principal)
    g.principal, g.actor = principal, principal.actor


class HomeView(IndexView):  # type: ignore[misc]
    """``/`` and ``/admin/`` send everybody to the place where they work."""

    @expose("/")  # type: ignore[untyped-decorator]
    def index(self) -> Response:
        """To the person's place, or to the login form."""
        person = principal()
        return redirect(place_of(person) if person is not None else "/login/")

    @expose("/admin/")  # type: ignore[untyped-decorator]
    def admin(self) -> Response:
        """What people type who look for their administration: its pages are places of their own."""
        answer: Response = self.index()
        return answer


class LoginView(AuthDBView):  # type: ignore[misc]
    """``/login/`` and ``/logout/``."""

    @expose("/login/", methods=["GET", "POST"])  # type: ignore[untyped-decorator]
    def login(self) -> Any:
        """The form; one sentence for every kind of failure."""
        target = local_path(request.args.get("next"))
        if principal() is not None:
            return redirect(target)
        if request.method == "GET":
            return login_page(target)
        try:
            person = current_app.appbuilder.sm.auth_user_db(  # type: ignore[attr-defined]
                request.form.get("username", ""), request.form.get("password", "")
            )
        except UnionRestsError as refusal:
            return login_page(target, refusal.message, status=403)
        except (ThrottledError, UnavailableError) as refusal:
            status, wait = (429, refusal.retry_after) if isinstance(refusal, ThrottledError) else (503, MOMENT)
            page = login_page(target, refusal.message, status=status)
            page[2]["Retry-After"] = str(wait)
            return page
        if person is None:
            return login_page(target, _("账号或密码不正确，或账号已停用。"), status=401)
        enter(person)
        answer = redirect(target)
        answer.set_cookie(
            DEVICES,
            person.device,
            max_age=devices.LASTS,
            path="/login/",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return answer

    @expose("/logout/", methods=["POST"])  # type: ignore[untyped-decorator]
    def logout(self) -> Response:
        """End the session row, so that a copy of the cookie or token is worth nothing, then forget the cookie."""
        person = principal()
        if person is not None:
            current_app.appbuilder.sm.on_user_logout(person)  # type: ignore[attr-defined]
        if is_bearer():
            return Response(status=204)  # a token's request needed no CSRF token, so it leaves the cookie alone
        session.clear()
        flash(_("您已退出登录。"), "info")
        return redirect("/login/")


def login_page(target: str, sentence: str = "", *, status: int = 200) -> tuple[str, int, dict[str, str]]:
    """The login form with what was typed, the password left out."""
    page = render_template(LOGIN_PAGE, next=target, sentence=sentence, username=request.form.get("username", ""))
    return page, status, {}


class TokenApi(SecurityApi):  # type: ignore[misc]
    """``POST /api/v1/security/login`` and ``/refresh``."""

    @expose_api("/login", methods=["POST"])  # type: ignore[untyped-decorator]
    def login(self) -> Any:
        """Exchange a password for an access token and, when asked for, a refresh token.

        :raises InvalidError: for a body that is not the documented JSON.
        :raises NotLoggedInError: for every kind of failure alike.
        :raises ThrottledError: after too many failures.
        """
        body = request.get_json(silent=True)
        try:
            given = login_post.load(body if isinstance(body, dict) else {})
        except ValidationError as error:
            fields = {str(name): _("缺少或不正确") for name in error.messages_dict}
            raise InvalidError(
                _("请求应为 JSON，包含 username、password 和 provider（db）。"), fields=fields
            ) from None
        person = current_app.appbuilder.sm.auth_user_db(given["username"], given["password"])  # type: ignore[attr-defined]
        if person is None:
            raise NotLoggedInError(_("账号或密码不正确，或账号已停用。"))
        tokens = {"access_token": create_access_token(identity=person.id, fresh=True)}
        if given.get("refresh"):
            tokens["refresh_token"] = create_refresh_token(identity=person.id)
        return self.response(200, **tokens)

    @expose_api("/refresh", methods=["POST"])  # type: ignore[untyped-decorator]
    def refresh(self) -> Any:
        """A new access token for a session that still stands; the bearer is the refresh token.

        :raises NotLoggedInError: when the session is over, however young the token is.
        """
        person = principal()
        if person is None or not is_bearer():
            raise NotLoggedInError
        return self.response(200, access_token=create_access_token(identity=person.id, fresh=False))
