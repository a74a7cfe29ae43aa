"""From the domain's errors to status codes, and the pages and problem documents that carry their sentences."""

from __future__ import annotations

import logging
import secrets
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, g, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from psycopg.errors import CannotConnectNow, InsufficientPrivilege
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from doorway.guard import NotLoggedInError
from kernel.errors import (
    ConflictError,
    ForbiddenError,
    IllegalTransitionError,
    InvalidError,
    LianxinError,
    NotFoundError,
    ThrottledError,
    UnavailableError,
)

log = logging.getLogger(__name__)

#: The first row that fits decides; anything else of ours is a fault of the program.
STATUS: tuple[tuple[type[LianxinError], int], ...] = (
    (NotLoggedInError, 401),
    (NotFoundError, 404),
    (ForbiddenError, 403),
    (InvalidError, 422),
    (ConflictError, 409),
    (IllegalTransitionError, 409),
    (ThrottledError, 429),
    (UnavailableError, 503),
)
SENTENCES: dict[int, str] = {
    400: "请求不完整或页面已过期，请返回上一页刷新后重试。",
    401: "请先登录。",
    403: "您无权执行此操作。",
    404: "没有找到这个页面，或者您无权查看。",
    405: "此地址不支持这种操作。",
    409: "其他人刚刚处理了同一事项，请刷新后再操作。",
    413: "提交的内容过大，请减小后重试。",
    415: "不支持这种格式的内容。",
    422: "填写的内容不符合要求，请检查后重试。",
    429: "操作过于频繁，请稍后再试。",
    500: "系统出现故障，已经记录。请稍后重试；如仍不行，请把下面的编号告诉管理员。",
    503: "系统暂时不可用，请稍后重试；您的操作没有保存。",
}
TITLES: dict[int, str] = {
    400: "请求无效",
    401: "请先登录",
    403: "无权访问",
    404: "没有找到",
    405: "不支持的操作",
    409: "内容已变化",
    413: "内容过大",
    415: "格式不支持",
    422: "内容不符合要求",
    429: "操作过于频繁",
    500: "系统故障",
    503: "暂时不可用",
}
PROBLEM_JSON = "application/problem+json"


def handle_errors(app: Flask) -> None:
    """Wire every error of ``app`` to an answer."""

    @app.before_request
    def number() -> None:
        g.request_id = secrets.token_hex(6)

    @app.after_request
    def tell_number(response: Response) -> Response:
        response.headers["X-Request-Id"] = request_id()
        return response

    @app.errorhandler(LianxinError)
    def ours(error: LianxinError) -> ResponseReturnValue:
        status = next((code for kind, code in STATUS if isinstance(error, kind)), 500)
        if status == 500:
            log.error("request %s: %s: %s", request_id(), type(error).__name__, error.message)
            return answer(500)
        if isinstance(error, NotLoggedInError) and not wants_data():
            return redirect("/login/?next=" + quote(here(), safe="/"))
        extra: dict[str, Any] = {"errors": error.fields} if isinstance(error, InvalidError) and error.fields else {}
        response = answer(status, error.message, code=error.code, **extra)
        if isinstance(error, ThrottledError):
            response.headers["Retry-After"] = str(error.retry_after)
        return response

    @app.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> ResponseReturnValue:
        return answer(400, _("页面已过期或请求来源不明，请返回上一页刷新后重试。"), code="csrf")

    @app.errorhandler(HTTPException)
    def theirs(error: HTTPException) -> ResponseReturnValue:
        code = error.code or 500
        if code < 400:
            return error.get_response()
        response = answer(code)
        for name, value in error.get_headers():
            if name in ("Allow", "Retry-After"):
                response.headers[name] = value
        return response

    @app.errorhandler(SQLAlchemyError)
    def database(error: SQLAlchemyError) -> ResponseReturnValue:
        # Never the error's text on a page: it may quote a value. The log gets it without parameters.
        log.error("request %s: %s: %s", request_id(), type(error).__name__, _cause(error))
        return answer(503 if is_unreachable(error) else 500)

    @app.errorhandler(Exception)
    def fault(_error: Exception) -> ResponseReturnValue:
        log.exception("request %s failed", request_id())
        return answer(500)


def is_unreachable(error: SQLAlchemyError) -> bool:
    """Whether the database is down, starting, full or cut off, so that trying again later is right."""
    if isinstance(error, DBAPIError) and isinstance(error.orig, InsufficientPrivilege):
        return False
    if isinstance(error, DBAPIError) and isinstance(error.orig, CannotConnectNow):
        return True
    return isinstance(error, (OperationalError, InterfaceError, PoolTimeout)) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )


def _cause(error: SQLAlchemyError) -> str:
    origin = error.orig if isinstance(error, DBAPIError) else None
    diagnosis = getattr(origin, "diag", None)
    # The primary message names tables and rules; the detail line, which quotes values, is left out.
    primary = getattr(diagnosis, "message_primary", None)
    return f"{type(origin).__name__}: {primary}" if primary else type(origin or error).__name__


def answer(status: int, sentence: str | None = None, *, code: str | None = None, **extra: Any) -> Response:
    """A problem document (RFC 9457) for machines, a fragment for scripts on a page, a page for people."""
    title = TITLES.get(status, TITLES[500] if status >= 500 else TITLES[400])
    words = sentence or SENTENCES.get(status) or SENTENCES[500 if status >= 500 else 400]
    if request.path.startswith("/api/") or _is_dash():
        document = {
            "type": "about:blank",
            "title": title,
            "status": status,
            "detail": words,
            "code": code or str(status),
        }
        response = jsonify(document | extra | {"request_id": request_id()})
        response.mimetype = PROBLEM_JSON
    elif wants_data():
        response = make_response(render_template("web/error_fragment.html", sentence=words, status=status))
    else:
        response = _page(status, title, words)
    response.status_code = status
    return response


def _page(status: int, title: str, words: str) -> Response:
    values = {"status": status, "title": title, "sentence": words, "request_id": request_id()}
    if status < 500:
        try:
            return make_response(render_template("web/error.html", **values))
        except SQLAlchemyError:
            log.exception("request %s: the shell of the error page failed", request_id())
    # The shell asks the database for the union's name, which is what may just have failed.
    return make_response(render_template("web/error_plain.html", **values))


def request_id() -> str:
    """The number by which the log knows the present request."""
    return str(g.get("request_id", "-"))


def here() -> str:
    """The present address without its host, to come back to after the login; after a write, the start page."""
    if request.method not in ("GET", "HEAD"):
        return "/"
    return request.full_path.rstrip("?")


def _is_dash() -> bool:
    return request.path.startswith("/dashboards/") and "/_" in request.path


def wants_data() -> bool:
    """Whether a script asked and not a person: it must see the status and not a redirect to a form."""
    return (
        request.path.startswith("/api/")
        or _is_dash()
        or request.headers.get("HX-Request") == "true"
        or request.headers.get("X-Requested-With") == "XMLHttpRequest"
    )
