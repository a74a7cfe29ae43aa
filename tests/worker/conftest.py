"""Real background processes against the test worker's own database and Redis."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from redis import Redis

from kernel.db import Database
from tests.conftest import Stage
from worker import jobs

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def rollup(clean: Stage) -> Iterator[Database]:
    """The carrier's login."""
    url = clean.settings.database_rollup_url
    assert url is not None
    database = Database(url)
    yield database
    database.engine.dispose()


@pytest.fixture
def redis(clean: Stage) -> Iterator[Redis]:
    """This test worker's own Redis database, empty before and after."""
    connection = jobs.connect(clean.settings.redis_url, attempts=1)
    connection.flushdb()
    yield connection
    connection.flushdb()
    connection.close()


@dataclass
class Crew:
    """Processes that a test started; what is left is killed at the end."""

    env: dict[str, str]
    log: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *arguments: str, **env: str) -> subprocess.Popen[bytes]:
        """Run ``python …`` with the stage's environment; output goes to the log."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env={**os.environ, **self.env, "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}", **env},
                stdout=log,
                stderr=log,
            )
        self.started.append(process)
        return process

    def said(self) -> str:
        """Everything that the processes wrote."""
        return self.log.read_text()

    def end(self) -> None:
        """Kill what still runs."""
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()


@pytest.fixture
def crew(clean: Stage, redis: Redis, tmp_path: Path) -> Iterator[Crew]:
    """Start processes with ``crew.start("-m", "worker.main", "worker")``."""
    made = Crew(clean.env, tmp_path / "processes.log")
    yield made
    made.end()


def eventually(happened: Callable[[], bool], seconds: float, *, every: float = 0.05) -> float:
    """Wait until something is true; how long it took. Fails the test when it stays false."""
    began = time.monotonic()
    while not happened():
        if time.monotonic() - began > seconds:
            pytest.fail(f"did not happen within {seconds} s")
        time.sleep(every)
    return time.monotonic() - began
