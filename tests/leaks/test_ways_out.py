"""Ways past a policy that PostgreSQL has or had: each is tried as the real role and must be refused."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.pool import NullPool

from kernel.db import Database, role_problems
from kernel.errors import UnavailableError
from tests.leaks.allowed import ROLLUP_MAY
from tests.leaks.catalogue import modelled, tenant_tables
from tests.leaks.copying import MARKS
from tests.leaks.twins import Twins

# The planted roles are seen by every database of the server: one process at a time.
pytestmark = pytest.mark.xdist_group("roles")

#: Statement → part of the answer that refuses it. Run in east's context; ``{b}`` is the other tenant's number.
REFUSED = {
    "select title from cases union select set_config('app.tenant', '{b}', true)": "permission denied",
    "select title from cases where title = set_config('app.tenant', '{b}', true)": "permission denied",
    "do $$ begin perform set_config('app.tenant', '{b}', true); end $$": "permission denied",
    "set row_security = off; select count(*) from cases": "row-level security",
    "set role lianxin_owner": "permission denied",
    "set session authorization lianxin_owner": "permission denied",
    "alter table cases disable row level security": "must be owner",
    "create policy mine on cases using (true)": "must be owner",
    "drop policy own on cases": "must be owner",
    "alter table cases no force row level security": "must be owner",
    "grant lianxin_owner to lianxin_app": "permission denied",
    "alter role lianxin_app bypassrls": "permission denied",
    "truncate cases cascade": "permission denied",
    "create table public.copy_of_cases as select * from cases": "permission denied",
    "create temp table copy_of_cases as select * from cases": "permission denied",
    "create view public.mine as select * from cases": "permission denied",
    "create function public.mine() returns int language sql as 'select 1'": "permission denied",
    "create schema mine": "permission denied",
    "create function pg_temp.mine(text) returns boolean language sql leakproof as 'select true'": (
        "denied|only superuser"
    ),
    "create extension vector": "permission denied|not available",
    "create trigger mine after insert on cases execute function suppress_redundant_updates_trigger()": (
        "permission denied|must be owner"
    ),
    "alter function app.tenant() volatile": "must be owner",
    "create or replace function app.tenant() returns bigint language sql stable as 'select 1::bigint'": (
        "permission denied|must be owner"
    ),
    "comment on table cases is 'x'": "must be owner",
    "select pg_read_file('/etc/passwd')": "permission denied",
    "select lo_import('/etc/passwd')": "permission denied",
    "copy cases to program 'cat'": "permission denied",
    "copy cases to '/tmp/cases'": "permission denied",
    "select * from pg_stat_activity": "permission denied",
    "select pg_stat_get_backend_activity(1)": "permission denied",
    "select pg_terminate_backend(pg_backend_pid())": "permission denied",
    "select pg_cancel_backend(pg_backend_pid())": "permission denied",
    "select * from pg_authid": "permission denied",
    "select * from pg_statistic": "permission denied",
    "select * from leases": "permission denied",
    "update alembic_version set version_num = '9999'": "permission denied",
    "insert into categories (code, name, position) values ('99', 'x', 1)": "permission denied",
    "insert into tenants (id, slug, name, short_name, kind, code, level) "
    "values (9999, 'mine', 'x', 'x', 'group', 'x', 1)": "row-level security",
    "insert into tenant_closure (ancestor_id, descendant_id, depth) values ({a}, {b}, 1)": "row-level security",
}


@pytest.fixture
def raw(twins: Twins) -> Iterator[psycopg.Connection]:
    """A bare driver's connection as the application role, in a transaction of east's."""
    url = make_url(twins.settings.database_url).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        connection.execute(f"SET LOCAL app.tenant = '{twins.east}'")
        yield connection
        connection.rollback()


@pytest.mark.parametrize("statement", REFUSED)
def test_a_way_past_the_policy_is_refused(twins: Twins, raw: psycopg.Connection, statement: str) -> None:
    with pytest.raises(psycopg.Error, match=REFUSED[statement]):
        raw.execute(statement.format(a=twins.east, b=twins.west).encode())


@pytest.mark.parametrize(
    "statement",
    [
        "update tenants set name = 'x'",
        "delete from tenant_closure",
    ],
)
def test_the_tree_is_not_changed_from_inside_a_union(raw: psycopg.Connection, statement: str) -> None:
    assert raw.execute(statement.encode()).rowcount == 0


def test_copy_out_gives_own_rows_and_copy_in_takes_no_foreign_ones(twins: Twins, raw: psycopg.Connection) -> None:
    with raw.cursor().copy("copy (select tenant_id, title from cases) to stdout") as copy:
        lines = b"".join(copy).decode()
    assert MARKS["east"] in lines
    assert MARKS["west"] not in lines
    with (
        pytest.raises(psycopg.Error, match="row-level security"),
        raw.cursor().copy("copy inbox (tenant_id, id) from stdin") as copy,
    ):
        copy.write_row((twins.west, "00000000-0000-7000-8000-000000000001"))


def test_statistics_about_other_tenants_values_are_hidden(raw: psycopg.Connection) -> None:
    rows = raw.execute("select count(*) from pg_stats where tablename = any(%s)", [list(tenant_tables())]).fetchone()
    assert rows == (0,)


def test_one_statement_with_values_cannot_smuggle_a_second(raw: psycopg.Connection, twins: Twins) -> None:
    with pytest.raises(psycopg.Error, match="multiple commands"):
        raw.execute("select %s; set local app.tenant = '1'", ["x"])


def test_a_cheap_function_in_a_condition_sees_own_rows_only(raw: psycopg.Connection) -> None:
    seen: list[str] = []
    raw.add_notice_handler(lambda notice: seen.append(str(notice.message_primary)))
    raw.execute(
        "do $$ declare r record; begin "
        "for r in select title from cases loop raise notice '%', r.title; end loop; end $$"
    )
    assert seen
    assert not any(MARKS["west"] in line for line in seen)
    with pytest.raises(psycopg.Error, match="denied"):
        raw.execute(
            "create function pg_temp.peek(text) returns boolean language plpgsql cost 0.0001 as "
            "'begin raise notice ''%'', $1; return true; end'"
        )


def test_an_error_about_a_value_does_not_quote_another_tenants_value(twins: Twins, raw: psycopg.Connection) -> None:
    with pytest.raises(psycopg.Error) as refused:
        raw.execute("select (title)::int from cases")
    assert MARKS["west"] not in str(refused.value)


def test_the_application_login_cannot_bypass_and_says_so_at_boot(twins: Twins) -> None:
    twins.database.assert_cannot_bypass()
    rollup = twins.settings.database_rollup_url
    assert rollup is not None
    database = Database(rollup)
    database.assert_cannot_bypass()
    database.engine.dispose()


def test_the_owner_and_a_superuser_are_refused_at_boot(twins: Twins) -> None:
    owner = twins.settings.database_owner_url
    assert owner is not None
    for url in (owner, twins.superuser.url.render_as_string(hide_password=False)):
        database = Database(url)
        with pytest.raises(UnavailableError, match="绕过租户隔离"):
            database.assert_cannot_bypass()
        database.engine.dispose()


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        ("alter role {} bypassrls", "BYPASSRLS"),
        ("alter role {} superuser", "超级用户"),
        ("alter role {} createrole", "创建角色"),
        ("grant pg_read_all_data to {}", "成员"),
        ("alter table notices owner to {}", "数据表"),
        ("create schema planted authorization {}", "模式"),
    ],
)
def test_every_way_of_bypassing_is_noticed_at_boot(planting: Connection, planted: str, said: str) -> None:
    planting.exec_driver_sql("create role planted_login login")
    planting.exec_driver_sql(planted.format("planted_login"))
    planting.exec_driver_sql("set local role planted_login")
    assert any(said in problem for problem in role_problems(planting))


@pytest.fixture
def carrier(twins: Twins) -> Iterator[Engine]:
    """The role that carries messages and figures across tenants."""
    assert twins.settings.database_rollup_url is not None
    engine = create_engine(twins.settings.database_rollup_url, poolclass=NullPool)
    yield engine
    engine.dispose()


def test_the_carrier_touches_no_table_with_a_person_or_a_text(carrier: Engine) -> None:
    for table in set(modelled()) - set(ROLLUP_MAY):
        for statement in (f"select * from {table}", f"delete from {table}", f"insert into {table} default values"):
            with carrier.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
                connection.execute(text(statement))


def test_the_carrier_cannot_change_what_a_message_says_into_another_tenants_name(carrier: Engine) -> None:
    with carrier.connect() as connection:
        with pytest.raises(DBAPIError, match="permission denied"):
            connection.execute(
                text("insert into outbox (tenant_id, id, topic, payload) values (1, gen_random_uuid(), 'x', '{}')")
            )
        connection.rollback()
        with pytest.raises(DBAPIError, match="permission denied"):
            connection.execute(text("select set_config('app.tenant', '1', true)"))


def test_no_message_carries_a_word_of_a_case(carrier: Engine) -> None:
    with carrier.connect() as connection:
        rows = connection.execute(text("select payload::text from outbox")).scalars().all()
    assert rows
    assert not any(mark in row for row in rows for mark in MARKS.values())
