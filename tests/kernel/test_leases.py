"""Leadership by lease, on the database's clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, select, text

from kernel import leases
from kernel.db import Database
from tests.conftest import Stage


@pytest.fixture
def rollup(clean: Stage) -> Iterator[Engine]:
    url = clean.settings.database_rollup_url
    assert url is not None
    database = Database(url)
    yield database.engine
    database.engine.dispose()


def hold(engine: Engine, holder: str, seconds: float = 10.0) -> bool:
    with engine.begin() as connection:
        return leases.hold(connection, "scheduler", holder, seconds=seconds)


def held(engine: Engine, holder: str) -> bool:
    with engine.begin() as connection:
        return leases.held(connection, "scheduler", holder)


def test_the_first_holds_and_may_renew_and_the_second_waits(rollup: Engine) -> None:
    assert hold(rollup, "a")
    assert not hold(rollup, "b")
    assert hold(rollup, "a")
    assert held(rollup, "a") and not held(rollup, "b")


def test_a_lease_that_ran_out_goes_to_whoever_asks_next(rollup: Engine) -> None:
    assert hold(rollup, "a", seconds=-1)
    assert not held(rollup, "a")
    assert hold(rollup, "b")
    assert not hold(rollup, "a")


def test_a_lease_that_was_given_back_is_free_at_once(rollup: Engine) -> None:
    hold(rollup, "a")
    with rollup.begin() as connection:
        leases.release(connection, "scheduler", "b")
    assert held(rollup, "a"), "nobody gives back what is another's"
    with rollup.begin() as connection:
        leases.release(connection, "scheduler", "a")
    assert hold(rollup, "b")


def test_of_many_that_ask_at_one_moment_exactly_one_gets_it(rollup: Engine) -> None:
    start, winners = Barrier(5), []

    def ask(name: str) -> None:
        start.wait()
        if hold(rollup, name):
            winners.append(name)

    threads = [Thread(target=ask, args=(f"s{number}",)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(winners) == 1


def test_a_beat_moves_forward(rollup: Engine) -> None:
    with rollup.begin() as connection:
        leases.beat(connection, "fold")
        connection.execute(text("update heartbeats set at = '2020-01-01'"))
    with rollup.begin() as connection:
        leases.beat(connection, "fold")
        at = connection.scalars(select(leases.Heartbeat.at).where(leases.Heartbeat.name == "fold")).one()
    assert at > datetime(2026, 1, 1, tzinfo=UTC)
