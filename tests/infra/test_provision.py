from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import create_engine, text

from infra import urls
from infra.errors import InfraError
from infra.provision import APP, OWNER, ROLLUP, Provisioned, drop_database, provision
from infra.servers import Environment
from tests.infra.conftest import query

PASSWORDS = {"owner_pw": "owner-word", "app_pw": "app-word", "rollup_pw": "rollup-word"}


@pytest.fixture
def made(environment: Environment) -> Iterator[Provisioned]:
    assert environment.admin_url is not None
    yield provision(environment.admin_url, database="provisioned", whole_server=True, **PASSWORDS)
    drop_database(environment.admin_url, "provisioned")


@pytest.fixture
def admin(environment: Environment) -> str:
    assert environment.admin_url is not None
    return environment.admin_url


def test_each_role_logs_in_with_its_password_and_may_nothing_special(made: Provisioned, admin: str) -> None:
    for url, role in ((made.owner_url, OWNER), (made.app_url, APP), (made.rollup_url, ROLLUP)):
        assert query(url, "select current_user, current_database()") == [(role, "provisioned")]
    rows = query(
        admin,
        "select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication, rolinherit from pg_roles"
        f" where rolname in ('{OWNER}', '{APP}', '{ROLLUP}')",
    )
    assert rows == [(False,) * 6] * 3
    assert query(
        admin,
        "select count(*) from pg_auth_members m join pg_roles r on r.oid = m.member where rolname like 'lianxin_%'",
    ) == [(0,)]


def test_the_owner_owns_the_database_and_the_schema_and_the_others_own_nothing(made: Provisioned) -> None:
    assert query(
        made.owner_url,
        "select pg_get_userbyid(datdba), pg_encoding_to_char(encoding) from pg_database"
        " where datname = current_database()",
    ) == [(OWNER, "UTF8")]
    assert query(made.owner_url, "select pg_get_userbyid(nspowner) from pg_namespace where nspname = 'app'") == [
        (OWNER,)
    ]
    for url in (made.app_url, made.rollup_url):
        for schema in ("public", "app"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                query(url, f"create table {schema}.mine (id int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            query(url, "create temporary table mine (id int)")


@pytest.mark.parametrize(
    "statement",
    [
        "select 1 union select set_config('app.tenant', '4', true)::int",
        "select query from pg_stat_activity",
        "select pg_stat_get_activity(null)",
        "select pg_stat_get_backend_activity(1)",
        "select pg_terminate_backend(pg_backend_pid())",
        "select pg_cancel_backend(pg_backend_pid())",
    ],
)
def test_an_injected_statement_can_neither_change_the_tenant_nor_see_or_end_another_session(
    made: Provisioned, statement: str
) -> None:
    for url in (made.app_url, made.rollup_url):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            query(url, statement)


def test_the_setting_that_names_the_tenant_works_without_set_config(made: Provisioned) -> None:
    engine = create_engine(made.app_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL app.tenant = '7'")
        assert connection.scalar(text("select current_setting('app.tenant', true)")) == "7"
    with engine.begin() as connection:
        assert connection.scalar(text("select nullif(current_setting('app.tenant', true), '')")) is None
    engine.dispose()


def test_the_owner_migrates_through_sqlalchemy(made: Provisioned) -> None:
    engine = create_engine(made.owner_url)
    with engine.begin() as connection:
        connection.execute(text("create table app.thing (id int primary key)"))
        connection.execute(text(f"grant usage on schema app to {APP}"))
        connection.execute(text(f"grant select on app.thing to {APP}"))
    engine.dispose()
    assert query(made.app_url, "select count(*) from app.thing") == [(0,)]


def test_our_roles_cannot_enter_another_database_of_our_server(made: Provisioned) -> None:
    for database in ("postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            query(urls.on_database(made.app_url, database), "select 1")


def test_doing_it_again_repairs_rights_that_were_widened(made: Provisioned, admin: str) -> None:
    query(admin, f"alter role {APP} superuser bypassrls inherit createdb")
    query(admin, f"grant {OWNER} to {APP}")
    query(
        urls.on_database(admin, "provisioned"), "grant execute on function set_config(text, text, boolean) to public"
    )
    provision(admin, database="provisioned", **PASSWORDS)
    test_each_role_logs_in_with_its_password_and_may_nothing_special(made, admin)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        query(made.app_url, "select set_config('app.tenant', '4', true)")


def test_doing_it_again_with_other_passwords_makes_those_the_right_ones(made: Provisioned, admin: str) -> None:
    other = provision(admin, database="provisioned", **{**PASSWORDS, "app_pw": "changed"})
    assert query(other.app_url, "select 1") == [(1,)]
    with pytest.raises(psycopg.OperationalError):
        query(made.app_url, "select 1")
    provision(admin, database="provisioned", **PASSWORDS)


def test_a_copy_has_the_tables_of_its_template_and_the_same_closed_functions(made: Provisioned, admin: str) -> None:
    query(made.owner_url, "create table app.kept as select 7 as n")
    copy = provision(admin, database="copied", template="provisioned", **PASSWORDS)
    assert query(copy.owner_url, "select n from app.kept") == [(7,)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        query(copy.app_url, "select set_config('app.tenant', '4', true)")
    drop_database(admin, "copied")


def test_a_database_that_is_not_unicode_is_refused(made: Provisioned, admin: str) -> None:
    query(admin, "create database latin template template0 encoding 'LATIN1' locale_provider libc locale 'C'")
    with pytest.raises(InfraError, match="UTF8"):
        provision(admin, database="latin", **PASSWORDS)
    drop_database(admin, "latin")


def test_an_administrator_with_createrole_and_createdb_suffices_on_a_fresh_server(home_server: str) -> None:
    query(home_server, "create role warden login createrole createdb password 'w'")
    warden = urls.as_role(home_server, "warden", "w")
    for _ in range(2):
        made = provision(warden, database="lianxin", **PASSWORDS)
        assert query(made.app_url, "select 1") == [(1,)]
        assert query(made.owner_url, "create table if not exists app.thing (id int)") == []
        assert any("set_config" in warning for warning in made.warnings)


def test_a_role_without_these_rights_is_told_what_is_needed(admin: str) -> None:
    query(admin, "create role weak login password 'w'")
    query(admin, "grant connect on database postgres to weak")
    with pytest.raises(InfraError, match="CREATEROLE"):
        provision(urls.as_role(admin, "weak", "w"), database="x", **PASSWORDS)
    query(admin, "revoke connect on database postgres from weak")
    query(admin, "drop role weak")


def test_a_server_that_does_not_answer_is_named_without_its_password(admin: str) -> None:
    with pytest.raises(InfraError, match="无法连接") as caught:
        provision("postgresql+psycopg://admin:secret@127.0.0.1:1/postgres", database="x", **PASSWORDS)
    assert "secret" not in str(caught.value)


@pytest.fixture
def home_server(postgres: object) -> str:
    from infra.postgres import PostgresServer

    assert isinstance(postgres, PostgresServer)
    return postgres.admin_url
