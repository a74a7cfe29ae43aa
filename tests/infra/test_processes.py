import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from infra import processes
from infra.errors import InfraError


def test_a_lock_is_held_until_the_last_process_that_inherited_it_ends(tmp_path: Path) -> None:
    lock = processes.try_lock(tmp_path / "lock")
    assert lock is not None
    child = processes.spawn(["sleep", "600"], log=tmp_path / "log", env=os.environ, pass_fds=(lock,))
    os.close(lock)
    assert processes.try_lock(tmp_path / "lock") is None
    child.kill()
    child.wait()
    again = processes.try_lock(tmp_path / "lock")
    assert again is not None
    os.close(again)


def test_a_taken_lock_is_waited_for_and_then_reported(tmp_path: Path) -> None:
    with processes.exclusive(tmp_path / "lock"), pytest.raises(InfraError, match="占用"):
        processes.take_lock(tmp_path / "lock", seconds=0.1, otherwise="占用")


def test_a_zombie_is_not_alive() -> None:
    child = os.posix_spawn("/bin/true", ["true"], os.environ)
    deadline = time.monotonic() + 10
    while processes.find(child) is not None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert processes.find(child) is None
    os.kill(child, 0)  # the id still answers, which is the trap
    os.waitpid(child, 0)


def test_a_birth_mark_tells_two_processes_apart_and_stays_the_same(tmp_path: Path) -> None:
    child = processes.spawn(["sleep", "600"], log=tmp_path / "log", env=os.environ)
    mark = processes.birth(child.pid)
    assert mark is not None
    assert processes.birth(child.pid) == mark
    assert processes.birth(os.getpid()) != mark
    child.kill()
    child.wait()
    assert processes.birth(child.pid) is None


def test_a_process_that_ignores_the_request_is_killed(tmp_path: Path) -> None:
    stubborn = (
        "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
    )
    child = processes.spawn([sys.executable, "-c", stubborn], log=tmp_path / "log", env=os.environ)
    assert processes.wait_until(lambda: "up" in (tmp_path / "log").read_text(), 10)
    found = processes.find(child.pid)
    assert found is not None
    processes.end(found, ask=signal.SIGTERM, patience=0.2)
    assert child.wait() == -signal.SIGKILL


def test_a_taken_port_is_seen_and_a_remembered_one_is_given_up_for_another(tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not processes.port_is_free(port)
        with pytest.raises(InfraError, match=str(port)):
            processes.remembered_port(tmp_path / "port", port)
        (tmp_path / "port").write_text(str(port))
        assert processes.remembered_port(tmp_path / "port", None) != port
    assert processes.port_is_free(port)


def test_a_port_is_remembered(tmp_path: Path) -> None:
    port = processes.remembered_port(tmp_path / "port", None)
    assert processes.remembered_port(tmp_path / "port", None) == port


def test_a_long_log_is_moved_aside(tmp_path: Path) -> None:
    log = tmp_path / "log" / "web.log"
    processes.roll(log)
    log.write_text("x" * 100)
    processes.roll(log, limit=50)
    assert not log.exists()
    assert log.with_suffix(".old.log").exists()


def test_a_group_outlives_its_leader(tmp_path: Path) -> None:
    leader = processes.spawn(["sh", "-c", "sleep 600 & echo $!; wait"], log=tmp_path / "log", env=os.environ)
    assert processes.wait_until(lambda: (tmp_path / "log").read_text().strip().isdigit(), 10)
    leader.kill()
    leader.wait()
    left = processes.group(leader.pid)
    assert [process.pid for process in left] == [int((tmp_path / "log").read_text())]
    subprocess.run(["kill", "-9", str(left[0].pid)], check=True)
