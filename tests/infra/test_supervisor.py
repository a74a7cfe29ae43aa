import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra import processes
from infra.supervisor import Child, Supervisor, end_leftovers

RUNS = "import time; print('up', flush=True); time.sleep(600)"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path / "record.json", cwd=tmp_path, say=said.append)
    yield made
    made.stop(patience=0.5)


def child(tmp_path: Path, program: str, name: str = "后台任务") -> Child:
    env = {**os.environ, "LIANXIN_HOME": str(tmp_path)}
    return Child(name, [sys.executable, "-c", program], tmp_path / "log" / "child.log", env)


def pid(child: Child) -> int:
    assert child.process is not None
    return child.process.pid


def test_a_child_that_dies_is_announced_and_started_again(
    supervisor: Supervisor, tmp_path: Path, said: list[str]
) -> None:
    worker = child(tmp_path, RUNS)
    supervisor.add(worker)
    first = pid(worker)
    os.kill(first, signal.SIGKILL)
    assert processes.wait_until(lambda: not worker.running, 5)
    supervisor.look()
    assert "后台任务" in said[0]
    assert "-9" in said[0]

    def again() -> bool:
        supervisor.look()
        return worker.running

    assert processes.wait_until(again, 5)
    assert pid(worker) != first


def test_a_child_that_keeps_dying_is_started_more_and_more_rarely(supervisor: Supervisor, tmp_path: Path) -> None:
    worker = child(tmp_path, "raise SystemExit(3)")
    supervisor.add(worker)

    def died_twice() -> bool:
        supervisor.look()
        return worker.deaths == 2

    assert processes.wait_until(died_twice, 10)
    supervisor.look()
    assert not worker.running
    assert worker.not_before - worker.since > 2.0


def test_stopping_ends_the_grandchildren_too(supervisor: Supervisor, tmp_path: Path) -> None:
    program = (
        "import subprocess, sys, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"subprocess.Popen([sys.executable, '-c', {RUNS!r}]).wait()"
    )
    stubborn = child(tmp_path, program)
    supervisor.add(stubborn)
    leader = pid(stubborn)
    assert processes.wait_until(lambda: len(processes.group(leader)) == 2, 10)
    supervisor.stop(patience=0.5)
    assert processes.group(leader) == []
    assert not (tmp_path / "record.json").exists()


def test_what_a_killed_supervisor_left_is_ended_by_the_next_one(supervisor: Supervisor, tmp_path: Path) -> None:
    worker = child(tmp_path, RUNS)
    supervisor.add(worker)
    assert end_leftovers(tmp_path / "record.json", tmp_path) == 1
    assert not worker.running
    assert end_leftovers(tmp_path / "record.json", tmp_path) == 0


def test_the_children_of_a_leader_that_was_killed_as_well_are_found(supervisor: Supervisor, tmp_path: Path) -> None:
    leader = child(tmp_path, f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {RUNS!r}]).wait()")
    supervisor.add(leader)
    group = pid(leader)
    assert processes.wait_until(lambda: len(processes.group(group)) == 2, 10)
    os.kill(group, signal.SIGKILL)
    assert processes.wait_until(lambda: len(processes.group(group)) == 1, 5)
    assert end_leftovers(tmp_path / "record.json", tmp_path) == 1
    assert processes.group(group) == []


def test_a_stranger_with_a_recorded_id_is_left_alone(tmp_path: Path, sleeper: int) -> None:
    record = tmp_path / "record.json"
    record.write_text(f'{{"{sleeper}": "another boot:1", "999999999": null}}')
    assert end_leftovers(record, tmp_path) == 0


@pytest.mark.parametrize("text", ["", "[]", "{"])
def test_a_damaged_record_does_not_prevent_the_start(tmp_path: Path, text: str) -> None:
    (tmp_path / "record.json").write_text(text)
    assert end_leftovers(tmp_path / "record.json", tmp_path) == 0
