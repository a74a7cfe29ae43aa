"""Composition root of the two background processes; ``lianxin worker`` and ``lianxin scheduler`` call it."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from secrets import token_hex
from threading import Event
from types import FrameType

from redis import RedisError
from rq.exceptions import StopRequested

from cases import ring
from cases.leaving import SUBSCRIPTIONS as LEAVING
from kernel.blobs import files_of
from kernel.bus import Bus
from kernel.clock import SystemClock
from kernel.crypto import FieldCipher
from kernel.db import Database
from kernel.errors import LianxinError, SettingsError
from kernel.outages import TRANSIENT
from kernel.schema import assert_current
from kernel.settings import Settings
from measures.services import SUBSCRIPTIONS as COUNTING
from worker import consumer, jobs
from worker.duties import DUTIES, Duty, Means
from worker.leadership import Leadership
from worker.relay import Relay
from worker.scheduler import Scheduler
from worker.topics import TOPICS, Handler

log = logging.getLogger(__name__)

_LONGEST_PAUSE = 2.0


class Signals:
    """SIGTERM and Ctrl-C as a flag, and a call for whoever would otherwise sleep on."""

    def __init__(self) -> None:
        self.stop = False
        self.wake: Callable[[], None] | None = None
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._asked)

    def _asked(self, _number: int, _frame: FrameType | None) -> None:
        self.stop = True
        if self.wake is not None:
            self.wake()


def run_worker(settings: Settings, *, topics: Mapping[str, Handler] = TOPICS) -> None:
    """Deliver messages until SIGTERM; Redis and PostgreSQL may come and go meanwhile.

    :raises UnavailableError: when the login role could bypass row-level security or the schema is not the code's.
    """
    _write_log()
    signals = Signals()
    database = Database(settings.database_url, pool_size=2, max_overflow=2)
    cipher = FieldCipher(settings.data_keys)
    _boot(signals, cipher, database)
    consumer.install(
        consumer.Consumer(database, cipher, SystemClock(), Bus(COUNTING, LEAVING), topics, files=files_of(settings))
    )
    pause = 0.1
    while not signals.stop:
        began = time.monotonic()
        try:
            _work(settings, signals)
        except StopRequested:
            break
        except (RedisError, OSError) as error:
            log.warning("Redis 不可用（%s），稍后重新连接。", type(error).__name__)
        # A worker that ran a while was healthy: its successor starts at once.
        pause = 0.1 if time.monotonic() - began > 10 else min(pause * 2, _LONGEST_PAUSE)
        _sleep(signals, pause)
    database.engine.dispose()


def _work(settings: Settings, signals: Signals) -> None:
    """One life of an RQ worker: it ends with every hiccup of Redis outside of its waiting."""
    # The worker waits 45 seconds for a job in one command and asks for a longer timeout itself.
    worker = jobs.DeliveryWorker(jobs.connect(settings.redis_url, attempts=1))
    signals.wake = worker.stop_soon
    try:
        if not signals.stop:
            worker.work(logging_level="ERROR")
    finally:
        signals.wake = None


def run_scheduler(settings: Settings, *, duties: Iterable[Duty] = DUTIES) -> None:
    """Relay messages and, as the one that holds the lease, keep the periodic duties, until SIGTERM.

    :raises SettingsError: without the rollup role's URL.
    :raises UnavailableError: when a login role could bypass row-level security or the schema is not the code's.
    """
    if not settings.database_rollup_url:
        raise SettingsError("缺少环境变量 LIANXIN_DATABASE_ROLLUP_URL：定时进程需要汇总角色，请设置后再启动。")
    _write_log()
    signals = Signals()
    duties = tuple(duties)
    # A connection for every duty: a first start, when all of them have work, must not make one wait for the others.
    application = Database(settings.database_url, pool_size=3, max_overflow=len(duties))
    rollup = Database(settings.database_rollup_url, pool_size=5, max_overflow=len(duties))
    cipher = FieldCipher(settings.data_keys)
    _boot(signals, cipher, application, rollup)
    means = Means(
        application=application,
        leadership=Leadership(rollup, f"{socket.gethostname()}/{os.getpid()}/{token_hex(4)}"),
        cipher=cipher,
        clock=SystemClock(),
        bus=Bus(COUNTING, LEAVING),
        stop=Event(),
        files=files_of(settings),
    )
    relay = Relay(rollup, jobs.queue(jobs.connect(settings.redis_url)))
    Scheduler(means, relay, duties).run(lambda: signals.stop)


def _boot(signals: Signals, cipher: FieldCipher, *databases: Database) -> None:
    """Refuse a role that can see past the wall, a schema of another version and keys that are not those of the rows;
    wait for a database that is away. The first one is the application's.
    """
    said = False
    while not signals.stop:
        try:
            for database in databases:
                database.assert_cannot_bypass()
                assert_current(database.engine)
            ring.assert_fits(databases[0], cipher)
        except TRANSIENT as error:
            if not said:
                log.warning("数据库不可用（%s），等待其恢复。", type(error).__name__)
            said = True
            _sleep(signals, 1.0)
        else:
            return


def _write_log() -> None:
    """To stderr, unless whoever called has set up something else."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)


def _sleep(signals: Signals, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not signals.stop and time.monotonic() < deadline:
        time.sleep(0.05)


def main(arguments: list[str]) -> int:
    """``python -m worker.main worker|scheduler``: the same two processes without the rest of the console."""
    _write_log()
    commands: dict[str, Callable[[Settings], None]] = {"worker": run_worker, "scheduler": run_scheduler}
    run = commands.get(arguments[0]) if arguments else None
    if run is None:
        log.error("用法：python -m worker.main worker|scheduler")
        return 2
    try:
        run(Settings.from_env())
    except LianxinError as error:
        log.error("%s", error.message)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
