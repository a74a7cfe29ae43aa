"""The session's own half of the wall: every ORM statement carries the tenant as a bound value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, delete, event, exists, func, literal, select, update
from sqlalchemy.orm import aliased

import kernel.db
from access.models import User, UserRole
from cases.models import Case, Claim, Party
from kernel.db import TenantSession
from tests.leaks.catalogue import tenant_tables
from tests.leaks.twins import Twins

Other = aliased(Case)
NUMBER = "双总工信〔2026〕000001"


def _refresh(session: TenantSession) -> None:
    case = session.scalars(select(Case).limit(1)).one()
    session.refresh(case)
    session.expire(case)
    assert case.title


STATEMENTS: dict[str, Callable[[TenantSession], Any]] = {
    "a list": lambda s: s.scalars(select(Case)).all(),
    "a few columns": lambda s: s.execute(select(Case.number, Case.title)).all(),
    "a count": lambda s: s.scalar(select(func.count()).select_from(Case)),
    "a count of rows": lambda s: s.scalar(select(func.count(Case.id)).where(Case.urgent)),
    "an alias": lambda s: s.scalars(select(Other)).all(),
    "a self-join": lambda s: s.execute(select(Case, Other).join(Other, Case.id == Other.id)).all(),
    "an inner join": lambda s: s.scalars(select(Claim).join(Case, Case.id == Claim.case_id)).all(),
    "an outer join": lambda s: s.execute(select(Case, Party).outerjoin(Party, Case.id == Party.case_id)).all(),
    "a subquery in where": lambda s: s.scalars(select(User).where(User.id.in_(select(UserRole.user_id)))).all(),
    "an exists": lambda s: s.scalars(select(Case).where(exists().where(Claim.case_id == Case.id))).all(),
    "a scalar subquery": lambda s: s.execute(
        select(Case.number, select(func.count(Claim.id)).where(Claim.case_id == Case.id).scalar_subquery())
    ).all(),
    "a derived table": lambda s: s.execute(select(func.count()).select_from(select(Case).subquery())).all(),
    "a common table expression": lambda s: s.execute(select(select(Case.id).cte("c"))).all(),
    "a union": lambda s: s.execute(select(Case.title).union_all(select(Claim.text))).all(),
    "a lock": lambda s: s.scalars(select(Case).where(Case.number == NUMBER).with_for_update()).all(),
    "a stream": lambda s: list(s.scalars(select(Case).execution_options(yield_per=2))),
    "a legacy query": lambda s: s.query(Case).filter_by(urgent=False).all(),
    "a legacy count": lambda s: s.query(Case).count(),
    "a get": lambda s: s.get(Case, (s.tenant_id, s.scalars(select(Case.id).limit(1)).one())),
    "a refresh": _refresh,
    "an update": lambda s: s.execute(update(Case).values(urgent=False)),
    "an update with a condition": lambda s: s.execute(
        update(Case).where(Case.number == NUMBER).values(urgent=False).execution_options(synchronize_session=False)
    ),
    "an update that fetches": lambda s: s.execute(
        update(Case).values(urgent=False).execution_options(synchronize_session="fetch")
    ),
    "a legacy update": lambda s: s.query(Case).update({"urgent": False}),
    "a delete": lambda s: s.execute(delete(UserRole).where(UserRole.role == literal("nobody"))),
    "a legacy delete": lambda s: s.query(UserRole).filter(UserRole.role == "nobody").delete(),
}

_TABLE = re.compile(r"\b(?:FROM|JOIN|UPDATE|,)\s+(\w+)(?: AS (\w+))?", re.IGNORECASE)


def unfiltered(statement: str, parameters: Any, tenant: int) -> list[str]:
    """Names under which a statement reads or writes a tenant's table without ``tenant_id = <this tenant>`` bound."""
    bound = {
        alias
        for alias, name in re.findall(r"(\w+)\.tenant_id = %\((\w+)\)s", statement)
        if dict(parameters)[name] == tenant
    }
    used = {alias or table for table, alias in _TABLE.findall(statement) if table in tenant_tables()}
    return sorted(used - bound)


@contextmanager
def sent(twins: Twins) -> Iterator[list[tuple[str, Any]]]:
    """Every statement that reaches the driver, with its parameters."""
    statements: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if not statement.startswith(("SET LOCAL", "SAVEPOINT")):
            statements.append((statement, parameters))

    event.listen(twins.database.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(twins.database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("name", STATEMENTS)
def test_an_orm_statement_carries_the_tenant_for_every_table_that_it_names(twins: Twins, name: str) -> None:
    for tenant in (twins.east, twins.west, twins.east):
        with sent(twins) as statements, twins.database.session(tenant) as session:
            STATEMENTS[name](session)
            session.rollback()
        assert statements
        for statement, parameters in statements:
            assert unfiltered(statement, parameters, tenant) == [], statement


@contextmanager
def without_filter() -> Iterator[None]:
    """The session as it would be if somebody removed its filter."""
    event.remove(TenantSession, "do_orm_execute", kernel.db._filter_tenant)
    try:
        yield
    finally:
        event.listen(TenantSession, "do_orm_execute", kernel.db._filter_tenant)


def test_the_loss_of_the_filter_is_reported_and_the_database_still_holds(twins: Twins) -> None:
    with without_filter(), sent(twins) as statements, twins.database.session(twins.east) as session:
        assert {case.tenant_id for case in session.scalars(select(Case))} == {twins.east}
    assert [unfiltered(statement, given, twins.east) for statement, given in statements] == [["cases"]]


@pytest.fixture
def wall_down(twins: Twins) -> Iterator[Connection]:
    """The application role on a database whose cases have lost their row-level security; rolled back."""
    with twins.superuser.connect() as connection:
        transaction = connection.begin()
        connection.exec_driver_sql("alter table cases disable row level security")
        connection.exec_driver_sql("set local role lianxin_app")
        yield connection
        transaction.rollback()


def test_the_filter_alone_still_holds_when_the_database_does_not(twins: Twins, wall_down: Connection) -> None:
    with TenantSession(wall_down, info={"tenant": twins.east}, join_transaction_mode="create_savepoint") as session:
        assert {case.tenant_id for case in session.scalars(select(Case))} == {twins.east}
        assert session.execute(update(Case).values(urgent=False)).rowcount == session.scalar(
            select(func.count()).select_from(Case)
        )
    with (
        without_filter(),
        TenantSession(wall_down, info={"tenant": twins.east}, join_transaction_mode="create_savepoint") as session,
    ):
        assert {case.tenant_id for case in session.scalars(select(Case))} > {twins.east}


@pytest.mark.parametrize("removal", ["disable row level security", "no policy"])
def test_a_lost_policy_of_any_table_changes_what_the_role_sees(twins: Twins, removal: str) -> None:
    with twins.superuser.connect() as connection:
        transaction = connection.begin()
        for table in tenant_tables():
            savepoint = connection.begin_nested()
            if removal == "no policy":
                connection.exec_driver_sql(f"drop policy own on {table}")
            else:
                connection.exec_driver_sql(f"alter table {table} disable row level security")
            connection.exec_driver_sql("set local role lianxin_app")
            connection.exec_driver_sql(f"set local app.tenant = '{twins.east}'")
            seen = set(connection.exec_driver_sql(f"select tenant_id from {table}").scalars())
            # Without a policy the table is closed to everybody; without row-level security it is open to everybody.
            assert seen == set() if removal == "no policy" else seen > {twins.east}, table
            savepoint.rollback()
        transaction.rollback()
