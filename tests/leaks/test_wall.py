"""The wall as the real application role meets it: forgotten tenants, wrong SQL, pooled connections, oracles."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Connection, delete, func, insert, select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm.exc import StaleDataError

from access.models import User, UserRole
from audit.models import AuditEvent
from cases.models import Case, Claim, Party
from kernel.db import Database, TenantSession
from kernel.errors import NoTenantError
from kernel.ids import uuid7
from tests.leaks.catalogue import tenant_tables
from tests.leaks.copying import MARKS
from tests.leaks.twins import Twins

#: The pass criterion is 10,000 (docs/testing.md).
ROUNDS = int(os.environ.get("LIANXIN_WALL_ROUNDS", "3000"))

#: SQL that forgets the tenant or asks for another one on purpose; ``:b`` is the other tenant.
WRONG_READS = (
    "select title from cases",
    "select title from cases where tenant_id = :b",
    "select title from cases where true or tenant_id = :b",
    "select c.title from cases c join cases d on c.id = d.id where d.tenant_id = :b",
    "select k.text from claims k join cases c on c.id = k.case_id",
    "select (select max(title) from cases where tenant_id = :b)",
    "with stolen as (select * from cases where tenant_id = :b) select title from stolen",
    "select title from cases union all select subject from letters where tenant_id = :b",
    "select string_agg(x::text, '') from parties x",
    "select row_to_json(x)::text from letters x where recipient_id = :b or sender_id = :b",
    "select x::text from audit_events x where tenant_id = :b",
    "select display_name from users where tenant_id = :b for update",
    "table documents",
    "select title from cases tablesample system (100)",
    "select x.title from generate_series(1, 3) n cross join lateral (select title from cases) x",
)


@pytest.fixture
def one_connection(twins: Twins) -> Any:
    """The application's pool, one connection large."""
    database = Database(twins.settings.database_url, pool_size=1, max_overflow=0)
    yield database
    database.engine.dispose()


def foreign(twins: Twins, rows: object) -> bool:
    return MARKS["west"] in str(rows)


def test_two_tenants_on_one_pooled_connection_never_meet(twins: Twins, one_connection: Database) -> None:
    backends: set[int] = set()
    forgotten = 0
    for turn in range(ROUNDS):
        tenant = None if turn % 10 == 7 else (twins.east, twins.west)[turn % 2]
        with one_connection.session(tenant) as session:
            try:
                row = session.execute(
                    text("select pg_backend_pid(), min(tenant_id), max(tenant_id), count(*) from cases")
                ).one()
            except NoTenantError:
                forgotten += 1
                continue
            assert tenant is not None, "a forgotten tenant was answered"
            backends.add(row[0])
            assert (row[1], row[2]) == (tenant, tenant)
            assert row[3] > 0
            if turn % 3 == 0:
                session.commit()
            elif turn % 3 == 1:
                session.rollback()
    assert forgotten == ROUNDS // 10
    assert len(backends) == 1


def test_a_raw_connection_without_context_sees_no_row_of_any_table(twins: Twins, one_connection: Database) -> None:
    with one_connection.transaction(twins.east) as session:
        session.execute(select(Case)).all()
    with one_connection.engine.connect() as connection:
        for table in tenant_tables():
            assert connection.execute(text(f"select count(*) from {table}")).scalar_one() == 0, table
            connection.rollback()


def test_set_local_outside_a_transaction_opens_nothing(twins: Twins, one_connection: Database) -> None:
    with one_connection.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"SET LOCAL app.tenant = '{twins.west}'")
        assert connection.execute(text("select count(*) from cases")).scalar_one() == 0


def test_no_tenant_table_shows_a_foreign_row(twins: Twins, inside: Connection) -> None:
    for table in tenant_tables():
        tenants = set(inside.execute(text(f"select distinct tenant_id from {table}")).scalars())
        assert tenants == {twins.east}, table


