"""The relay: due messages of the outbox into the queue, after commit, until somebody acknowledges them.

What is in flight is bounded. The queue is kept short and the rest waits in PostgreSQL, where it costs nothing and is
safe; otherwise every message of a backlog would sooner or later look lost and be sent again, which makes the backlog
longer (reliability.md §1: 6,346 deliveries for 4,480 effects).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Event

from redis import RedisError
from rq import Queue

from kernel import leases, outbox, pulse
from kernel.db import Database
from kernel.outages import TRANSIENT
from worker import jobs

log = logging.getLogger(__name__)

#: Waiting jobs at most; a second or two of one worker's time, so that it is never idle between two looks.
HIGH_WATER = 200
LOOK_SECONDS = 0.2
#: The longest pause after a look that failed.
LONGEST_PAUSE = 2.0
BEAT_SECONDS = 10.0
NAME = "relay"


class Relay:
    """Several may run: each skips the rows that another one is sending."""

    def __init__(self, database: Database, queue: Queue, *, high_water: int = HIGH_WATER) -> None:
        self._database = database
        self._queue = queue
        self._high_water = high_water

    def look(self) -> int:
        """Send what is due and fits; returns how many messages were sent.

        The rows are counted as sent in the transaction that is open while they are sent. Dying in between sends
        them twice, which the inbox absorbs; the other order would let a dead Redis count as a delivery.

        :raises redis.RedisError: when the queue is away; nothing was counted.
        """
        waiting = self._queue.get_job_ids()
        room = self._high_water - len(waiting)
        known = [message for identifier in waiting if (message := jobs.message_of(identifier)) is not None]
        if known:
            with self._database.engine.begin() as connection:
                outbox.postpone(connection, known)
        if room <= 0:
            return 0
        with self._database.engine.begin() as connection:
            due = outbox.claim(connection, limit=room, waiting=known)
            if due:
                jobs.send(self._queue, due)
        return len(due)

    def beat(self) -> None:
        """Note that the relay is alive, and leave how much waits beside the queue for whoever keeps the platform.

        :raises redis.RedisError: when the queue is away.
        """
        with self._database.engine.begin() as connection:
            leases.beat(connection, NAME)
            waiting = outbox.backlog(connection)
        self._queue.connection.set(pulse.KEY, pulse.written(waiting), ex=pulse.SECONDS)

    def run(self, stop: Event) -> None:
        """Look again and again until ``stop`` is set. An outage is said once, when it begins and when it ends."""
        redis_away, database_away = _Outage("Redis"), _Outage("PostgreSQL")
        pause, beaten = LOOK_SECONDS, 0.0
        while not stop.is_set():
            try:
                self.look()
                if time.monotonic() - beaten > BEAT_SECONDS:
                    self.beat()
                    beaten = time.monotonic()
            except RedisError as error:
                redis_away.begin(error)
                pause = min(pause * 2, LONGEST_PAUSE)
            except TRANSIENT as error:
                database_away.begin(error)
                pause = min(pause * 2, LONGEST_PAUSE)
            except Exception:
                # The relay never dies: without it nothing is delivered any more and nobody notices.
                log.exception("转发消息时出现未预料的错误，稍后重试。")
                pause = LONGEST_PAUSE
            else:
                redis_away.end()
                database_away.end()
                pause = LOOK_SECONDS
            stop.wait(pause)


class _Outage:
    def __init__(self, name: str, say: Callable[..., None] = log.warning) -> None:
        self._name = name
        self._say = say
        self._on = False

    def begin(self, error: Exception) -> None:
        if not self._on:
            self._say("%s 不可用（%s）：消息在数据库中等待，恢复后自动发送。", self._name, type(error).__name__)
        self._on = True

    def end(self) -> None:
        if self._on:
            self._say("%s 已恢复，继续发送消息。", self._name)
        self._on = False
