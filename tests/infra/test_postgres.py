import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from infra import processes
from infra.errors import InfraError
from infra.postgres import PostgresServer
from tests.infra.conftest import Homes, query


def pid(server: PostgresServer) -> int:
    process = server.process()
    assert process is not None
    return process.pid


def test_a_wrong_password_is_refused(postgres: PostgresServer) -> None:
    assert query(postgres.admin_url, "select current_user") == [("postgres",)]
    password = postgres.admin_url.split(":")[2].split("@")[0]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        query(postgres.admin_url.replace(password, "wrong"), "select 1")


def test_the_server_listens_on_the_loopback_alone_and_has_no_socket(postgres: PostgresServer) -> None:
    shown = "select name, setting from pg_settings where name in ('listen_addresses', 'unix_socket_directories')"
    assert dict(query(postgres.admin_url, shown)) == {"listen_addresses": "127.0.0.1", "unix_socket_directories": ""}


def test_the_text_of_a_database_is_unicode_whatever_the_locale_of_the_caller(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.setenv("PGOPTIONS", "-c search_path=nowhere")
    server = PostgresServer(home, fast=True)
    server.start()
    monkeypatch.delenv("PGOPTIONS")
    assert query(
        server.admin_url,
        "select '工会' ~ '^[[:alpha:]]+$', pg_encoding_to_char(encoding) from pg_database where datname = 'postgres'",
    ) == [(True, "UTF8")]


def test_a_second_start_attaches_to_the_very_same_server(postgres: PostgresServer) -> None:
    other = PostgresServer(postgres.home, fast=True)
    assert other.start() is False
    assert pid(other) == pid(postgres)
    assert other.admin_url == postgres.admin_url


def test_data_survive_a_killed_postmaster_and_the_port_stays(postgres: PostgresServer) -> None:
    query(postgres.admin_url, "create table kept as select 7 as n")
    port, killed = postgres.port, pid(postgres)
    os.kill(killed, signal.SIGKILL)
    assert postgres.start() is True
    assert pid(postgres) != killed
    assert postgres.port == port
    assert query(postgres.admin_url, "select n from kept") == [(7,)]


def test_a_backend_that_outlives_its_postmaster_does_not_prevent_the_next_start(postgres: PostgresServer) -> None:
    with psycopg.connect(postgres.admin_url.replace("+psycopg", ""), autocommit=True) as busy:
        backend = busy.info.backend_pid
        os.kill(backend, signal.SIGSTOP)  # a stopped process cannot notice that its postmaster is gone
        os.kill(pid(postgres), signal.SIGKILL)
        assert postgres.start() is True
        assert processes.find(backend) is None
        assert query(postgres.admin_url, "select 1") == [(1,)]


def test_a_zombie_postmaster_is_not_taken_for_a_running_one(home: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from infra.postgres import PostgresServer;"
        "PostgresServer(Path(sys.argv[1]), fast=True).start(); print('up', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(home)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "up\n"
        server = PostgresServer(home, fast=True)
        dead = pid(server)
        os.kill(dead, signal.SIGKILL)  # its parent sleeps and never reaps it
        assert processes.wait_until(lambda: server.process() is None, 5)
        os.kill(dead, 0)  # the id still answers
        assert server.start() is True
        assert query(server.admin_url, "select 1") == [(1,)]
        parent.kill()


def test_a_pid_file_that_names_a_stranger_is_stale_and_the_stranger_is_left_alone(
    postgres: PostgresServer, sleeper: int
) -> None:
    pid_file = postgres.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    postgres.stop()
    pid_file.write_text("\n".join([str(sleeper), *lines[1:]]) + "\n")
    assert postgres.process() is None
    postgres.stop()
    assert postgres.start() is True
    assert query(postgres.admin_url, "select 1") == [(1,)]


def test_a_pid_file_that_names_another_home_s_server_stops_nothing_there(
    postgres: PostgresServer, tmp_path: Path, stopped_later: Homes
) -> None:
    other = PostgresServer(stopped_later(tmp_path / "other"), fast=True)
    other.start()
    pid_file = postgres.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    postgres.stop()
    pid_file.write_text("\n".join([str(pid(other)), *lines[1:]]) + "\n")
    assert postgres.start() is True
    assert pid(postgres) != pid(other)
    assert postgres.port != other.port
    assert query(other.admin_url, "select 1") == [(1,)]


def test_half_an_initialisation_is_thrown_away(home: Path) -> None:
    draft = home / "postgres" / "data.partial"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    server = PostgresServer(home, fast=True)
    assert server.start() is True
    assert not draft.exists()


def test_stopping_is_orderly_and_can_be_repeated(postgres: PostgresServer) -> None:
    postgres.stop()
    assert postgres.process() is None
    assert "database system is shut down" in postgres.log.read_text()
    postgres.stop()


def test_a_wanted_port_that_is_taken_is_named(postgres: PostgresServer, tmp_path: Path) -> None:
    with pytest.raises(InfraError, match=str(postgres.port)):
        PostgresServer(tmp_path / "late", postgres.port, fast=True).start()


def test_data_of_another_major_version_are_not_touched(postgres: PostgresServer) -> None:
    postgres.stop()
    (postgres.data / "PG_VERSION").write_text("16\n")
    with pytest.raises(InfraError, match="PostgreSQL 16"):
        postgres.start()
    (postgres.data / "PG_VERSION").write_text("18\n")
    assert postgres.start() is True


def test_the_server_never_runs_as_root_and_its_data_are_its_own(postgres: PostgresServer) -> None:
    process = postgres.process()
    assert process is not None
    assert process.uids().effective != 0
    assert postgres.data.stat().st_uid == process.uids().effective
    assert stat.S_IMODE(postgres.data.stat().st_mode) == 0o700


def test_a_home_that_other_users_cannot_reach_works_and_no_folder_is_opened_up(unreachable: Path) -> None:
    parents = [unreachable.parent, *unreachable.parent.parents]
    before = [stat.S_IMODE(place.stat().st_mode) for place in parents]
    server = PostgresServer(unreachable, fast=True)
    assert server.start() is True
    query(server.admin_url, "create table kept as select 7 as n")
    os.kill(pid(server), signal.SIGKILL)
    assert server.start() is True
    assert query(server.admin_url, "select n from kept") == [(7,)]
    assert [stat.S_IMODE(place.stat().st_mode) for place in parents] == before