@pytest.mark.parametrize("statement", WRONG_READS)
def test_wrong_sql_reads_nothing_foreign(twins: Twins, inside: Connection, statement: str) -> None:
    given = {"b": twins.west} if ":b" in statement else {}
    assert not foreign(twins, inside.execute(text(statement), given).all())


def test_wrong_sql_changes_and_removes_nothing_foreign(twins: Twins, inside: Connection) -> None:
    before = twins.digest("west", "city", "street")
    for table in tenant_tables():
        for statement in (
            f"update {table} set tenant_id = tenant_id where tenant_id = :b",
            f"delete from {table} where tenant_id = :b",
        ):
            with inside.begin_nested() as savepoint:
                try:
                    touched = inside.execute(text(statement), {"b": twins.west}).rowcount
                except ProgrammingError as error:
                    assert "permission denied" in str(error)
                    touched = 0
                assert touched == 0, statement
                savepoint.rollback()
    assert twins.digest("west", "city", "street") == before


def test_a_row_cannot_be_moved_or_inserted_into_another_tenant(twins: Twins, inside: Connection) -> None:
    for table in tenant_tables():
        for statement in (
            f"update {table} set tenant_id = :b",
            f"insert into {table} select x.* from {table} y, jsonb_populate_record(y, "
            "jsonb_build_object('tenant_id', cast(:b as bigint), 'id', gen_random_uuid(), 'seq', 30000)) x limit 1",
        ):
            savepoint = inside.begin_nested()
            with pytest.raises(ProgrammingError, match=r"row-level security|permission denied"):
                inside.execute(text(statement), {"b": twins.west})
            savepoint.rollback()


def test_the_orm_reads_and_writes_its_own_rows_only(twins: Twins) -> None:
    before = twins.digest("west", "city", "street")
    with twins.database.session(twins.east) as session:
        assert {case.tenant_id for case in session.scalars(select(Case))} == {twins.east}
        assert session.get(Case, (twins.west, twins.only_west.case_id)) is None
        own = session.scalars(select(Case)).first()
        assert own is not None
        assert session.get(Case, (twins.west, own.id)) is None
        rows = session.execute(select(Case.__table__.c.tenant_id)).scalars()
        assert set(rows) == {twins.east}
        changed = session.execute(update(Case).values(urgent=True))
        assert changed.rowcount == session.scalar(select(func.count()).select_from(Case))
        assert session.execute(update(Case).where(Case.tenant_id == twins.west).values(urgent=True)).rowcount == 0
        assert session.execute(delete(UserRole).where(UserRole.tenant_id == twins.west)).rowcount == 0
        core = Case.__table__
        assert session.execute(update(core).where(core.c.tenant_id == twins.west).values(urgent=True)).rowcount == 0
        assert (
            session.execute(update(core).where(core.c.id == twins.only_west.case_id).values(urgent=True)).rowcount
            == 0
        )
        session.rollback()
    assert twins.digest("west", "city", "street") == before


def test_bulk_methods_cannot_reach_another_tenants_key(twins: Twins) -> None:
    foreign_key = {"tenant_id": twins.west, "id": twins.only_west.case_id}
    with twins.database.session(twins.east) as session:
        with pytest.raises(StaleDataError):
            session.bulk_update_mappings(Case, [foreign_key | {"title": "改", "version": 1}])
        session.rollback()
        with pytest.raises((StaleDataError, ProgrammingError)):
            session.execute(update(Case), [foreign_key | {"title": "改", "version": 1}])
        session.rollback()
        row = {"tenant_id": twins.west, "id": uuid7(), "case_id": twins.only_west.case_id, "position": 9, "text": "x"}
        for write in (
            lambda: session.bulk_insert_mappings(Claim, [row]),
            lambda: session.execute(insert(Claim), [row]),
            lambda: session.bulk_save_objects([Claim(**row)]),
        ):
            with pytest.raises(ProgrammingError, match="row-level security"):
                write()
            session.rollback()


