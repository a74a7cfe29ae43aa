"""What only root can do: change to another account. `conftest.py` collects this file when the suite runs as root."""

import os
import shutil
import stat
from pathlib import Path

import pytest

from infra import programs
from infra.postgres import PostgresServer
from tests.infra.conftest import as_account, query


@pytest.fixture
def account(tmp_path: Path) -> programs.Account:
    """The account that root changes to here."""
    found = programs.account_for(tmp_path / "data")
    assert found is not None
    return found


def test_an_ordinary_user_and_root_run_their_servers_side_by_side(postgres: PostgresServer, open_place: Path) -> None:
    copy = programs.copy_to(open_place, programs.wheel())
    assert copy is not None
    wheel = next(copy.glob("*/pginstall*"))

    def ordinary() -> str:
        server = PostgresServer(open_place / "home", fast=True, wheel=wheel)
        fresh = server.start()
        uid = server.data.stat().st_uid
        answer = query(server.admin_url, "select 41 + 1")
        server.stop()
        return f"{fresh} {uid == os.getuid()} {answer} {server.process()}"

    assert as_account("nobody", ordinary) == "True True [(42,)] None"
    assert query(postgres.admin_url, "select 1") == [(1,)]


def test_a_home_of_another_user_is_refused_with_a_sentence(postgres: PostgresServer) -> None:
    answer = as_account("nobody", lambda: str(PostgresServer(postgres.home, fast=True).start()))
    assert answer.startswith("InfraError: 无")


def test_programs_that_the_account_cannot_reach_are_copied_used_again_and_removed(
    unreachable: Path, account: programs.Account
) -> None:
    hidden = unreachable.parent / "site-packages"
    package = programs.wheel().parent
    shutil.copytree(package, hidden / package.name, symlinks=True)
    shutil.copytree(package.with_name(f"{package.name}.libs"), hidden / f"{package.name}.libs")
    wheel = hidden / package.name / programs.wheel().name

    server = PostgresServer(unreachable, fast=True, wheel=wheel)
    assert server.start() is True
    assert query(server.admin_url, "select 1") == [(1,)]
    copy = Path((unreachable / "postgres" / "programs").read_text().strip())
    assert copy.stat().st_uid == os.geteuid()
    assert all(not stat.S_IMODE(place.stat().st_mode) & 0o022 for place in copy.rglob("*"))
    again = programs.reachable(wheel, account, unreachable / "postgres" / "programs")
    assert copy in again.parents
    server.stop()
    assert not copy.exists()


def test_a_copy_that_another_user_could_have_filled_is_not_believed(
    unreachable: Path, open_place: Path, account: programs.Account
) -> None:
    planted = open_place / "lianxin-pg-0-planted"
    planted.mkdir()
    os.chown(planted, account.uid, account.gid)
    note = unreachable.parent / "programs"
    note.write_text(str(planted))
    programs.forget_copy(note)
    assert planted.exists()
