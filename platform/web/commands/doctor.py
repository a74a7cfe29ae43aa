"""``lianxin doctor``: what a deployment stands on, each line checked now and each trouble with what to do."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import click
import redis
from sqlalchemy.exc import SQLAlchemyError

from cases import ring
from kernel import schema
from kernel.blobs import files_of
from kernel.crypto import FieldCipher
from kernel.db import Database, role_problems
from kernel.errors import LianxinError
from kernel.settings import Settings

STATIC = Path(__file__).resolve().parents[1] / "static" / "vendor"


@click.command("doctor", help="检查运行环境")
@click.pass_context
def doctor(context: click.Context) -> None:
    """Run every check, the later ones too when an earlier one fails; exit code 1 when any failed."""
    try:
        settings = Settings.from_env()
    except LianxinError as refusal:
        _tell("环境变量", refusal.message)
        context.exit(1)
    _tell("环境变量", None)
    checks: tuple[tuple[str, Callable[[Settings], str | None]], ...] = (
        ("数据库连接与账号", _database),
        ("数据库结构", _schema),
        ("表结构与程序一致", _tables),
        ("数据密钥与已有身份信息相符", _keys),
        ("队列服务（停机时登记不受影响，任务稍后补做）", _queue),
        ("数据目录可写", _home),
        ("文件存储可写可读", _store),
        ("病毒扫描服务", _scanner),
        ("网页资源", _assets),
    )
    failures = 0
    for name, check in checks:
        problem = check(settings)
        failures += problem is not None
        _tell(name, problem)
    context.exit(1 if failures else 0)


def _tell(name: str, problem: str | None) -> None:
    click.echo(f"[{'通过' if problem is None else '失败'}] {name}" + (f"：{problem}" if problem else ""))


def _with_database(settings: Settings, check: Callable[[Database], str | None]) -> str | None:
    database = Database(settings.database_url)
    try:
        return check(database)
    except SQLAlchemyError as error:
        # The class and not the text: the text holds the address and the account.
        origin = getattr(error, "orig", None)
        return f"无法连接（{type(origin or error).__name__}），请检查 LIANXIN_DATABASE_URL 和数据库服务。"
    except LianxinError as refusal:
        return refusal.message
    finally:
        database.engine.dispose()


def _database(settings: Settings) -> str | None:
    def check(database: Database) -> str | None:
        with database.engine.connect() as connection:
            return "；".join(f"应用账号{problem}" for problem in role_problems(connection)) or None

    return _with_database(settings, check)


def _schema(settings: Settings) -> str | None:
    def check(database: Database) -> str | None:
        schema.assert_current(database.engine)
        return None

    return _with_database(settings, check)


def _tables(settings: Settings) -> str | None:
    from web.commands.db import differences

    return _with_database(settings, lambda _database: "；".join(differences(settings)) or None)


def _keys(settings: Settings) -> str | None:
    def check(database: Database) -> str | None:
        ring.assert_fits(database, FieldCipher(settings.data_keys))
        return None

    return _with_database(settings, check)


def _queue(settings: Settings) -> str | None:
    client = redis.Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=2)
    try:
        client.ping()
    except (redis.RedisError, OSError) as error:
        return f"无法连接（{type(error).__name__}），请检查 LIANXIN_REDIS_URL 和服务。"
    finally:
        client.close()
    return None


def _home(settings: Settings) -> str | None:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=settings.home):
            return None
    except OSError as error:
        return f"不能写入 {settings.home}（{os.strerror(error.errno or 0)}），请检查 LIANXIN_HOME。"


def _store(settings: Settings) -> str | None:
    try:
        files_of(settings).store.check()
    except LianxinError as refusal:
        return f"{refusal.message}请检查 LIANXIN_BLOB_URL。"
    return None


def _scanner(settings: Settings) -> str | None:
    """Without an address there is nothing to check: files come in unscanned, which docs/operations.md says."""
    try:
        scan = files_of(settings).scan
        if scan is not None:
            scan(b"lianxin")
    except LianxinError as refusal:
        return f"{refusal.message}请检查 LIANXIN_CLAMD_URL。"
    return None


def _assets(_settings: Settings) -> str | None:
    wanted = ("bootstrap.min.css", "htmx.min.js", "plotly-cartesian.min.js")
    missing = [name for name in wanted if not (STATIC / name).is_file()]
    return f"缺少 {'、'.join(missing)}，请运行 make assets。" if missing else None
