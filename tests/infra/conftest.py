"""Real servers in short-lived homes; whatever a test leaves running is stopped by its home."""

import os
import pwd
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from infra import urls
from infra.postgres import PostgresServer
from infra.servers import Environment, Servers
from infra.valkey import ValkeyServer

Homes = Callable[[Path], Path]

# An ordinary user cannot change to another one; everything else here runs as that user as it does as root.
collect_ignore = [] if os.geteuid() == 0 else ["test_as_root.py"]


def query(url: str, statement: str) -> list[tuple[object, ...]]:
    """Run one statement in a connection of its own; returns the rows, or none."""
    with psycopg.connect(urls.libpq(url), autocommit=True, connect_timeout=10) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def as_account(name: str, function: Callable[[], str]) -> str:
    """Run a function in a forked child as an ordinary user; returns what it returned, or the error's text.

    A fork and not a new interpreter: the interpreter may lie where that user cannot go.
    """
    entry = pwd.getpwnam(name)
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(entry.pw_gid)
            os.setuid(entry.pw_uid)
            os.write(writer, function().encode())
        except BaseException as error:
            os.write(writer, f"{type(error).__name__}: {error}".encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answers:
        answer = answers.read()
    os.waitpid(child, 0)
    return answer


@pytest.fixture
def stopped_later() -> Iterator[Homes]:
    """Register homes whose servers are stopped when the test is over, however it ends."""
    homes: list[Path] = []

    def register(home: Path) -> Path:
        homes.append(home)
        return home

    yield register
    for home in homes:
        ValkeyServer(home).stop()
        PostgresServer(home).stop()


@pytest.fixture
def home(tmp_path: Path, stopped_later: Homes) -> Path:
    """A home of this test's own."""
    return stopped_later(tmp_path / "home")


@pytest.fixture
def postgres(home: Path) -> PostgresServer:
    """A running cluster of this test's own."""
    server = PostgresServer(home, fast=True)
    server.start()
    return server


@pytest.fixture
def unreachable(stopped_later: Homes) -> Iterator[Path]:
    """A home below a folder that nobody but its owner can enter, such as /root."""
    place = Path(tempfile.mkdtemp(prefix="lianxin-closed-", dir=Path.home()))
    inner = place / "clone"
    inner.mkdir(mode=0o700)
    yield stopped_later(inner / "var")
    for server in (ValkeyServer(inner / "var"), PostgresServer(inner / "var")):
        server.stop()
    shutil.rmtree(place)


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder that every user of the machine can enter and write to."""
    place = Path(tempfile.mkdtemp(prefix="lianxin-open-"))
    place.chmod(0o777)
    yield place
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """Servers that the tests of a module share; nobody kills these."""
    servers = Servers(tmp_path_factory.mktemp("shared") / "home", fast=True, environ={})
    yield servers.start()
    servers.stop()


@pytest.fixture
def sleeper() -> Iterator[int]:
    """The id of a living process that is none of ours."""
    with subprocess.Popen(["sleep", "600"]) as process:
        yield process.pid
        assert process.poll() is None, "a process that is none of ours was stopped"
        process.kill()
