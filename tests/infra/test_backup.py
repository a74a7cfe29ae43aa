"""A backup is what was restored from it: a whole home put aside, lost, and made again."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from alembic import command
from sqlalchemy import text

from audit.services import verify
from cases import attaching
from cases.identity import reveal
from documents.attachments import Upload
from infra import backup, urls
from infra.errors import InfraError
from infra.servers import DATABASE, Servers
from infra.vault import Vault, new_data_keys
from kernel.blobs import files_of
from kernel.db import Database
from kernel.schema import alembic_config
from kernel.settings import Settings
from tests.builders import Federation
from tests.infra.conftest import query

TEXT = "三月份工资条，由职工本人提供。\n".encode()


@dataclass(frozen=True)
class Lost:
    """A backup, and what the home that it was taken of held."""

    folder: Path
    keys: Path
    federation: Federation
    number: str
    file: UUID
    counts: dict[str, int]
    head: tuple[int, bytes]


def counts_of(admin_url: str) -> dict[str, int]:
    """How many rows every table of the platform has, as the superuser sees them."""
    url = urls.on_database(admin_url, DATABASE)
    names = query(url, "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")
    return {str(name): int(str(query(url, f'select count(*) from "{name}"')[0][0])) for (name,) in names}


@pytest.fixture(scope="module")
def lost(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lost]:
    """A seeded home, put aside while its servers run, and then removed."""
    place = tmp_path_factory.mktemp("backup")
    home, folder, keys = place / "home", place / "2026-03-02", place / "elsewhere" / "keys.json"
    servers = Servers(home, fast=True, environ={})
    environment = servers.start()
    try:
        command.upgrade(alembic_config(environment.env["LIANXIN_DATABASE_OWNER_URL"]), "head")
        settings = Settings.from_env(environment.env)
        database = Database(settings.database_url)
        federation = Federation(database, settings, datetime(2026, 3, 2, 1, 30, tzinfo=UTC))
        number = federation.accepted().number
        with federation.work("handler@street") as work:
            (kept,) = attaching.attach(work, number, [Upload("工资条.txt", TEXT)])
        with database.transaction(federation.ids["street"]) as session:
            head = session.execute(text("select seq, hash from audit_heads")).one()
        assert environment.admin_url is not None
        counts = counts_of(environment.admin_url)
        backup.save(home, folder, keys, fast=True)
        assert servers.postgres.process() is not None, "servers that ran before are left running"
        refuse_partial_dumps(environment.env, folder.parent / "partial.dump")
        database.engine.dispose()
    finally:
        servers.stop()
    shutil.rmtree(home)
    yield Lost(folder, keys, federation, number, kept.id, counts, (head.seq, bytes(head.hash)))


def refuse_partial_dumps(env: dict[str, str], target: Path) -> None:
    """Whoever is bound by row level security gets no dump at all, never a part that looks like one."""
    for role in ("LIANXIN_DATABASE_URL", "LIANXIN_DATABASE_OWNER_URL", "LIANXIN_DATABASE_ROLLUP_URL"):
        for options in ((), ("--enable-row-security",)):
            with pytest.raises(InfraError, match="pg_dump 失败"):
                backup.run_program("pg_dump", env[role], *options, "--data-only", "--file", str(target), DATABASE)


def test_a_restored_home_opens_identities_and_files_and_its_chains_hold(lost: Lost, home: Path) -> None:
    backup.restore(home, lost.folder, lost.keys, fast=True)
    servers = Servers(home, fast=True, environ={})
    environment = servers.start()
    assert environment.admin_url is not None
    assert counts_of(environment.admin_url) == lost.counts
    settings = Settings.from_env(environment.env)
    database = Database(settings.database_url)
    database.assert_cannot_bypass()
    again = lost.federation
    again.database, again.settings = database, settings
    again.files = files_of(settings)
    for name, tenant in again.ids.items():
        with database.transaction(tenant) as session:
            count, problem = verify(session)
            assert problem is None and count > 0, name
            if name == "street":
                head = session.execute(text("select seq, hash from audit_heads")).one()
                assert (head.seq, bytes(head.hash)) == lost.head
    with again.work("handler@street") as work:
        assert reveal(work, lost.number, 1, "核对来访人身份").phone == "13800001111"
        assert attaching.open_file(work, lost.number, lost.file).content == TEXT
    # What a dump brings back to its defaults is closed again.
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        query(settings.database_url, "select set_config('app.tenant', '1', true)")
    database.engine.dispose()
    servers.stop()


def test_a_backup_is_private_and_holds_no_key(lost: Lost) -> None:
    assert stat.S_IMODE(lost.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(lost.keys.stat().st_mode) == 0o600
    secrets = json.loads(lost.keys.read_text())
    for path in lost.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(str(value).encode() in content for value in secrets.values()), path.name


def test_another_homes_keys_are_refused_before_anything_is_written(lost: Lost, tmp_path: Path) -> None:
    other = Vault(tmp_path)
    other.get(backup.DATA_KEYS, new_data_keys)
    with pytest.raises(InfraError, match="密钥文件不属于这份备份"):
        backup.restore(tmp_path / "fresh", lost.folder, other.path)
    assert not (tmp_path / "fresh").exists()


def test_a_home_that_was_started_already_is_refused(lost: Lost, tmp_path: Path) -> None:
    Vault(tmp_path).get(backup.DATA_KEYS, new_data_keys)
    with pytest.raises(InfraError, match="不是空目录"):
        backup.restore(tmp_path, lost.folder, lost.keys)


def test_a_backup_with_a_part_missing_or_changed_is_refused(lost: Lost, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(lost.folder, copy)
    next(path for path in (copy / backup.BLOBS).rglob("*") if path.is_file()).unlink()
    with pytest.raises(InfraError, match="不完整或被改动过"):
        backup.restore(tmp_path / "fresh", copy, lost.keys)
    shutil.rmtree(copy)
    shutil.copytree(lost.folder, copy)
    with (copy / backup.DUMP).open("ab") as file:
        file.write(b"x")
    with pytest.raises(InfraError, match="不完整或被改动过"):
        backup.restore(tmp_path / "fresh", copy, lost.keys)


def test_a_backup_overwrites_nothing_and_keeps_its_keys_elsewhere(lost: Lost, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    Vault(home).get(backup.DATA_KEYS, new_data_keys)
    for folder, keys, words in (
        (tmp_path / "new", tmp_path / "new" / "keys.json", "不能与备份放在同一个目录"),
        (lost.folder, tmp_path / "keys.json", "已存在"),
        (tmp_path / "new", lost.keys, "已存在"),
    ):
        with pytest.raises(InfraError, match=words):
            backup.save(home, folder, keys)
    with pytest.raises(InfraError, match="不是连心桥的数据目录"):
        backup.save(tmp_path / "nothing", tmp_path / "new", tmp_path / "keys.json")
    assert not (tmp_path / "new").exists()


def test_the_commands_say_what_they_did_or_what_is_in_the_way(
    lost: Lost, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--home", str(lost.folder), "--folder", str(lost.folder), "--keys", str(lost.keys)]
    assert backup.main(["restore", *words]) == 1
    assert "不是空目录" in capsys.readouterr().err
