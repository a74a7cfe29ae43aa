"""The catalogue is clean, and every check is known to bite: each is proven by planting what it looks for."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from tests.leaks.allowed import SHARED
from tests.leaks.catalogue import CHECKS, Finding, findings, tenant_tables
from tests.leaks.plants import PLANTS

# Plants touch rows of roles, which all databases of a server share: one process at a time.
pytestmark = pytest.mark.xdist_group("roles")


def test_the_catalogue_of_a_migrated_database_is_clean(planting: Connection) -> None:
    assert findings(planting) == []


@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_fault_is_found_and_nothing_else(planting: Connection, plant: str) -> None:
    script, expected = PLANTS[plant]
    for statement in script.split(";;"):
        planting.exec_driver_sql(statement)
    found = findings(planting)
    assert set(found) == {Finding(*pair) for pair in expected}


def test_every_check_was_seen_to_bite() -> None:
    proven = {check for _, expected in PLANTS.values() for check, _ in expected}
    assert set(CHECKS) - proven == set()


def test_every_tenant_table_reports_the_loss_of_each_part_of_its_wall(planting: Connection) -> None:
    assert len(tenant_tables()) >= 20
    for table in tenant_tables():
        for removal, check in (
            ("drop policy own on {}", "no_policy"),
            ("alter table {} no force row level security", "rls_not_forced"),
            ("alter table {} disable row level security", "rls_off"),
        ):
            savepoint = planting.begin_nested()
            planting.exec_driver_sql(removal.format(table))
            assert findings(planting) == [Finding(check, table)]
            savepoint.rollback()


def test_every_shared_table_exists_and_has_a_reason(planting: Connection) -> None:
    there = set(planting.scalars(text("select tablename from pg_tables where schemaname = 'public'")))
    assert set(SHARED) <= there
    assert all(len(reason) > 20 for reason in SHARED.values())
