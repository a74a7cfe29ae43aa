"""Errors in words: pages for people, problem documents for machines, and never a detail of the database."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from doorway.guard import guard, public, work
from doorway.runtime import runtime
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
from tests.conftest import Stage
from tests.web.clients import login
from web.app import create_app

RAISED: dict[str, tuple[Exception, int, str]] = {
    "not-found": (NotFoundError(), 404, "没有找到，或者您无权查看。"),
    "forbidden": (ForbiddenError(), 403, "您的角色不能执行此操作。"),
    "invalid": (InvalidError("请填写姓名。", fields={"name": "请填写姓名"}), 422, "请填写姓名。"),
    "conflict": (ConflictError(), 409, "其他人刚刚处理了同一事项"),
    "illegal": (IllegalTransitionError("当前状态下不能受理。"), 409, "当前状态下不能受理。"),
    "throttled": (ThrottledError("请稍后再试。", retry_after=77), 429, "请稍后再试。"),
    "unavailable": (UnavailableError("队列暂时不可用。"), 503, "队列暂时不可用。"),
    "unknown": (LianxinError("secret inner words"), 500, "系统出现故障"),
    "bug": (ValueError("secret inner words"), 500, "系统出现故障"),
    "integrity": (
        IntegrityError("insert into t values (%(secret)s)", {"secret": "inner words"}, ValueError("inner words")),
        500,
        "系统出现故障",
    ),
    "operational": (
        OperationalError("select secret", {"secret": "inner words"}, ValueError("inner words")),
        503,
        "系统暂时不可用",
    ),
}


@pytest.fixture(scope="module")
def broken_app(stage: Stage) -> Flask:
    """The real application with views that fail on purpose."""
    app = create_app(stage.settings)

    def fail(kind: str) -> str:
        raise RAISED[kind][0]

    app.add_url_rule("/broken/<kind>", "broken", public(fail))
    app.add_url_rule("/api/v1/broken/<kind>", "broken_api", public(fail))

    @guard()
    def sql() -> str:
        work().session.execute(text("select 1/0 as secret"))
        return "never"

    app.add_url_rule("/broken-sql", "broken_sql", sql)

    @guard()
    def writes_then_fails() -> str:
        work().session.execute(text("update users set display_name = 'inner words'"))
        raise ForbiddenError

    app.add_url_rule("/writes-then-fails", "writes_then_fails", writes_then_fails)
    yield app
    app.extensions["lianxin"].database.engine.dispose()


@pytest.mark.parametrize("kind", RAISED)
def test_a_person_reads_a_sentence(broken_app: Flask, kind: str) -> None:
    _, status, sentence = RAISED[kind]
    answer = broken_app.test_client().get(f"/broken/{kind}")
    assert answer.status_code == status
    assert sentence in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    for secret in ("inner", "secret", "Traceback", "insert into"):
        assert secret not in answer.text
    assert 'lang="zh"' in answer.text
    assert answer.headers.get("Retry-After") == ("77" if kind == "throttled" else None)


@pytest.mark.parametrize("kind", RAISED)
def test_a_machine_reads_a_problem_document(broken_app: Flask, kind: str) -> None:
    _, status, sentence = RAISED[kind]
    answer = broken_app.test_client().get(f"/api/v1/broken/{kind}")
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    document = answer.json
    assert document["status"] == status and sentence in document["detail"] and document["title"]
    assert "inner" not in answer.text and "secret" not in answer.text
    if kind == "invalid":
        assert document["errors"] == {"name": "请填写姓名"}


def test_a_script_on_a_page_reads_a_fragment(broken_app: Flask) -> None:
    answer = broken_app.test_client().get("/broken/conflict", headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "<html" not in answer.text and 'role="alert"' in answer.text


@pytest.mark.parametrize("headers", [{"HX-Request": "true"}, {"X-Requested-With": "XMLHttpRequest"}])
def test_a_script_without_a_login_gets_401_and_a_person_the_form(client: FlaskClient, headers: dict) -> None:
    assert client.get("/desk/", headers=headers).status_code == 401
    assert client.get("/desk/").status_code == 302


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [("/nothing", "GET", 404), ("/healthz", "DELETE", 405), ("/api/v1/nothing", "GET", 404)],
)
def test_what_flask_refuses_is_said_in_chinese(client: FlaskClient, path: str, method: str, status: int) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == status
    words = answer.json["detail"] if answer.is_json else answer.text
    assert ("没有找到" if status == 404 else "不支持") in words


def test_a_failure_in_the_database_shows_nothing_of_it(
    broken_app: Flask, federation: object, caplog: pytest.LogCaptureFixture
) -> None:
    client = broken_app.test_client()
    login(client, "head@street")
    answer = client.get("/broken-sql")
    assert answer.status_code == 500
    assert "division" not in answer.text and "secret" not in answer.text
    assert "DivisionByZero" in caplog.text and "select 1/0" not in caplog.text


def test_a_view_that_fails_leaves_nothing_behind(broken_app: Flask, federation) -> None:
    client = broken_app.test_client()
    login(client, "head@street")
    assert client.get("/writes-then-fails").status_code == 403
    with federation.database.transaction(federation.ids["street"]) as session:
        assert session.scalar(text("select count(*) from users where display_name = 'inner words'")) == 0


def test_too_large_a_body_is_refused_before_it_is_read(client: FlaskClient) -> None:
    answer = client.post("/login/", data={"username": "x" * (17 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "过大" in answer.text


def test_with_the_database_gone_a_page_says_so_and_the_process_lives(stage: Stage, federation) -> None:
    app = create_app(stage.settings)
    client = app.test_client()
    login(client, "head@street")
    with app.app_context():
        parts = runtime()
    parts.database.engine.dispose()
    good = parts.database.engine.url
    parts.database.engine.pool._creator = _refuse  # type: ignore[attr-defined]
    try:
        for path in ("/desk/", "/", "/password"):
            answer = client.get(path)
            assert answer.status_code == 503, path
            assert "系统暂时不可用" in answer.text
            assert str(good.host) not in answer.text and "lianxin_app" not in answer.text
        assert client.get("/api/v1/cases").mimetype == "application/problem+json"
        assert client.get("/login/").status_code == 503, "the cookie names a session that cannot be asked"
        assert app.test_client().get("/login/").status_code == 200
        assert client.get("/healthz").status_code == 200
        down = client.get("/readyz")
        assert down.status_code == 503 and down.json["database"] == "unreachable"
    finally:
        parts.database.engine.dispose()


def _refuse(*_args: object) -> object:
    import psycopg

    raise psycopg.OperationalError("connection to server at 127.0.0.1 failed for user lianxin_app")
