"""Every write by cookie carries a token: forms, Dash callbacks and the JSON API alike (ASVS 3.5.1)."""

from __future__ import annotations

from flask import Flask, g, request
from flask_wtf.csrf import CSRFError, CSRFProtect, validate_csrf
from wtforms.validators import ValidationError

from web.security.asking import is_bearer, principal

#: Takes a password and gives a token in its answer; what cookie comes along makes no difference to it.
_EXEMPT = frozenset({"TokenApi.login"})
_SHOWN_AGAIN = frozenset({"portal.file_send"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def protect_writes(app: Flask) -> None:
    """Check the token before every unsafe request that a browser could have been tricked into sending.

    A bearer token is never sent by a browser on its own, and the manager ignores the cookie beside it. A script's
    request without a person behind it has nothing to abuse and is answered 401 by its guard.
    """
    csrf = CSRFProtect()
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    # The token lives as long as the login session: a form that was open over lunch must still be sendable.
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    app.config["WTF_CSRF_HEADERS"] = ["X-CSRFToken", "X-CSRF-Token"]
    csrf.init_app(app)

    def check_token_alone() -> None:
        """Pages of the worker's door send no referrer, not even to us; their token is checked like any other.

        A filing brings a signed mark of its own and has nobody's rights to abuse: the door shows what was typed again
        where a browser has lost its cookie, because a worker who wrote for an hour must not lose it.
        """
        try:
            validate_csrf(request.form.get("csrf_token") or request.headers.get("X-CSRFToken", ""))
        except ValidationError as error:
            if request.endpoint not in _SHOWN_AGAIN or not request.form.get("token"):
                raise CSRFError(error.args[0]) from None
            g.stale_form = True

    @app.before_request
    def check() -> None:
        if request.method in _SAFE or is_bearer() or request.endpoint is None or request.endpoint in _EXEMPT:
            return
        if request.path.startswith(("/api/", "/dashboards/")) and principal() is None:
            return
        if request.blueprint == "portal":
            check_token_alone()
            return
        csrf.protect()
