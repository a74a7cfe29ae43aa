import os
import signal
import stat
from pathlib import Path

import pytest
import redis

from infra import processes
from infra.valkey import ValkeyServer


@pytest.fixture
def valkey(home: Path) -> ValkeyServer:
    server = ValkeyServer(home)
    server.start()
    return server


def client(server: ValkeyServer) -> "redis.Redis[str]":
    return redis.Redis.from_url(server.url, decode_responses=True)


def test_no_password_and_a_wrong_one_are_refused(valkey: ValkeyServer) -> None:
    for password in (None, "wrong"):
        with redis.Redis(port=valkey.port, password=password) as stranger, pytest.raises(redis.RedisError):
            stranger.ping()


def test_the_queue_refuses_rather_than_forgets(valkey: ValkeyServer) -> None:
    with client(valkey) as server:
        settings = server.config_get("maxmemory-policy", "appendonly", "appendfsync", "bind")
    assert settings == {
        "maxmemory-policy": "noeviction",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "bind": "127.0.0.1",
    }


def test_the_password_is_in_a_private_file_and_not_among_the_arguments(valkey: ValkeyServer) -> None:
    password = valkey.url.split(":")[2].split("@")[0]
    process = valkey.process()
    assert process is not None
    assert password not in " ".join(process.cmdline())
    assert stat.S_IMODE((valkey.root / "valkey.conf").stat().st_mode) == 0o600


def test_a_second_start_attaches(valkey: ValkeyServer) -> None:
    other = ValkeyServer(valkey.home)
    assert other.start() is False
    assert other.url == valkey.url


def test_a_killed_server_comes_back_with_its_jobs_on_the_same_port(valkey: ValkeyServer) -> None:
    port = valkey.port
    with client(valkey) as server:
        server.rpush("rq:queue:cases", "job")
    process = valkey.process()
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    assert valkey.start() is True
    assert valkey.port == port
    with client(valkey) as server:
        assert server.lrange("rq:queue:cases", 0, -1) == ["job"]


def test_a_pid_file_that_names_a_stranger_is_stale(valkey: ValkeyServer, sleeper: int) -> None:
    valkey.stop()
    (valkey.root / "valkey.pid").write_text(f"{sleeper}\n")
    assert valkey.process() is None
    valkey.stop()
    assert valkey.start() is True


def test_stopping_ends_the_process_and_can_be_repeated(valkey: ValkeyServer) -> None:
    process = valkey.process()
    assert process is not None
    valkey.stop()
    assert processes.find(process.pid) is None
    valkey.stop()
