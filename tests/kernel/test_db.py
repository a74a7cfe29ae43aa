"""The session and the pool, beyond what tests/leaks proves about tenants."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from cases.models import Classification
from kernel.db import NAMING, PLATFORM_TENANT, Base, Database, TenantOwned, TenantRow
from kernel.errors import NoTenantError
from kernel.ids import uuid7
from tests.conftest import Stage


def leaf(name: str) -> Classification:
    return Classification(scheme="own", level1=name)


def names(stage: Stage, tenant: int) -> list[str]:
    with stage.database.transaction(tenant) as session:
        return list(session.scalars(select(Classification.level1).order_by(Classification.level1)))


def test_a_new_row_gets_the_tenant_of_its_session(clean: Stage) -> None:
    with clean.database.transaction(7) as session:
        row = leaf("甲")
        session.add(row)
        session.flush()
        assert row.tenant_id == 7
        assert row.id.version == 7
    assert names(clean, 7) == ["甲"]
    assert names(clean, 8) == []


def test_a_transaction_commits_at_the_end_and_rolls_back_when_it_raises(clean: Stage) -> None:
    with clean.database.transaction(7) as session:
        session.add(leaf("留下"))
    with pytest.raises(ValueError, match="no"), clean.database.transaction(7) as session:
        session.add(leaf("消失"))
        session.flush()
        raise ValueError("no")
    assert names(clean, 7) == ["留下"]


def test_objects_stay_readable_after_the_commit(clean: Stage) -> None:
    with clean.database.transaction(7) as session:
        row = leaf("甲")
        session.add(row)
    assert row.level1 == "甲"


def test_the_permission_to_address_ends_with_its_block_and_with_a_savepoint_that_fails(stage: Stage) -> None:
    with stage.database.session(7) as session:
        with session.addressing([8, 9]):
            assert session.scalar(text("select app.addressees()")) == [8, 9]
        assert session.scalar(text("select app.addressees()")) is None
        with pytest.raises(ValueError, match="stop"), session.begin_nested(), session.addressing([8]):
            raise ValueError("stop")
        assert session.scalar(text("select app.addressees()")) is None
        session.rollback()


def test_addressees_are_numbers_and_nothing_else(stage: Stage) -> None:
    with (
        stage.database.session(7) as session,
        pytest.raises(ValueError, match="invalid literal"),
        session.addressing(["8'; reset all; --"]),  # type: ignore[list-item]
    ):
        pass


def test_the_context_is_gone_when_a_connection_returns_to_the_pool(stage: Stage) -> None:
    database = Database(stage.settings.database_url, pool_size=1, max_overflow=0)
    with database.transaction(7) as session, session.addressing([8]):
        assert session.scalar(text("select app.tenant()")) == 7
    with database.engine.connect() as connection:
        assert connection.execute(text("select app.tenant(), app.addressees()")).one() == (None, None)
    database.engine.dispose()


def test_a_dropped_connection_is_replaced_without_a_failed_transaction(stage: Stage) -> None:
    database = Database(stage.settings.database_url, pool_size=1, max_overflow=0)
    with database.engine.connect() as connection:
        # The driver's own connection is cut behind the pool's back, as a restart of the server does.
        connection.connection.driver_connection.pgconn.finish()  # type: ignore[union-attr]
    with database.transaction(7) as session:
        assert session.scalar(text("select app.tenant()")) == 7
    database.engine.dispose()


def test_an_error_shows_the_statement_and_hides_the_values(clean: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(IntegrityError) as refused, clean.database.transaction(7) as session:
        session.add_all([Classification(scheme="张三的电话", level1="x") for _ in range(2)])
    assert "insert into classifications" in str(refused.value).lower()
    # Under row-level security PostgreSQL leaves the key's values out of its own DETAIL, too.
    assert "张三的电话" not in str(refused.value)
    with pytest.raises(DBAPIError) as refused_too, clean.database.session(7) as session:
        session.execute(text("select cast(:secret as integer) / 0"), {"secret": 13800001111})
    assert "13800001111" not in str(refused_too.value.statement)
    assert "hide_parameters" in str(refused_too.value)
    assert "张三" not in caplog.text


def test_every_tenant_row_starts_its_key_with_the_tenant() -> None:
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, TenantOwned):
            assert mapper.primary_key[0].name == "tenant_id", mapper.class_
        if issubclass(mapper.class_, TenantRow):
            assert [column.name for column in mapper.primary_key] == ["tenant_id", "id"], mapper.class_


def test_constraints_are_named_by_rule_so_that_migrations_can_name_them_again() -> None:
    assert set(NAMING) == {"ix", "uq", "ck", "fk", "pk"}
    for table in Base.metadata.tables.values():
        for constraint in table.constraints:
            assert constraint.name, table.name


def test_the_platform_is_a_tenant_like_any_other(stage: Stage) -> None:
    with stage.database.transaction(PLATFORM_TENANT) as session:
        assert session.tenant_id == 0
        assert session.scalar(text("select app.tenant()")) == 0


def test_a_negative_or_missing_tenant_opens_nothing(stage: Stage) -> None:
    with stage.database.session(-1) as session:
        assert session.scalar(text("select count(*) from users")) == 0
    with stage.database.session(None) as session, pytest.raises(NoTenantError, match="租户"):
        session.begin()
        session.connection()


def test_identifiers_made_in_a_row_keep_the_order_of_time(clean: Stage) -> None:
    moment = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp() * 1000)
    ids = [uuid7(moment + step) for step in range(5)]
    with clean.database.transaction(7) as session:
        session.add_all(Classification(id=ids[n], scheme="own", level1=str(n)) for n in (3, 1, 4, 0, 2))
    with clean.database.transaction(7) as session:
        rows = session.scalars(select(Classification.level1).order_by(Classification.id)).all()
    assert list(rows) == ["0", "1", "2", "3", "4"]


def test_a_session_beside_is_of_the_same_tenant_and_commits_by_itself(clean: Stage) -> None:
    with pytest.raises(RuntimeError), clean.database.transaction(PLATFORM_TENANT) as session:
        with session.beside() as other:
            assert other.tenant_id == PLATFORM_TENANT
            other.add(Classification(scheme="own", level1="旁"))
        raise RuntimeError
    with clean.database.transaction(PLATFORM_TENANT) as session:
        assert session.scalars(select(Classification.level1)).all() == ["旁"]


def test_a_snapshot_beside_reads_one_moment_writes_nothing_and_leaves_the_pool_as_it_was(clean: Stage) -> None:
    level = text("show transaction_isolation")
    with clean.database.transaction(PLATFORM_TENANT) as session:
        with session.beside(snapshot=True) as frozen:
            assert frozen.scalar(level) == "repeatable read"
            assert frozen.scalars(select(Classification)).all() == []
            with session.beside() as other:
                other.add(Classification(scheme="own", level1="后来"))
            assert frozen.scalars(select(Classification)).all() == []
            assert len(session.scalars(select(Classification)).all()) == 1
        with pytest.raises(DBAPIError, match="read-only"), session.beside(snapshot=True) as frozen:
            frozen.add(Classification(scheme="own", level1="写"))
    for _turn in range(4):
        with clean.database.transaction(PLATFORM_TENANT) as session:
            assert session.scalar(level) == "read committed"
