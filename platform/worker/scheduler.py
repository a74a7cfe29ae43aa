"""The scheduler process: the relay always, the periodic duties while it holds the lease."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from threading import Thread

from kernel.outages import TRANSIENT
from worker.duties import DUTIES, Duty, Means
from worker.leadership import NotLeaderError
from worker.relay import Relay

log = logging.getLogger(__name__)

#: After this many seconds the process ends even if a duty is in the middle of a statement: PostgreSQL rolls it back.
STOP_SECONDS = 2.0
#: A duty that failed comes again after its pause, but no later than this: some have a pause of a day.
RETRY_SECONDS = 60.0
#: How often one that is not the leader looks whether it has become so.
IDLE_SECONDS = 0.5


class Scheduler:
    """Threads, because a fold or a sweep that takes long must hold up neither the relay nor the lease."""

    def __init__(self, means: Means, relay: Relay, duties: Iterable[Duty] = DUTIES) -> None:
        self._means = means
        self._relay = relay
        self._duties = tuple(duties)

    def run(self, asked_to_stop: Callable[[], bool]) -> None:
        """Work until ``asked_to_stop`` says so; then end within about two seconds and give the lease back."""
        stop, leadership = self._means.stop, self._means.leadership
        threads = [
            Thread(target=leadership.run, args=(stop,), name="lease", daemon=True),
            Thread(target=self._relay.run, args=(stop,), name="relay", daemon=True),
            *(Thread(target=self._keep, args=(duty,), name=duty.name, daemon=True) for duty in self._duties),
        ]
        for thread in threads:
            thread.start()
        # A flag that is polled, not an event that a signal handler sets: the handler runs in this thread, perhaps
        # while it holds the event's own lock.
        while not asked_to_stop():
            time.sleep(0.1)
        stop.set()
        deadline = time.monotonic() + STOP_SECONDS
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        leadership.resign()

    def _keep(self, duty: Duty) -> None:
        stop, leadership = self._means.stop, self._means.leadership
        while not stop.is_set():
            if not leadership.held:
                stop.wait(IDLE_SECONDS)
                continue
            pause = min(duty.seconds, RETRY_SECONDS)
            try:
                duty.run(self._means)
                pause = duty.seconds
            except NotLeaderError:
                continue
            except TRANSIENT as error:
                log.warning("定时任务 %s 未完成（%s），稍后重试。", duty.name, type(error).__name__)
            except Exception:
                log.exception("定时任务 %s 失败，稍后重试。", duty.name)
            stop.wait(pause)
