"""Being the one scheduler: a lease that is renewed while the process lives and given back when it stops in order."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from sqlalchemy import Connection

from kernel import leases
from kernel.db import Database
from kernel.errors import LianxinError
from kernel.outages import TRANSIENT

log = logging.getLogger(__name__)

NAME = leases.SCHEDULER
LEASE_SECONDS = 10.0
#: A leader renews in a third of the lease, so that two failed attempts do not cost it.
RENEW_SECONDS = 3.0
#: One that waits looks more often: a dead leader is replaced within the lease and a second.
WAIT_SECONDS = 1.0


class NotLeaderError(LianxinError):
    """Another scheduler has taken over; the duty stops where it is."""

    code = "not_leader"


class Leadership:
    """One process's hold on the lease."""

    def __init__(
        self, database: Database, holder: str, *, name: str = NAME, lease_seconds: float = LEASE_SECONDS
    ) -> None:
        self._database = database
        self._holder = holder
        self._name = name
        self._lease_seconds = lease_seconds
        self._until = 0.0

    @property
    def held(self) -> bool:
        """Whether the lease runs by this process's own clock; counted from before it was asked for, so never late."""
        return time.monotonic() < self._until

    def renew(self) -> bool:
        """Take or renew the lease; ``False`` while it is another's or the database is away."""
        asked = time.monotonic()
        try:
            with self._database.engine.begin() as connection:
                mine = leases.hold(connection, self._name, self._holder, seconds=self._lease_seconds)
                if mine and not self.held:
                    # Since when somebody is on duty: what never ran yet may still have to wait for its turn.
                    leases.beat(connection, self._name)
        except TRANSIENT:
            return False  # what was held runs out by itself
        if mine and not self.held:
            log.info("已成为值班的定时进程（%s）。", self._holder)
        elif not mine and self.held:
            log.warning("值班已被另一个定时进程接替（%s）。", self._holder)
        self._until = asked + self._lease_seconds if mine else 0.0
        return mine

    def run(self, stop: Event) -> None:
        """Hold on until ``stop`` is set."""
        while not stop.is_set():
            stop.wait(RENEW_SECONDS if self.renew() else WAIT_SECONDS)

    def check(self) -> None:
        """Go on only as the leader.

        :raises NotLeaderError: when the lease has run out or is another's.
        """
        if not self.held:
            raise NotLeaderError("已不是值班的定时进程。")

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction as the rollup role that only the leader gets; asked of the database, not of a clock.

        :raises NotLeaderError: when the lease has run out or is another's.
        """
        with self._database.engine.begin() as connection:
            if not leases.held(connection, self._name, self._holder):
                self._until = 0.0
                raise NotLeaderError("已不是值班的定时进程。")
            yield connection

    def resign(self) -> None:
        """Give the lease back, so that the next one need not wait for its end."""
        if not self.held:
            return
        self._until = 0.0
        try:
            with self._database.engine.begin() as connection:
                leases.release(connection, self._name, self._holder)
        except TRANSIENT:
            log.warning("数据库不可用，租约将自行到期。")
