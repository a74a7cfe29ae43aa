"""The relay: bounded in flight, patient with a dead Redis, never a storm."""

from __future__ import annotations

import logging
from threading import Event, Thread
from time import sleep

import pytest
from redis import Redis, RedisError
from sqlalchemy import text

from kernel import outbox, pulse
from kernel.db import Database
from tests.builders import Federation
from tests.worker.conftest import eventually
from worker import jobs
from worker.relay import Relay


def fill(federation: Federation, count: int, slug: str = "east") -> None:
    with federation.database.transaction(federation.ids[slug]) as session:
        for _ in range(count):
            outbox.enqueue(session, "test", {})


def attempts(rollup: Database) -> list[int]:
    with rollup.engine.begin() as connection:
        return list(connection.scalars(text("select attempts from outbox order by id")))


def make_due(rollup: Database) -> None:
    with rollup.engine.begin() as connection:
        connection.execute(text("update outbox set next_attempt_at = now() where done_at is null"))


def test_what_does_not_fit_under_the_mark_waits_in_the_database(
    federation: Federation, rollup: Database, redis: Redis
) -> None:
    fill(federation, 25)
    queue = jobs.queue(redis)
    relay = Relay(rollup, queue, high_water=10)
    assert [relay.look(), relay.look()] == [10, 0]
    assert sorted(attempts(rollup)) == [0] * 15 + [1] * 10
    for _ in range(4):
        redis.lpop(queue.key)
    assert relay.look() == 4
    assert queue.count == 10


def test_a_message_that_waits_in_the_queue_is_not_sent_again_however_late(
    federation: Federation, rollup: Database, redis: Redis
) -> None:
    fill(federation, 3)
    relay = Relay(rollup, jobs.queue(redis))
    relay.look()
    make_due(rollup)
    assert relay.look() == 0
    assert attempts(rollup) == [1, 1, 1]


def test_a_late_message_that_is_being_done_at_this_moment_is_not_taken_for_lost(
    federation: Federation, rollup: Database, redis: Redis
) -> None:
    fill(federation, 2)
    queue = jobs.queue(redis)
    relay = Relay(rollup, queue, high_water=2)
    relay.look()
    make_due(rollup)
    relay.look()  # the queue is full, and yet what waits in it gets more time
    redis.lpop(queue.key)
    assert relay.look() == 0
    assert attempts(rollup) == [1, 1]


def test_a_message_that_redis_lost_is_sent_again(federation: Federation, rollup: Database, redis: Redis) -> None:
    fill(federation, 3)
    queue = jobs.queue(redis)
    relay = Relay(rollup, queue)
    relay.look()
    redis.flushdb()
    assert relay.look() == 0, "it is given its time first"
    make_due(rollup)
    assert relay.look() == 3
    assert queue.count == 3


def test_a_redis_that_is_away_is_said_once_and_costs_no_attempt(
    federation: Federation, rollup: Database, caplog: pytest.LogCaptureFixture
) -> None:
    fill(federation, 2)
    relay = Relay(rollup, jobs.queue(jobs.connect("redis://127.0.0.1:1/0")))
    with pytest.raises(RedisError):
        relay.look()
    stop = Event()
    thread = Thread(target=relay.run, args=(stop,))
    with caplog.at_level(logging.WARNING):
        thread.start()
        sleep(1.5)
        stop.set()
        thread.join()
    assert len([line for line in caplog.messages if "不可用" in line]) == 1
    assert attempts(rollup) == [0, 0]


def test_a_queue_that_refuses_to_write_costs_no_attempt(
    federation: Federation, rollup: Database, redis: Redis
) -> None:
    fill(federation, 2)
    queue = jobs.queue(redis)
    queue.get_job_ids()
    redis.set(queue.key, "a full disk refuses writes with an error just as a key of the wrong kind does")
    with pytest.raises(RedisError):
        Relay(rollup, queue).look()
    assert attempts(rollup) == [0, 0]


def test_a_failure_that_nobody_foresaw_does_not_end_the_relay(
    federation: Federation, rollup: Database, redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Relay):
        looks = 0

        def look(self) -> int:
            self.looks += 1
            if self.looks == 1:
                raise ZeroDivisionError
            return super().look()

    fill(federation, 1)
    queue, stop = jobs.queue(redis), Event()
    thread = Thread(target=Broken(rollup, queue).run, args=(stop,))
    thread.start()
    eventually(lambda: queue.count == 1, 10)
    stop.set()
    thread.join()
    assert "未预料的错误" in caplog.text


def test_two_relays_send_each_message_once(federation: Federation, rollup: Database, redis: Redis) -> None:
    fill(federation, 150)
    queue, stop = jobs.queue(redis), Event()
    threads = [Thread(target=Relay(rollup, queue).run, args=(stop,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    eventually(lambda: queue.count >= 150, 10)
    sleep(0.5)
    stop.set()
    for thread in threads:
        thread.join()
    assert attempts(rollup) == [1] * 150
    assert queue.count == 150


def test_the_relay_leaves_the_backlog_of_all_unions_beside_the_queue(
    federation: Federation, rollup: Database, redis: Redis
) -> None:
    fill(federation, 2)
    fill(federation, 3, slug="west")
    Relay(rollup, jobs.queue(redis)).beat()
    found = pulse.read(redis.get(pulse.KEY))
    assert found is not None
    assert (found.waiting, found.stuck) == (5, 0)
    assert 0 < redis.ttl(pulse.KEY) <= pulse.SECONDS
