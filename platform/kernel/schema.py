"""The whole schema as the code sees it, and whether a database is at it."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from kernel.errors import UnavailableError

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def alembic_config(url: str | None = None) -> Config:
    """Alembic's configuration without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    if url is not None:
        config.attributes["url"] = url
    return config


def head() -> str:
    """The one newest revision in the code."""
    revision = ScriptDirectory.from_config(alembic_config()).get_current_head()
    if revision is None:  # pragma: no cover - a checkout without migrations
        raise UnavailableError("没有找到数据库迁移脚本。")
    return revision


def current(engine: Engine) -> str | None:
    """The revision that a database is at, or ``None`` before the first migration."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def assert_current(engine: Engine) -> None:
    """Refuse to serve a database whose schema is behind or ahead of the code.

    :raises UnavailableError: saying what to run.
    """
    found, wanted = current(engine), head()
    if found != wanted:
        raise UnavailableError(
            f"数据库结构版本（{found or '空'}）与程序（{wanted}）不一致，请先运行 lianxin db upgrade。"
        )
