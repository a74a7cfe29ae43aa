"""The demo's way with processes, seen with real servers and a small stand-in for the platform's programs.

The stand-in answers `/readyz` and runs forever, so that these tests say what the demo does and not what the
platform does; the platform itself is run by the journeys.
"""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra import processes
from infra.demo import IN_THE_WAY, run_demo
from infra.postgres import PostgresServer
from infra.servers import Servers
from infra.valkey import ValkeyServer

CONSOLE = """
import os, signal, sys, time
from pathlib import Path
home, command = Path(os.environ["LIANXIN_HOME"]), sys.argv[1:]
with (home / "commands.txt").open("a") as file:
    told = sorted(name for name in os.environ if name.startswith("LIANXIN_DATA"))
    file.write(" ".join([*command, *told]) + "\\n")
if command == ["demo-seed"]:
    (home / "accounts.txt").write_text("admin@platform\\n")
elif command in (["worker"], ["scheduler"]):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        time.sleep(1)
"""
PAGES = """
import os
if os.environ.get("STAND_IN_FAILS"):
    raise ImportError("the page that failed on purpose")
def app(environ, start):
    start("200 OK", [("Content-Type", "text/plain")])
    return [environ["PATH_INFO"].encode()]
"""


@pytest.fixture
def stand_in(tmp_path: Path) -> Path:
    package = tmp_path / "stand_in" / "web"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "cli.py").write_text(CONSOLE)
    (package / "wsgi.py").write_text(PAGES)
    return package.parent


class Running:
    """A demo in a process of its own."""

    def __init__(self, home: Path, stand_in: Path, port: int, **more: str) -> None:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("LIANXIN_")}
        env = {**inherited, "PYTHONPATH": str(stand_in), **more}
        line = [sys.executable, "-m", "infra.demo", "--port", str(port), "--home", str(home)]
        self.output = home.parent / f"output-{time.monotonic_ns()}.txt"
        with self.output.open("wb") as file:
            self.process = subprocess.Popen(line, stdout=file, stderr=subprocess.STDOUT, env=env)

    def says(self, words: str, seconds: float = 40.0) -> bool:
        return (
            processes.wait_until(lambda: words in self.output.read_text() or self.process.poll() is not None, seconds)
            and words in self.output.read_text()
        )


Start = Callable[..., Running]


@pytest.fixture
def start(home: Path, stand_in: Path) -> Iterator[Start]:
    started: list[Running] = []

    def begin(port: int, **more: str) -> Running:
        started.append(Running(home, stand_in, port, **more))
        return started[-1]

    yield begin
    for demo in started:
        if demo.process.poll() is None:
            demo.process.terminate()
        demo.process.wait(20)


def children(home: Path) -> list[int]:
    return [int(pid) for pid in json.loads((home / "run" / "demo.json").read_text())]