def test_an_object_of_another_tenant_is_refused_before_it_is_sent(twins: Twins) -> None:
    with twins.database.session(twins.east) as session:
        session.add(Claim(tenant_id=twins.west, case_id=twins.only_west.case_id, position=9, text="x"))
        with pytest.raises(NoTenantError):
            session.flush()
        session.rollback()
        session.merge(User(tenant_id=twins.west, id=twins.only_west.user_id, username="other"))
        with pytest.raises(NoTenantError):
            session.flush()


def test_a_session_keeps_its_tenant_for_life(twins: Twins) -> None:
    with twins.database.session(twins.east) as session:
        own = session.scalars(select(Case)).first()
        assert own is not None
        session.info["tenant"] = twins.west
        for attempt in (
            lambda: session.get(Case, (twins.west, own.id)),
            lambda: session.scalars(select(Case)).all(),
            lambda: session.tenant_id,
        ):
            with pytest.raises(NoTenantError):
                attempt()
        session.rollback()
        with pytest.raises(NoTenantError):
            session.execute(text("select 1"))


@pytest.mark.parametrize(
    "statement",
    [
        text("select 1"),
        select(Case),
        select(func.count()).select_from(Case),
        select(Case.__table__),
        update(Case).values(urgent=True),
        delete(UserRole),
        insert(Claim).values(position=1, text="x"),
    ],
    ids=["text", "entity", "count", "core", "update", "delete", "insert"],
)
@pytest.mark.parametrize("tenant", [None, "1", True, 1.0], ids=["none", "text", "bool", "float"])
def test_a_session_without_a_tenant_answers_no_statement(twins: Twins, statement: Any, tenant: Any) -> None:
    with twins.database.session(tenant) as session, pytest.raises(NoTenantError):
        session.execute(statement)


@pytest.mark.parametrize("tenant", [None])
def test_a_session_without_a_tenant_gives_neither_connection_nor_object(twins: Twins, tenant: None) -> None:
    with twins.database.session(tenant) as session:
        for attempt in (
            session.connection,
            lambda: session.get(Case, (twins.east, twins.only_west.case_id)),
            lambda: session.add(Claim(case_id=uuid7(), position=1, text="x")) or session.flush(),
            lambda: session.bulk_insert_mappings(Claim, [{"position": 1, "text": "x"}]),
            lambda: session.scalars(select(Party)).all(),
        ):
            with pytest.raises(NoTenantError):
                attempt()
            session.rollback()


def test_a_thread_has_the_tenant_that_it_is_handed_and_no_other(twins: Twins) -> None:
    def count(tenant: int | None) -> set[int] | str:
        try:
            with twins.database.transaction(tenant) as session:
                return set(session.scalars(select(Case.tenant_id)))
        except NoTenantError:
            return "refused"

    asked = [twins.east, twins.west, None] * 20
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(count, asked))
    assert answers == [{tenant} if tenant is not None else "refused" for tenant in asked]


@pytest.mark.parametrize("table", ["audit_events", "letters", "letter_events", "documents"])
def test_what_happened_cannot_be_changed_by_the_application(twins: Twins, inside: Connection, table: str) -> None:
    for statement in (f"delete from {table}", f"update {table} set tenant_id = tenant_id", f"truncate {table}"):
        savepoint = inside.begin_nested()
        with pytest.raises(ProgrammingError, match="permission denied"):
            inside.execute(text(statement))
        savepoint.rollback()


def test_the_log_of_another_tenant_cannot_be_read_through_its_subject(twins: Twins) -> None:
    with twins.database.session(twins.east) as session:
        found = select(AuditEvent).where(AuditEvent.subject_id == twins.only_west.case_id)
        assert session.scalars(found).all() == []


def test_a_session_reads_again_in_its_second_transaction(twins: Twins) -> None:
    with twins.database.session(twins.east) as session:
        for _ in range(3):
            assert isinstance(session, TenantSession)
            assert set(session.scalars(select(Case.tenant_id))) == {twins.east}
            session.commit()
