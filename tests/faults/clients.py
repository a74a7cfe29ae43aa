"""People at the window: each registers cases over HTTP and asks again until the platform has acknowledged."""

from __future__ import annotations

import http.client
import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import TYPE_CHECKING
from uuid import uuid4

from kernel.clock import SystemClock
from tests.builders import PASSWORD

if TYPE_CHECKING:
    from tests.faults.rig import Rig

UNIONS = ("city", "east", "west", "street")


@dataclass
class Failure:
    """A request that was not answered with success: when it began, when it ended, and what came instead."""

    began: float
    ended: float
    what: str


@dataclass
class Ledger:
    """What clients know: the numbers they were given, and every request that failed."""

    acknowledged: list[tuple[str, str]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    answered_at: list[float] = field(default_factory=list)

    def told(self) -> dict[str, int]:
        """How often each kind of failure was met."""
        return dict(Counter(failure.what for failure in self.failures))


class Clients:
    """Clerks of every union; they stay logged in from test to test."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self._tokens: dict[str, str] = {}
        #: Matters that clerks wanted to register, of all tests; each is one case at most, however often it was sent.
        self.matters: list[str] = []

    @contextmanager
    def at_work(self, *, rate: float, count: int = 4) -> Iterator[Ledger]:
        """Register cases over HTTP, ``rate`` a second in all, each until acknowledged; yields what they know."""
        ledger, stop = Ledger(), Event()
        for union in UNIONS:
            self._tokens.setdefault(union, self._log_in(union))
        threads = [
            Thread(target=self._register, args=(UNIONS[number % len(UNIONS)], ledger, stop, count / rate))
            for number in range(count)
        ]
        for thread in threads:
            thread.start()
        try:
            yield ledger
        finally:
            stop.set()
            for thread in threads:
                thread.join()

    def _log_in(self, union: str) -> str:
        body = {"username": f"clerk@{union}", "password": PASSWORD, "provider": "db"}
        status, answer = self._ask("/api/v1/security/login", body, {})
        assert status == 200, answer
        return str(answer["access_token"])

    def _register(self, union: str, ledger: Ledger, stop: Event, pause: float) -> None:
        while not stop.is_set():
            key, began = uuid4().hex, time.monotonic()
            self.matters.append(key)
            # A client that got no answer asks again with the same key; what it may not do is give up.
            for _ in range(200):
                if self._register_once(union, key, ledger) or (stop.is_set() and time.monotonic() - began > 30):
                    break
                time.sleep(0.1)
            stop.wait(max(0.0, pause - (time.monotonic() - began)))

    def _register_once(self, union: str, key: str, ledger: Ledger) -> bool:
        body = {
            "channel": "visit",
            "title": "反映三个月工资未发",
            "content": "单位自去年十二月起未发工资，多次讨要未果。",
            "received_on": SystemClock().today().isoformat(),
            "parties": [{"role": "petitioner", "name": "测试甲", "phone": "13800001111"}],
        }
        headers = {"Authorization": f"Bearer {self._tokens[union]}", "Idempotency-Key": key}
        began = time.time()
        try:
            status, answer = self._ask("/api/v1/cases", body, headers)
        except (OSError, http.client.HTTPException, ValueError) as error:
            ledger.failures.append(Failure(began, time.time(), type(error).__name__))
            return False
        if status == 201 and began > self._rig.web_since:
            self._rig.serving = True
        if status == 201:
            ledger.acknowledged.append((union, str(answer["number"])))
            ledger.answered_at.append(time.time())
            return True
        ledger.failures.append(Failure(began, time.time(), str(status)))
        # Anything that says "your fault" would be a wrong answer to a good request.
        assert status >= 500, (status, answer)
        return False

    def _ask(self, path: str, body: object, headers: dict[str, str]) -> tuple[int, dict[str, object]]:
        connection = http.client.HTTPConnection("127.0.0.1", self._rig.port, timeout=6)
        try:
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **headers})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"{}")
        finally:
            connection.close()
