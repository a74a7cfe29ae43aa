"""Models and migrations say the same; migrations are numbered, in one line, and run both ways."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

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
from tests.leaks.pair import superuser_engine

THING = UUID("01890000-0000-7000-8000-000000000001")


@pytest.fixture
def fresh(servers: Environment) -> Iterator[Environment]:
    """A database in which nothing was migrated yet."""
    name = f"lianxin_migrated_{os.getpid()}"
    yield servers.database(name)
    servers.drop(name)


@pytest.fixture
def empty(fresh: Environment) -> str:
    """The owner's URL of that database."""
    return fresh.env["LIANXIN_DATABASE_OWNER_URL"]


#: What a union of the first release held: a tree of three, an account, a case with its clock, a letter and a figure.
FIRST_RELEASE = (
    "insert into tenants (id, slug, name, short_name, kind, code, parent_id, level) values "
    "(1, 'city', '市', '市', 'federation', '市', null, 1), (2, 'east', '东', '东', 'federation', '东', 1, 2), "
    "(3, 'street', '街', '街', 'grassroots', '街', 2, 3)",
    "insert into tenant_closure (ancestor_id, descendant_id, depth) values "
    "(1, 1, 0), (2, 2, 0), (3, 3, 0), (1, 2, 1), (2, 3, 1), (1, 3, 2)",
    "insert into users (tenant_id, id, username, display_name, password_hash) values (3, :id, 'head', '人', 'x')",
    "insert into cases (tenant_id, id, number, status, channel, title, content, received_on, registered_at, version) "
    "values (3, :id, '一', 'escalated', 'visit', '题', '文', '2026-03-02', now(), 1)",
    "insert into case_clocks (tenant_id, id, case_id, kind, started_on, due_on, original_due_on, basis) "
    "values (3, :id, :id, 'C-15', '2026-03-02', '2026-03-17', '2026-03-17', '条')",
    *(
        "insert into letters (tenant_id, id, kind, side, sender_id, recipient_id, sender_name, recipient_name, "
        "number, subject, reason, request, snapshot, case_id, sent_at, reply_due_on) "
        f"values ({tenant}, :id, 'escalation', '{side}', 3, 2, '街', '东', "
        f"'报一', '题', '因', '求', '{{}}', {case}, now(), '2026-03-17')"
        for tenant, side, case in ((3, "sender", ":id"), (2, "recipient", "null"))
    ),
    *(
        "insert into letter_events (tenant_id, letter_id, seq, author_id, action, status, at, signed_as) "
        f"values ({tenant}, :id, 1, 3, 'send', 'sent', now(), '街')"
        for tenant in (2, 3)
    ),
    "insert into daily_facts (tenant_id, subject_id, scope, day, category, channel, registered) "
    "values (3, 3, 0, '2026-03-02', '01', 'visit', 1)",
)


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


def test_a_database_of_the_first_release_comes_up_with_everything_in_it(fresh: Environment) -> None:
    owner = fresh.env["LIANXIN_DATABASE_OWNER_URL"]
    command.upgrade(alembic_config(owner), "0002")
    superuser = superuser_engine(fresh.admin_url, owner)
    with superuser.begin() as connection:
        for statement in FIRST_RELEASE:
            connection.execute(text(statement), {"id": THING} if ":id" in statement else {})
    command.upgrade(alembic_config(owner), "head")
    with superuser.connect() as connection:

        def rows(query: str) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in connection.execute(text(query))]

        assert rows("select count(*) from cases, letters, letter_events, users, daily_facts, case_clocks") == [(4,)]
        lines = rows("select ancestor_id, descendant_id from tenant_lines where descendant_id > 0 order by 2, 1")
        assert lines == [(1, 1), (1, 2), (2, 2), (1, 3), (2, 3), (3, 3)]
        assert rows("select child_id, parent_id from tenant_parents where child_id in (2, 3) order by 1") == [
            (2, 1),
            (3, 2),
        ]
        assert rows("select distinct since::text, until::text from tenant_lines") == [("-infinity", "infinity")]
        assert rows("select moved, registered from daily_facts") == [(0, 1)]
    superuser.dispose()


def test_the_platform_is_the_only_tenant_of_a_new_database(stage: Stage) -> None:
    with stage.database.transaction(0) as session:
        found = session.execute(text("select id, slug, kind, level from tenants where id = 0")).one()
    assert tuple(found) == (0, "platform", "platform", 0)
