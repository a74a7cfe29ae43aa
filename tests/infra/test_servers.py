import os
import signal
import stat
from base64 import b64decode
from functools import partial
from pathlib import Path

import pytest

from infra import urls
from infra.errors import InfraError
from infra.processes import gone, wait_until
from infra.servers import Environment, Servers
from tests.infra.conftest import query

NAMES = {
    "LIANXIN_DATABASE_URL",
    "LIANXIN_DATABASE_OWNER_URL",
    "LIANXIN_DATABASE_ROLLUP_URL",
    "LIANXIN_REDIS_URL",
    "LIANXIN_SECRET_KEY",
    "LIANXIN_DATA_KEYS",
    "LIANXIN_HOME",
    "LIANXIN_BLOB_URL",
}


def embedded(home: Path, **given: str) -> Servers:
    return Servers(home, fast=True, environ=given)


def test_the_environment_is_complete_and_the_same_at_every_start(home: Path) -> None:
    servers = embedded(home)
    first = servers.start()
    assert set(first.env) == NAMES
    servers.stop()
    assert embedded(home).start().env == first.env
    name, _, key = first.env["LIANXIN_DATA_KEYS"].partition(":")
    assert (name, len(b64decode(key))) == ("k1", 32)
    assert len(first.env["LIANXIN_SECRET_KEY"]) >= 32


def test_secrets_can_be_read_by_their_owner_alone(home: Path) -> None:
    embedded(home).start()
    assert stat.S_IMODE((home / "secrets.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_a_given_secret_is_used_and_not_written_down(home: Path) -> None:
    environment = embedded(home, LIANXIN_SECRET_KEY="given by the operator").start()
    assert environment.env["LIANXIN_SECRET_KEY"] == "given by the operator"
    assert "given by the operator" not in (home / "secrets.json").read_text()


def test_servers_that_ran_before_are_left_running(home: Path) -> None:
    first, second = embedded(home), embedded(home)
    first.start()
    second.start()
    second.stop()
    assert first.postgres.process() is not None
    assert first.valkey.process() is not None
    first.stop()
    assert first.postgres.process() is None
    assert first.valkey.process() is None


def test_two_homes_run_side_by_side_and_know_nothing_of_each_other(home: Path, environment: Environment) -> None:
    other = embedded(home).start()
    for name in NAMES - {"LIANXIN_HOME"}:
        assert other.env[name] != environment.env[name]
    query(other.env["LIANXIN_DATABASE_URL"], "select 1")
    query(environment.env["LIANXIN_DATABASE_URL"], "select 1")


def test_the_successor_of_a_killed_starter_stops_what_that_one_had_started(home: Path) -> None:
    killed = Servers(home, fast=True, environ={}, ownership=home / "owned")
    killed.start()
    successor = Servers(home, fast=True, environ={}, ownership=home / "owned")
    successor.start()
    successor.stop()
    assert successor.postgres.process() is None
    assert successor.valkey.process() is None


def test_a_server_that_dies_is_revived_on_its_port(home: Path) -> None:
    servers = embedded(home)
    environment = servers.start()
    for server in (servers.postgres, servers.valkey):
        process = server.process()
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        assert wait_until(partial(gone, process), 5)
    assert servers.revive() == ["PostgreSQL", "Valkey"]
    assert servers.revive() == []
    assert embedded(home).start().env == environment.env


def test_another_database_has_the_same_roles_and_its_own_queue(environment: Environment) -> None:
    other = environment.database("another", redis_db=3)
    assert urls.database_of(other.env["LIANXIN_DATABASE_URL"]) == "another"
    assert other.env["LIANXIN_REDIS_URL"].endswith("/3")
    assert query(other.env["LIANXIN_DATABASE_OWNER_URL"], "select current_database()") == [("another",)]
    environment.drop("another")


def test_given_servers_are_provisioned_and_none_is_started(home: Path, environment: Environment) -> None:
    """The administrator's URL names a database that does not exist yet: it is made under that name."""
    assert environment.admin_url is not None
    given = urls.on_database(environment.admin_url, "outside").replace("+psycopg", "")
    servers = embedded(home, LIANXIN_DATABASE_URL=given, LIANXIN_REDIS_URL=environment.env["LIANXIN_REDIS_URL"])
    outside = servers.start()
    assert not (home / "postgres").exists()
    assert not (home / "valkey").exists()
    assert outside.env["LIANXIN_REDIS_URL"] == environment.env["LIANXIN_REDIS_URL"]
    row = query(outside.env["LIANXIN_DATABASE_URL"], "select current_user, current_database()")
    assert row == [("lianxin_app", "outside")]
    assert servers.start().env == outside.env
    outside.drop("outside")
    Servers(environment.home, fast=True, environ={}).start()  # gives the shared roles their own passwords back


def test_given_roles_are_taken_as_they_are(home: Path, environment: Environment) -> None:
    given = {name: value for name, value in environment.env.items() if "DATABASE" in name or "REDIS" in name}
    outside = embedded(home, **given).start()
    assert {name: outside.env[name] for name in given} == given
    assert outside.admin_url is None
    with pytest.raises(InfraError, match="CREATEDB"):
        outside.database("another")


def test_an_owner_without_a_rollup_role_is_asked_for_it(home: Path, environment: Environment) -> None:
    given = {name: value for name, value in environment.env.items() if "DATABASE" in name and "ROLLUP" not in name}
    with pytest.raises(InfraError, match="LIANXIN_DATABASE_ROLLUP_URL"):
        embedded(home, **given).start()


def test_a_weak_account_is_told_which_rights_or_variables_are_missing(home: Path, environment: Environment) -> None:
    with pytest.raises(InfraError, match=r"CREATEROLE.*LIANXIN_DATABASE_OWNER_URL"):
        embedded(home, LIANXIN_DATABASE_URL=environment.env["LIANXIN_DATABASE_URL"]).start()


def test_a_queue_that_does_not_answer_stops_what_was_started_before(home: Path) -> None:
    servers = embedded(home, LIANXIN_REDIS_URL="redis://127.0.0.1:1/0")
    with pytest.raises(InfraError, match="LIANXIN_REDIS_URL"):
        servers.start()
    assert servers.postgres.process() is None
