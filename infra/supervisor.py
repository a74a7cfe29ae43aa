"""Children of the demo: start them, start them again when they die, and stop them and their children.

Each child leads a process group of its own. What runs is written to a file, so that the next demo recognises
and ends what a killed demo left behind.
"""

import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen

from infra import processes

# A child that ran this many seconds was healthy: its next death starts again with the shortest pause.
HEALTHY_AFTER = 60.0
LONGEST_PAUSE = 30.0


@dataclass
class Child:
    """A program that is to run all the time; `deaths` counts its deaths since it was last healthy."""

    name: str
    args: Sequence[str | Path]
    log: Path
    env: Mapping[str, str]
    process: Popen[bytes] | None = None
    since: float = 0.0
    deaths: int = 0
    not_before: float = field(default=0.0)

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Keeps children running until `stop`. `record` is the file that names the running ones."""

    def __init__(self, record: Path, *, cwd: Path, say: Callable[[str], None]) -> None:
        self.children: list[Child] = []
        self._record = record
        self._cwd = cwd
        self._say = say

    def add(self, child: Child) -> None:
        """Take a child on and start it."""
        self.children.append(child)
        self._start(child)

    def look(self) -> None:
        """Note deaths, and start again what is due; call it a few times a second."""
        now = time.monotonic()
        for child in self.children:
            if child.running:
                continue
            if child.process is not None:
                child.deaths = 1 if now - child.since > HEALTHY_AFTER else child.deaths + 1
                pause = min(2.0 ** (child.deaths - 1), LONGEST_PAUSE)
                child.not_before = now + pause
                code = child.process.returncode
                child.process = None
                self._say(f"{child.name} 已退出（代码 {code}），{pause:.0f} 秒后重新启动；日志 {child.log}")
            elif now >= child.not_before:
                self._start(child)

    def stop(self, *, patience: float = 5.0) -> None:
        """Ask all children at once to stop and kill what is left of their groups after `patience` seconds."""
        groups = [child.process.pid for child in self.children if child.process is not None]
        _end_groups(groups, patience, reap=self._reap)
        self.children.clear()
        self._record.unlink(missing_ok=True)

    def _start(self, child: Child) -> None:
        processes.roll(child.log)
        child.process = processes.spawn(child.args, log=child.log, env=child.env, cwd=self._cwd)
        child.since = time.monotonic()
        self._write()

    def _reap(self) -> None:
        for child in self.children:
            if child.process is not None:
                child.process.poll()

    def _write(self) -> None:
        running = {
            child.process.pid: processes.birth(child.process.pid)
            for child in self.children
            if child.process is not None
        }
        draft = self._record.with_suffix(".new")
        draft.write_text(json.dumps(running))
        draft.replace(self._record)


def end_leftovers(record: Path, home: Path, *, patience: float = 5.0) -> int:
    """Stop what an earlier, killed demo of this home left running; returns the number of programs stopped."""
    try:
        known = {int(pid): birth for pid, birth in json.loads(record.read_text()).items()}
    except (FileNotFoundError, ValueError, AttributeError):
        return 0
    groups = [pid for pid, birth in known.items() if _is_leftover(pid, birth, home)]
    _end_groups(groups, patience, reap=lambda: None)
    record.unlink(missing_ok=True)
    return len(groups)


def _is_leftover(pid: int, birth: str | None, home: Path) -> bool:
    """Say whether a group is still the recorded one: its leader is, or the leader died and a member knows our
    home.
    """
    if processes.find(pid) is not None:
        return birth is not None and processes.birth(pid) == birth
    return any(processes.environment(member).get("LIANXIN_HOME") == str(home) for member in processes.group(pid))


def _end_groups(groups: Sequence[int], patience: float, reap: Callable[[], None]) -> None:
    def over() -> bool:
        reap()
        return not any(processes.group(leader) for leader in groups)

    for sig, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 3.0)):
        for leader in groups:
            # The leader tells its own children; a killed one cannot, so then the whole group is told.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                alone = sig is signal.SIGTERM and processes.find(leader) is not None
                (os.kill if alone else os.killpg)(leader, sig)
        if processes.wait_until(over, seconds, every=0.05):
            return


def python(*args: str | Path) -> list[str | Path]:
    """Return the command line that runs a module or file with this very interpreter."""
    return [sys.executable, *args]
