"""Models and migrations say the same; migrations are numbered, in one line, and run both ways."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from infra.servers import Environment
from kernel.db import Base
from kernel.schema import MIGRATIONS, alembic_config, current, head
from tests.conftest import Stage
from tests.leaks.catalogue import modelled


@pytest.fixture
def empty(servers: Environment) -> Iterator[str]:
    """The owner's URL of a database in which nothing was migrated yet."""
    name = f"lianxin_migrated_{os.getpid()}"
    environment = servers.database(name)
    yield environment.env["LIANXIN_DATABASE_OWNER_URL"]
    servers.drop(name)


def test_models_and_migrations_agree(stage: Stage) -> None:
    assert modelled()
    engine = create_engine(stage.env["LIANXIN_DATABASE_OWNER_URL"], poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": False})
        assert compare_metadata(context, Base.metadata) == []
    command.check(alembic_config(stage.env["LIANXIN_DATABASE_OWNER_URL"]))


def test_there_is_one_head_and_every_file_is_numbered_in_its_place() -> None:
    scripts = ScriptDirectory.from_config(alembic_config())
    assert len(scripts.get_heads()) == 1
    revisions = [script.revision for script in reversed(list(scripts.walk_revisions()))]
    assert revisions == [f"{number:04d}" for number in range(1, len(revisions) + 1)]
    files = sorted(path.name for path in (MIGRATIONS / "versions").glob("*.py"))
    assert all(re.fullmatch(r"\d{4}_[a-z_]+\.py", name) for name in files)
    assert [name[:4] for name in files] == revisions


def test_migrations_run_down_to_nothing_and_up_again(empty: str) -> None:
    engine = create_engine(empty, poolclass=NullPool)
    config = alembic_config(empty)
    command.upgrade(config, "head")
    assert current(engine) == head()
    command.downgrade(config, "base")
    with engine.connect() as connection:
        left = connection.execute(
            text(
                "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
                "where n.nspname in ('public', 'app') and c.relname not like 'alembic_version%' union all "
                "select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace "
                "where n.nspname in ('public', 'app') union all select t.typname from pg_type t "
                "join pg_namespace n on n.oid = t.typnamespace where n.nspname in ('public', 'app') "
                "and t.typname not like '%alembic_version'"
            )
        ).scalars()
        assert list(left) == []
    command.upgrade(config, "head")
    command.check(config)


def test_the_platform_is_the_only_tenant_of_a_new_database(stage: Stage) -> None:
    with stage.database.transaction(0) as session:
        found = session.execute(text("select id, slug, kind, level from tenants where id = 0")).one()
    assert tuple(found) == (0, "platform", "platform", 0)
