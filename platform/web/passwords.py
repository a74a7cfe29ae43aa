"""``/password``: everybody changes their own, and after a reset they change it before anything else."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Flask, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from access import limits, throttle
from access.passwords import MAX_LENGTH
from doorway.guard import NotLoggedInError, admit, guard, work
from doorway.runtime import runtime
from kernel.errors import ForbiddenError, InvalidError
from tenants.accounts import change_own_password
from web.security.asking import is_bearer, is_for_everybody, principal
from web.security.login import reopen, take_attempt
from web.security.views import enter, place_of

#: What somebody with a one-time password may still reach.
_ALLOWED = frozenset({"password.show", "password.change", "LoginView.login", "LoginView.logout", "TokenApi.login"})


def blueprint() -> Blueprint:
    """The page and its form."""
    password = Blueprint("password", __name__)

    @password.get("/password")
    @guard()
    def show() -> ResponseReturnValue:
        return _page({})

    @password.post("/password")
    @admit()
    def change() -> ResponseReturnValue:
        if is_bearer():
            raise ForbiddenError(_("请在网页上修改密码。"))
        parts, person = runtime(), principal()
        if person is None:  # pragma: no cover - the door was before
            raise NotLoggedInError
        counters = take_attempt(parts, person, request.remote_addr or "")
        try:
            _change(counters)
        except InvalidError as error:
            return _again(error)
        fresh = reopen(parts, person, kind="browser")
        if fresh is None:
            return redirect("/login/")
        enter(fresh)
        flash(_("密码已修改，其他设备上的登录已全部退出。"), "success")
        return redirect(place_of(fresh))

    return password


@guard()
def _change(counters: Sequence[throttle.Counter]) -> None:
    """Guarded by itself, so that its transaction is over before the new session is opened."""
    new = request.form.get("password", "")
    if new != request.form.get("repeat", ""):
        raise InvalidError(_("两次输入的新密码不一致。"), fields={"repeat": _("两次输入的新密码不一致")})
    change_own_password(work(), request.form.get("old", ""), new)
    throttle.forgive(work().session, counters, work().clock.now())


@guard()
def _again(error: InvalidError) -> ResponseReturnValue:
    fields = error.fields or {"old": error.message}
    return _page(fields, error.message), 422


def _page(errors: dict[str, str], message: str | None = None) -> str:
    person = principal()
    if person is None:  # pragma: no cover - the guard was before
        raise NotLoggedInError
    return render_template(
        "web/password.html",
        errors=errors,
        message=message,
        login=f"{person.username}@{person.slug}",
        must=person.must_change_password,
        min_length=limits.read(person.settings).password_min_length,
        max_length=MAX_LENGTH,
    )


def insist(app: Flask) -> None:
    """Nobody works under a password that somebody else has seen."""

    @app.before_request
    def must_change() -> ResponseReturnValue | None:
        person = principal()
        if person is None or not person.must_change_password:
            return None
        if request.endpoint in _ALLOWED or is_for_everybody(request.endpoint):
            return None
        if request.path.startswith("/api/"):
            raise ForbiddenError(_("请先在网页上登录并修改初始密码。"))
        return redirect("/password")
