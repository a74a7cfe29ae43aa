"""A whole platform of its own to break: real servers with fsync, real processes, clients that never give up.

Only processes that this rig started are killed. Every one runs in a process group of its own, and what dies is
started again at once, as a supervisor would.
"""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from threading import Event, Lock, Thread

from alembic import command
from sqlalchemy.exc import SQLAlchemyError

from infra.errors import InfraError
from infra.processes import free_port, gone
from infra.servers import Servers
from kernel.clock import SystemClock
from kernel.db import Database
from kernel.schema import alembic_config
from kernel.settings import Settings
from tests.builders import Federation
from tests.faults.clients import Clients, Ledger

ROOT = Path(__file__).resolve().parents[2]
SERVERS = ("redis", "postgres")


@dataclass(frozen=True)
class Part:
    """A process of the platform and how it is started."""

    name: str
    arguments: tuple[str, ...]


class Rig:
    """The platform, its killer and its clients."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        # No setting from outside: a server that somebody else uses is never killed.
        self.servers = Servers(home / "home", environ={})
        environment = self.servers.start()
        self.env = {**environment.env, "LIANXIN_COOKIE_SECURE": "0"}
        command.upgrade(alembic_config(self.env["LIANXIN_DATABASE_OWNER_URL"]), "head")
        settings = Settings.from_env(self.env)
        assert settings.database_rollup_url is not None
        self.settings = settings
        self.application = Database(settings.database_url)
        self.rollup = Database(settings.database_rollup_url)
        self.federation = Federation(self.application, settings, datetime(2026, 3, 2, tzinfo=UTC))
        self.federation.clock = SystemClock()  # type: ignore[assignment]
        self.people = Clients(self)
        self.revived: dict[str, float] = {}
        self._wanted: dict[str, Part] = {}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._reviving: set[str] = set()
        #: Whether the present web process has answered a request.
        self.serving, self.web_since = False, 0.0
        self._lock = Lock()
        self._stop = Event()
        self._watcher = Thread(target=self._watch, daemon=True)
        self._watcher.start()

    # Processes

    def web(self) -> Part:
        """The web application behind its real server."""
        return Part(
            "web",
            (
                *("-m", "gunicorn", "--worker-class", "gthread", "--workers", "1", "--threads", "8"),
                *(
                    "--bind",
                    f"127.0.0.1:{self.port}",
                    "--no-control-socket",
                    "--log-level",
                    "warning",
                    "web.wsgi:app",
                ),
            ),
        )

    scheduler = Part("scheduler", ("-m", "worker.main", "scheduler"))
    worker = Part("worker", ("-m", "worker.main", "worker"))

    @contextmanager
    def running(self, *parts: Part) -> Iterator[None]:
        """Keep these processes running, however often they die, until the block ends."""
        with self._lock:
            for part in parts:
                self._wanted[part.name] = part
                self._launch(part)
        try:
            if any(part.name == "web" for part in parts):
                self._wait_for_web()
            yield
        finally:
            with self._lock:
                for part in parts:
                    self._wanted.pop(part.name, None)
            for part in parts:
                self.end(part.name)

    def _launch(self, part: Part) -> None:
        if part.name == "web":
            self.serving, self.web_since = False, time.time()
        with (self.home / f"{part.name}.log").open("ab") as log:
            self._running[part.name] = subprocess.Popen(
                [sys.executable, *part.arguments],
                cwd=ROOT,
                env={**os.environ, **self.env, "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}"},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            with self._lock:
                for name, part in self._wanted.items():
                    if self._running[name].poll() is not None:
                        self._launch(part)

    def end(self, name: str) -> None:
        """Stop a process for good, the orderly way first."""
        process = self._running.pop(name, None)
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(8)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def kill(self, name: str) -> bool:
        """kill -9 a process with its children, or a server, which is then started again; ``False`` if it is down."""
        if name in SERVERS:
            return self._kill_server(name)
        with self._lock:
            process = self._running.get(name)
            if process is None or process.poll() is not None:
                return False
            self.serving = self.serving and name != "web"
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        return True

    def _kill_server(self, name: str, *, revive: bool = True) -> bool:
        with self._lock:
            if name in self._reviving:
                return False
            self._reviving.add(name)
        server = self.servers.valkey if name == "redis" else self.servers.postgres
        process = server.process()
        assert process is not None
        process.send_signal(signal.SIGKILL)
        # One that is still dying would be taken for one that runs.
        self.until(lambda: gone(process), 10, f"{name} is dead")
        if revive:
            Thread(target=self.revive, args=(name,), daemon=True).start()
        return True

    def put_down(self, name: str) -> None:
        """kill -9 a server and leave it down until ``revive``."""
        assert self._kill_server(name, revive=False)

    def revive(self, name: str) -> None:
        """Start a killed server again; a start that loses a race with its dying predecessor is repeated."""
        server = self.servers.valkey if name == "redis" else self.servers.postgres
        for attempt in range(5):
            try:
                server.start()
                break
            except (InfraError, OSError):
                if attempt == 4:
                    raise
                time.sleep(0.2)
        with self._lock:
            self.revived[name] = time.time()
            self._reviving.discard(name)

    def wait_for_servers(self, seconds: float = 30) -> None:
        """Wait until both servers run."""
        self.until(lambda: not self._reviving, seconds, "the servers are back")

    def rampage(self, seed: int, seconds: float, lot: Mapping[str, int], *, every: float) -> dict[str, int]:
        """Kill somebody every so often, drawn by weight; returns how often each died.

        The web process dies once, in the second half: it refuses to start without a database and takes seconds to try
        again, so while it starts neither it nor PostgreSQL is drawn.
        """
        dice, died = Random(seed), dict.fromkeys(("web", *lot), 0)
        start = time.monotonic()
        web_dies = start + seconds * dice.uniform(0.5, 0.7)
        while (began := time.monotonic()) < start + seconds:
            if self.serving and not died["web"] and began > web_dies:
                name = "web"
            elif self.serving and not died["postgres"] and began > start + seconds / 5:
                name = "postgres"  # everybody's turn comes, whatever the lot says
            else:
                names = [name for name in lot if self.serving or name != "postgres"]
                name = dice.choices(names, [lot[name] for name in names])[0]
            died[name] += self.kill(name)
            time.sleep(max(0.0, every - (time.monotonic() - began)))
        return died

    def clients(self, *, rate: float) -> AbstractContextManager[Ledger]:
        """Clerks who register ``rate`` cases a second in all while the block runs; yields what they were promised."""
        return self.people.at_work(rate=rate)

    def close(self) -> None:
        """Stop everything that was started."""
        self._stop.set()
        self._watcher.join()
        for name in list(self._running):
            self.end(name)
        self.application.engine.dispose()
        self.rollup.engine.dispose()
        self.servers.stop()

    def _wait_for_web(self) -> None:
        def answers() -> bool:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                connection.request("GET", "/readyz")
                return connection.getresponse().status == 200
            except (OSError, http.client.HTTPException):
                return False
            finally:
                connection.close()

        self.until(answers, 60, "the web process answers")

    @staticmethod
    def until(happened: Callable[[], bool], seconds: float, what: str) -> float:
        """Wait until something is true and return how long it took.

        :raises AssertionError: when it is still false after ``seconds``.
        """
        began = time.monotonic()
        while True:
            with suppress(SQLAlchemyError):
                if happened():
                    return time.monotonic() - began
            assert time.monotonic() - began < seconds, f"not within {seconds} s: {what}"
            time.sleep(0.1)
