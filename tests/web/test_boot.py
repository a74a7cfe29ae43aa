"""The application starts whole or refuses in one sentence."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest
from alembic import command
from flask_login import current_user
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Engine

from infra.servers import Environment
from kernel.errors import SettingsError, UnavailableError
from kernel.schema import alembic_config
from kernel.settings import Settings
from tests.conftest import Stage
from web.app import create_app


def refused(settings: Settings) -> str:
    with pytest.raises(UnavailableError) as refusal:
        create_app(settings)
    return refusal.value.message


def test_a_database_that_is_down_is_said_without_its_address(stage: Stage) -> None:
    url = "postgresql+psycopg://lianxin_app:geheim@127.0.0.1:1/lianxin"
    sentence = refused(replace(stage.settings, database_url=url))
    assert "无法连接数据库" in sentence
    assert "geheim" not in sentence and "127.0.0.1" not in sentence


def test_a_wrong_password_is_said_in_the_same_way(stage: Stage) -> None:
    url = stage.settings.database_url
    user, _, rest = url.partition("://")[2].partition(":")
    wrong = f"postgresql+psycopg://{user}:wrong@{rest.rpartition('@')[2]}"
    assert "无法连接数据库" in refused(replace(stage.settings, database_url=wrong))


def test_the_owner_of_the_tables_may_not_serve(stage: Stage) -> None:
    owner = stage.env["LIANXIN_DATABASE_OWNER_URL"]
    assert "可以绕过租户隔离" in refused(replace(stage.settings, database_url=owner))


def test_a_superuser_may_not_serve(stage: Stage) -> None:
    if stage.admin_url is None:
        pytest.fail("the suite's own servers always have an administrator")
    database = stage.settings.database_url.rsplit("/", 1)[1]
    admin = stage.admin_url.rsplit("/", 1)[0] + "/" + database
    assert "超级用户" in refused(replace(stage.settings, database_url=admin))


def test_a_schema_behind_the_code_is_said_with_what_to_do(servers: Environment, stage: Stage) -> None:
    name = f"lianxin_behind_{os.getpid()}"
    env = servers.database(name).env
    try:
        settings = replace(stage.settings, database_url=env["LIANXIN_DATABASE_URL"])
        command.upgrade(alembic_config(env["LIANXIN_DATABASE_OWNER_URL"]), "0001")
        sentence = refused(settings)
        assert "0001" in sentence and "lianxin db upgrade" in sentence
    finally:
        servers.drop(name)


@pytest.mark.parametrize(
    "name", ["LIANXIN_SECRET_KEY", "LIANXIN_DATA_KEYS", "LIANXIN_DATABASE_URL", "LIANXIN_REDIS_URL"]
)
def test_a_missing_setting_is_named(stage: Stage, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for key, value in stage.env.items():
        monkeypatch.setenv(key, value)
    monkeypatch.delenv(name)
    with pytest.raises(SettingsError, match=name):
        create_app()


@pytest.mark.parametrize("secret", ["short", "x" * 64, "abcabcabc" * 8])
def test_a_weak_secret_is_refused(stage: Stage, monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    for key, value in stage.env.items():
        monkeypatch.setenv(key, value)
    monkeypatch.setenv("LIANXIN_SECRET_KEY", secret)
    with pytest.raises(SettingsError, match="LIANXIN_SECRET_KEY"):
        create_app()


@pytest.mark.parametrize("proxies", ["-1", "two", "1.5"])
def test_a_malformed_number_of_proxies_is_refused(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, proxies: str
) -> None:
    for key, value in stage.env.items():
        monkeypatch.setenv(key, value)
    monkeypatch.setenv("LIANXIN_TRUSTED_PROXIES", proxies)
    with pytest.raises(SettingsError, match="LIANXIN_TRUSTED_PROXIES"):
        create_app()


def test_the_wsgi_module_refuses_with_a_sentence_and_a_code_that_stops_the_server(stage: Stage) -> None:
    env = os.environ | stage.env | {"LIANXIN_SECRET_KEY": "short"}
    program = [sys.executable, "-c", "import web.wsgi"]
    done = subprocess.run(program, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert done.stderr.strip() == "LIANXIN_SECRET_KEY 太弱：至少需要 32 个随机字符。"


def test_flask_appbuilder_asks_the_database_nothing_at_start(stage: Stage) -> None:
    statements: list[str] = []

    def note(_conn, _cursor, statement, *_rest) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        app = create_app(stage.settings)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    app.extensions["lianxin"].database.engine.dispose()
    asked = [statement for statement in statements if not statement.startswith("SET LOCAL")]
    assert len(asked) == 4, "the role, whether alembic_version exists, what is in it, and whose keys to try"
    assert not [statement for statement in statements if "ab_" in statement]


def test_over_https_the_cookie_is_bound_to_the_host(stage: Stage) -> None:
    app = create_app(replace(stage.settings, cookie_secure=True))
    answer = app.test_client().get("/login/", base_url="https://lianxin.example")
    header = answer.headers["Set-Cookie"]
    assert header.startswith("__Host-lianxin=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in header
    assert "Domain" not in header
    assert answer.headers["Strict-Transport-Security"]
    app.extensions["lianxin"].database.engine.dispose()


def test_a_trusted_proxy_is_believed_and_only_that_one(stage: Stage) -> None:
    app = create_app(replace(stage.settings, trusted_proxies=1))
    seen: list[str | None] = []

    @app.before_request
    def note() -> None:
        from flask import request

        seen.append(request.remote_addr)

    client = app.test_client()
    client.get("/healthz", headers={"X-Forwarded-For": "203.0.113.1, 198.51.100.2"})
    assert seen == ["198.51.100.2"], "the last hop is our proxy's word, the first is the stranger's"
    app.extensions["lianxin"].database.engine.dispose()


def test_two_applications_live_in_one_process(stage: Stage) -> None:
    first, second = create_app(stage.settings), create_app(stage.settings)
    for app in (first, second):
        with app.test_client() as client:
            assert client.get("/login/").status_code == 200
            assert not current_user.is_authenticated
        app.extensions["lianxin"].database.engine.dispose()


def test_the_pool_keeps_no_tenant_between_requests(stage: Stage) -> None:
    engine = create_engine(stage.settings.database_url, pool_size=1, max_overflow=0)
    with engine.connect() as connection:
        assert connection.scalar(text("select current_setting('app.tenant', true)")) in (None, "")
    engine.dispose()
