"""The wall through a transaction pooler: one server connection serves every union in turn."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from cases.queries import Filter, newest
from dispatches.services import escalate
from kernel.clock import FixedClock
from kernel.db import Database
from kernel.errors import NoTenantError
from tests.leaks.copying import MARKS
from tests.leaks.matrix.harness import Asker, cases, foreign_words, plain
from tests.leaks.pooler import pooled, program
from tests.leaks.twins import Twins
from web.app import create_app

pytestmark = pytest.mark.xdist_group("twins")

ROUNDS = 600


@pytest.fixture(scope="module", autouse=True)
def _pooler() -> None:
    """CI installs it (.ci/run); a machine without it says so."""
    if program() is None:
        pytest.skip("no pgbouncer on this machine: the wall behind a pooler needs one")


@pytest.fixture(scope="module")
def through(twins: Twins) -> Iterator[str]:
    """The twins' database through pgbouncer with one server connection."""
    with pooled(twins.settings.database_url) as url:
        yield url


def test_the_pooler_would_carry_a_careless_setting_to_the_next_client(through: str, twins: Twins) -> None:
    """The control: without it the other tests could pass because clients never share a connection."""
    engine = create_engine(through, poolclass=NullPool, connect_args={"prepare_threshold": None})
    with engine.connect() as first, engine.connect() as second:
        first.exec_driver_sql(f"set app.tenant = '{twins.west}'")
        first.commit()
        try:
            assert MARKS["west"] in str(second.execute(text("select title from cases")).all())
        finally:
            second.exec_driver_sql("reset app.tenant")
            second.commit()
    engine.dispose()


def test_clients_that_share_one_server_connection_see_their_own_union_only(through: str, twins: Twins) -> None:
    database = Database(through, pool_size=4, max_overflow=0)

    def ask(turn: int) -> tuple[int | None, tuple[int, int, int] | None]:
        tenant = None if turn % 10 == 7 else (twins.east, twins.west)[turn % 2]
        with database.session(tenant) as session:
            try:
                row = session.execute(
                    text("select pg_backend_pid(), min(tenant_id), max(tenant_id) from cases")
                ).one()
            except NoTenantError:
                return tenant, None
            if turn % 3 == 0:
                session.commit()
            return tenant, (row[0], row[1], row[2])

    with ThreadPoolExecutor(4) as crowd:
        answers = list(crowd.map(ask, range(ROUNDS)))
    database.engine.dispose()
    assert {row[0] for _tenant, row in answers if row} and len({row[0] for _t, row in answers if row}) == 1
    for tenant, row in answers:
        assert (row is None) == (tenant is None)
        assert row is None or row[1:] == (tenant, tenant)


def test_after_a_transaction_the_next_client_has_no_union_at_all(through: str, twins: Twins) -> None:
    database = Database(through)
    with database.transaction(twins.east) as session:
        assert session.execute(text("select count(*) from cases")).scalar_one() > 0
    engine = create_engine(through, poolclass=NullPool, connect_args={"prepare_threshold": None})
    with engine.connect() as next_client:
        assert next_client.execute(text("select count(*) from cases")).scalar_one() == 0
    engine.dispose()
    database.engine.dispose()


def test_every_page_answers_through_the_pooler_as_it_does_without(twins: Twins) -> None:
    # Some requests open a second union's transaction inside the first (the platform's pages), hence four.
    clock = FixedClock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
    with pooled(twins.settings.database_url, size=4) as url:
        apps = [
            create_app(replace(twins.settings, database_url=way), clock=clock)
            for way in (twins.settings.database_url, url)
        ]
        try:
            direct, through = (Asker(app, twins) for app in apps)
            asked = 0
            for case in cases(apps[0]):
                if case.method != "GET" or case.row.only_foreign or case.row.who is None:
                    continue
                answers = []
                # Another union's person asks in between: what the server connection kept would show.
                for asker in (direct, through):
                    who = "root@platform" if case.row.who == "root" else f"{case.row.who}@east"
                    neighbour = "root@platform" if case.row.who == "root" else f"{case.row.who}@west"
                    own = asker.own(case)
                    asker.ask(case, neighbour, own)
                    answers.append(asker.ask(case, who, own))
                one, other = answers
                assert other.status_code in case.row.ok, f"{case}: {other.status_code}"
                # The log's pages show that they have just been read, so no two of them are equal.
                assert "audit" in case.rule.rule or plain(one) == plain(other), str(case)
                assert case.row.who == "root" or foreign_words(other) == [], str(case)
                asked += 1
        finally:
            for app in apps:
                app.extensions["lianxin"].database.engine.dispose()
    assert asked >= 25


def test_a_letter_crosses_through_the_pooler_and_its_permission_ends_with_it(through: str, twins: Twins) -> None:
    case = twins.federation.accepted("east", title=f"{MARKS['east']}经连接池上报")
    federation, direct = twins.federation, twins.federation.database
    federation.database = Database(through)
    try:
        with federation.work("head@east") as work:
            escalate(work, case.number, reason="需要上级协调解决问题", request="请求协调用人单位")
        with federation.work("head@west") as work:
            assert work.session.execute(text("select app.addressees()")).scalar_one() is None
            assert not any(MARKS["east"] in row.title for row in newest(work, Filter()).cases)
    finally:
        federation.database.engine.dispose()
        federation.database = direct
