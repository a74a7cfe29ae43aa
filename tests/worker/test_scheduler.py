"""One scheduler works however many run: real processes, a real lease, real signals."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from threading import Event

import pytest
from redis import Redis
from sqlalchemy import text

from kernel import leases
from kernel.db import Database
from tests.builders import Federation
from tests.worker.conftest import Crew, eventually
from worker import duties, jobs, scheduler
from worker.leadership import LEASE_SECONDS, Leadership, NotLeaderError
from worker.relay import Relay

COUNTING = str(Path(__file__).parent / "counting.py")


def entries(ledger: Path) -> list[tuple[int, float]]:
    lines = ledger.read_text().splitlines() if ledger.exists() else []
    return [(int(pid), float(at)) for pid, at in (line.split() for line in lines)]


def test_of_two_schedulers_one_works_and_a_killed_one_is_replaced_within_twelve_seconds(
    crew: Crew, tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger"
    processes = {process.pid: process for process in (crew.start(COUNTING, str(ledger)) for _ in range(2))}
    eventually(lambda: len(entries(ledger)) >= 10, 20)
    (leader,) = {pid for pid, _ in entries(ledger)}
    processes[leader].send_signal(signal.SIGKILL)
    processes[leader].wait()
    killed = time.time()
    eventually(lambda: {pid for pid, _ in entries(ledger)} == set(processes), LEASE_SECONDS + 3)
    took_over = next(at for pid, at in entries(ledger) if pid != leader)
    assert took_over - killed < 12
    assert all(pid != leader for pid, at in entries(ledger) if at > killed)


def test_an_orderly_stop_ends_within_three_seconds_and_hands_over_at_once(crew: Crew, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    processes = {process.pid: process for process in (crew.start(COUNTING, str(ledger)) for _ in range(2))}
    eventually(lambda: len(entries(ledger)) >= 4, 20)
    leader = entries(ledger)[0][0]
    asked = time.time()
    processes[leader].send_signal(signal.SIGTERM)
    assert processes[leader].wait(3) == 0
    eventually(lambda: {pid for pid, _ in entries(ledger)} == set(processes), 4)
    assert next(at for pid, at in entries(ledger) if pid != leader) - asked < 5


def test_the_real_scheduler_keeps_its_duties_and_ends_on_a_signal(crew: Crew, rollup: Database) -> None:
    process = crew.start("-m", "worker.main", "scheduler")

    def beats() -> set[str]:
        with rollup.engine.begin() as connection:
            return set(connection.scalars(text("select name from heartbeats")))

    kept = {"relay", "fold", "sweep", "tokenise", "rules", "learn", "purge", "files", "hotspots", "sums"}
    kept.add(leases.SCHEDULER)
    # Without a union there is no step that could show a sign of life.
    kept |= {"recount", "recount-done"}
    eventually(lambda: beats() == kept, 20)
    process.send_signal(signal.SIGTERM)
    assert process.wait(3) == 0
    with rollup.engine.begin() as connection:
        assert connection.scalars(text("select holder from leases")).all() == []
    assert "Traceback" not in crew.said()


def test_a_leader_that_lost_its_lease_is_stopped_in_its_next_transaction(rollup: Database) -> None:
    first, second = Leadership(rollup, "first"), Leadership(rollup, "second")
    assert first.renew()
    with first.transaction():
        pass
    with rollup.engine.begin() as connection:
        connection.execute(text("update leases set until = clock_timestamp() - interval '1 second'"))
    assert second.renew()
    assert first.held, "its own clock still says so"
    with pytest.raises(NotLeaderError), first.transaction():
        pytest.fail("a duty ran without the lease")
    assert not first.held
    with second.transaction():
        pass


def test_a_leader_that_cannot_reach_the_database_stops_when_its_time_is_over(rollup: Database) -> None:
    leadership = Leadership(rollup, "first", lease_seconds=0.3)
    assert leadership.renew()
    time.sleep(0.4)
    assert not leadership.held
    with pytest.raises(NotLeaderError):
        leadership.check()


def test_the_duties_are_those_of_the_design() -> None:
    assert {duty.name: duty.seconds for duty in duties.DUTIES} == {
        "fold": 5.0,
        "sums": 21600.0,
        "recount": 3600.0,
        "sweep": 60.0,
        "tokenise": 60.0,
        "rules": 300.0,
        "learn": 86_400.0,
        "purge": 3600.0,
        "files": 21600.0,
        "hotspots": 86_400.0,
    }


def test_a_duty_that_failed_comes_again_before_its_long_pause_is_over(
    federation: Federation, rollup: Database, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "RETRY_SECONDS", 0.01)
    tries: list[float] = []

    def fail_once(_means: duties.Means) -> None:
        tries.append(time.monotonic())
        if len(tries) == 1:
            raise TimeoutError

    means = duties.Means(
        federation.database, Leadership(rollup, "first"), federation.cipher, federation.clock, federation.bus, Event()
    )
    duty = duties.Duty("daily", 86_400.0, fail_once)
    ends = time.monotonic() + 10
    scheduler.Scheduler(means, Relay(rollup, jobs.queue(redis)), [duty]).run(
        lambda: len(tries) >= 2 or time.monotonic() > ends
    )
    assert len(tries) == 2