def get(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    with connection.getresponse() as answer:
        text = answer.read().decode()
    connection.close()
    return text


def test_a_taken_port_is_named_before_anything_is_started(home: Path) -> None:
    said: list[str] = []
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run_demo(port, home, say=said.append) == IN_THE_WAY == 2
    assert said == [f"端口 {port} 已被其他程序占用，请换一个端口：make demo PORT={port + 1}。"]
    assert not (home / "postgres").exists()
    assert not (home / "valkey").exists()


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said: list[str] = []
    assert run_demo(processes.free_port(), tmp_path / "file" / "home", say=said.append) == IN_THE_WAY
    assert "无法建立目录" in said[0]


def test_the_demo_answers_prints_the_accounts_and_stops_all_it_started_within_ten_seconds(
    home: Path, start: Start
) -> None:
    port = processes.free_port()
    demo = start(port)
    assert demo.says("按 Ctrl-C 停止"), demo.output.read_text()
    assert f"http://127.0.0.1:{port}/" in demo.output.read_text()
    assert "admin@platform" in demo.output.read_text()
    assert get(port, "/readyz") == "/readyz"
    left = children(home)
    began = time.monotonic()
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(15) == 0
    assert time.monotonic() - began < 10
    assert [pid for pid in left if processes.group(pid)] == []
    assert PostgresServer(home).process() is None
    assert ValkeyServer(home).process() is None


def test_only_the_programs_that_need_a_role_are_told_its_password(home: Path, start: Start) -> None:
    demo = start(processes.free_port())
    assert demo.says("按 Ctrl-C 停止"), demo.output.read_text()

    def told() -> dict[str, set[str]]:
        lines = (home / "commands.txt").read_text().splitlines()
        return {line.split(" LIANXIN")[0]: set(line.split()[1:]) for line in lines}

    assert processes.wait_until(lambda: {"worker", "scheduler"} <= set(told()), 20)
    assert "LIANXIN_DATABASE_OWNER_URL" in told()["db upgrade"]
    assert "LIANXIN_DATABASE_OWNER_URL" not in told()["worker"] | told()["scheduler"]
    assert "LIANXIN_DATABASE_ROLLUP_URL" in told()["scheduler"]
    assert "LIANXIN_DATABASE_ROLLUP_URL" not in told()["worker"]


def test_servers_that_ran_before_the_demo_run_after_it(home: Path, start: Start) -> None:
    servers = Servers(home, fast=True, environ={})
    servers.start()
    demo = start(processes.free_port())
    assert demo.says("按 Ctrl-C 停止"), demo.output.read_text()
    demo.process.terminate()
    assert demo.process.wait(15) == 0
    assert servers.postgres.process() is not None
    assert servers.valkey.process() is not None


def test_a_second_demo_on_the_same_home_is_refused_and_harms_nothing(home: Path, start: Start) -> None:
    port = processes.free_port()
    first = start(port)
    assert first.says("按 Ctrl-C 停止"), first.output.read_text()
    second = start(processes.free_port())
    assert second.process.wait(15) == 2
    assert "已在运行" in second.output.read_text()
    assert get(port, "/") == "/"


def test_a_demo_that_was_killed_starts_again_on_its_port_with_its_data_without_migrating_or_seeding_twice(
    home: Path, start: Start
) -> None:
    port = processes.free_port()
    killed = start(port)
    assert killed.says("按 Ctrl-C 停止"), killed.output.read_text()
    left = children(home)
    killed.process.kill()
    killed.process.wait()
    assert get(port, "/") == "/"  # what it started still runs, which is the difficulty
    again = start(port)
    assert again.says("按 Ctrl-C 停止"), again.output.read_text()
    assert "遗留" in again.output.read_text()
    assert "admin@platform" in again.output.read_text()
    assert [pid for pid in left if processes.group(pid)] == []
    assert (home / "commands.txt").read_text().count("demo-seed") == 1
    assert (home / "commands.txt").read_text().count("db upgrade") == 1
    again.process.terminate()
    assert again.process.wait(15) == 0
    assert PostgresServer(home).process() is None


def test_every_part_that_is_killed_comes_back(home: Path, start: Start) -> None:
    port = processes.free_port()
    demo = start(port)
    assert demo.says("按 Ctrl-C 停止"), demo.output.read_text()
    before = children(home)
    servers = Servers(home, environ={})
    for part in (servers.postgres, servers.valkey):
        process = part.process()
        assert process is not None
        process.kill()
    for child in before:
        os.killpg(child, signal.SIGKILL)
    assert demo.says("PostgreSQL 意外退出")
    assert demo.says("Valkey 意外退出")

    def back() -> bool:
        try:
            return get(port, "/") == "/" and not set(before) & set(children(home))
        except OSError:
            return False

    assert processes.wait_until(back, 20)


def test_a_site_that_cannot_boot_ends_the_demo_with_its_reason(home: Path, start: Start) -> None:
    demo = start(processes.free_port(), STAND_IN_FAILS="1")
    assert demo.process.wait(60) == 1
    assert "连续 3 次启动失败" in demo.output.read_text()
    assert "the page that failed on purpose" in demo.output.read_text()
    assert PostgresServer(home).process() is None
