import subprocess
import sys
from pathlib import Path

from infra.postgres import PostgresServer


def run(home: Path, command: str) -> "subprocess.CompletedProcess[str]":
    line = [sys.executable, "-m", "infra.servers", command, "--home", str(home)]
    env = {"PATH": "/usr/bin:/bin", "HOME": str(home.parent)}
    return subprocess.run(line, capture_output=True, text=True, check=False, env=env)


def test_the_servers_can_be_started_used_and_stopped_from_a_shell(home: Path) -> None:
    started = run(home, "env")
    assert started.returncode == 0, started.stderr
    lines = started.stdout.splitlines()
    assert all(line.startswith("export LIANXIN_") for line in lines)
    assert "PostgreSQL 已启动" in started.stderr
    assert "运行中" in run(home, "status").stdout
    assert run(home, "env").stdout == started.stdout
    assert run(home, "stop").returncode == 0
    assert "运行中" not in run(home, "status").stdout
    assert PostgresServer(home).process() is None
