"""The web application: composes the doors with what they stand on, and nothing else."""

from __future__ import annotations

import hmac
from datetime import timedelta
from hashlib import sha256
from typing import Any

from flask import Flask, Response, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_appbuilder import AppBuilder
from flask_compress import Compress
from sqlalchemy.exc import SQLAlchemyError

import admin
import api
import desk
import portal
from access.sessions import LONGEST
from cases import ring
from cases.leaving import SUBSCRIPTIONS as LEAVING
from dashboards import app as dashboards
from dashboards import spots
from doorway import presenting
from doorway.runtime import EXTENSION, Runtime
from doorway.words import translate_templates
from kernel.blobs import files_of
from kernel.bus import Bus
from kernel.clock import Clock, SystemClock
from kernel.crypto import FieldCipher
from kernel.db import Database
from kernel.errors import LianxinError, UnavailableError
from kernel.schema import assert_current
from kernel.settings import Settings
from measures.services import SUBSCRIPTIONS as COUNTING
from web import assets, errors, headers, health, passwords, proxies, welcome
from web.security import csrf
from web.security.asking import is_for_everybody
from web.security.manager import SecurityManager
from web.security.views import HomeView

#: A body larger than this is refused before it is read; uploads get their own limit when they come.
MAX_BODY_BYTES = 16 * 1024 * 1024
#: Forms that take files, and how much they may bring: three scans of the largest size.
UPLOADS = frozenset({"desk.attach", "desk.register_case", "portal.file_send", "portal.material"})
MAX_UPLOAD_BYTES = 64 * 1024 * 1024
#: How long an access token is good without asking for another; its session may end sooner.
TOKEN_LIFETIME = timedelta(minutes=30)
#: What is offered is what is translated: a language without a catalogue would show pages in two languages.
LANGUAGES = {"zh": {"flag": "cn", "name": "中文"}}


class Sessions(SecureCookieSessionInterface):
    """Cookies as Flask has them, and none on an answer that is the same for everybody.

    Libraries mention the session on every request, which counts as reading it: the answer would vary with a cookie
    that nobody looked at, and no cache could keep it.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie where the answer is one person's."""
        if not is_for_everybody(request.endpoint):
            super().save_session(app, session, response)


def create_app(settings: Settings | None = None, *, clock: Clock | None = None) -> Flask:
    """The whole web application, or a refusal in one sentence.

    :raises SettingsError: for a missing or weak setting.
    :raises UnavailableError: when the database is down, behind the code, or reached by a role that could see past
        row-level security.
    """
    settings = settings or Settings.from_env()
    runtime = Runtime(
        settings=settings,
        database=checked_database(settings),
        cipher=FieldCipher(settings.data_keys),
        clock=clock or SystemClock(),
        bus=Bus(COUNTING, LEAVING),
        files=files_of(settings),
    )
    app = Flask("web", static_folder="static", template_folder="templates")
    app.extensions[EXTENSION] = runtime
    app.config.from_mapping(configuration(settings))
    app.session_interface = Sessions()
    proxies.stand_behind(app, settings.trusted_proxies)
    assets.serve_static(app)
    # The order is the order of the checks: number, measure, who is there, is the write meant, is the password own.
    errors.handle_errors(app)
    _admit_uploads(app)
    health.count_requests(app)
    with app.app_context():
        builder = AppBuilder(
            app, None, indexview=HomeView, security_manager_class=SecurityManager, update_perms=False
        )
        for view in admin.views():
            builder.add_view_no_menu(view)
    _choose_language(app)
    csrf.protect_writes(app)
    passwords.insist(app)
    for door in (health, passwords, welcome, presenting, desk, admin, api, portal, spots):
        app.register_blueprint(door.blueprint())
    dash = dashboards.mount(app)
    headers.set_headers(app, secure=settings.cookie_secure, dash_hashes=dash.csp_hashes())
    Compress(app)
    return app


def checked_database(settings: Settings) -> Database:
    """The application's pool, after asking the server whether it may be used.

    :raises UnavailableError: in one sentence that says what to do.
    :raises SettingsError: when the data keys are not those of the rows (``cases.ring``).
    """
    database = Database(settings.database_url)
    try:
        database.assert_cannot_bypass()
        assert_current(database.engine)
        ring.assert_fits(database, FieldCipher(settings.data_keys))
    except SQLAlchemyError:
        database.engine.dispose()
        # Without the driver's text: it holds the address and the account.
        raise UnavailableError("无法连接数据库，请检查 LIANXIN_DATABASE_URL 和数据库服务是否正常。") from None
    except LianxinError:
        database.engine.dispose()
        raise
    return database


def configuration(settings: Settings) -> dict[str, Any]:
    """Flask's and the extensions' settings."""
    return {
        "SECRET_KEY": settings.secret_key,
        "SESSION_COOKIE_NAME": "__Host-lianxin" if settings.cookie_secure else "lianxin",
        "SESSION_COOKIE_SECURE": settings.cookie_secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # The cookie ends with the browser; its signature is refused after this long in any case.
        "PERMANENT_SESSION_LIFETIME": LONGEST,
        "MAX_CONTENT_LENGTH": MAX_BODY_BYTES,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "PREFERRED_URL_SCHEME": "https" if settings.cookie_secure else "http",
        "APP_NAME": "连心桥",
        "LANGUAGES": LANGUAGES,
        "BABEL_DEFAULT_LOCALE": "zh",
        "BABEL_DEFAULT_TIMEZONE": settings.timezone,
        "FAB_CREATE_DB": False,
        "FAB_UPDATE_PERMS": False,
        "FAB_ADD_MENU_API": False,
        "FAB_ADD_OPENAPI_VIEWS": False,
        # A key of its own: a token's signature says nothing about a cookie's.
        "JWT_SECRET_KEY": hmac.new(settings.secret_key.encode(), b"jwt", sha256).hexdigest(),
        "JWT_TOKEN_LOCATION": ["headers"],
        "JWT_ACCESS_TOKEN_EXPIRES": TOKEN_LIFETIME,
        "JWT_REFRESH_TOKEN_EXPIRES": LONGEST,
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 4,
        # Files are packed once in ``assets``; packing them as streams leaves them open.
        "COMPRESS_STREAMS": False,
    }


def _admit_uploads(app: Flask) -> None:
    """Give forms with files their own limit, before anybody reads the body."""

    def admit() -> None:
        if request.endpoint in UPLOADS:
            request.max_content_length = MAX_UPLOAD_BYTES

    app.before_request(admit)


def _choose_language(app: Flask) -> None:
    """Chinese unless the visitor chose otherwise; the library's own choice would write a cookie on every answer."""

    def locale() -> str:
        if is_for_everybody(request.endpoint):
            return "zh"  # asking the session would make the answer one person's
        chosen = session.get("locale")
        return chosen if chosen in LANGUAGES else "zh"

    app.extensions["babel"].locale_selector = locale
    translate_templates(app)
