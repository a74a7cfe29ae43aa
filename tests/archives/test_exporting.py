"""A union leaves as one file and comes in elsewhere, under other keys, with nothing forgotten."""

from __future__ import annotations

import csv
import io
import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from access.actor import Work, system_actor
from archives import exporting, restoring
from archives.human import safe
from archives.shape import LEFT_OUT, carried, owned, undecided
from audit.services import verify
from cases import attaching
from cases.handling import ExternalBody, Mediator
from cases.identity import cases_of_person, reveal
from cases.intake import NewCase, NewParty, register
from dispatches.services import escalate
from documents import attachments, blobs
from documents.attachments import Upload
from infra.servers import Environment
from infra.vault import new_data_keys
from kernel.blobs import Files, FileStore
from kernel.crypto import FieldCipher
from kernel.db import Database
from kernel.errors import ConflictError, ForbiddenError, InvalidError, NoTenantError
from kernel.settings import Settings, parse_data_keys
from tests import template
from tests.builders import Federation
from tests.dispatches.test_inheritance import full
from tests.documents.uploads import TEXT
from tests.leaks.catalogue import tenant_tables

PASSPHRASE = "测试口令-足够长的一句话"


@pytest.fixture
def elsewhere(servers: Environment) -> Iterator[tuple[Database, FieldCipher, Settings]]:
    """An empty deployment with other data keys."""
    name = f"lianxin_elsewhere_{os.getpid()}"
    environment = template.copied(servers, name)
    settings = replace(Settings.from_env(environment.env), data_keys=parse_data_keys(new_data_keys()))
    database = Database(settings.database_url)
    yield database, FieldCipher(settings.data_keys), settings
    database.engine.dispose()
    servers.drop(name)


@pytest.fixture
def worked(federation: Federation) -> Federation:
    """A district with cases in several states, a letter to the city and one from the street."""
    federation.register("clerk@east", title="=2+3 工资未发", parties=(NewParty(name="测试乙", phone="13800002222"),))
    decided = federation.decided("east")
    assert decided.decided_at is not None
    for slug in ("east", "street"):
        case = federation.accepted(slug, title="反映工伤待遇")
        with federation.work(f"head@{slug}") as work:
            escalate(work, case.number, reason="需要上级协调解决", request="请求协调用人单位")
    return federation


def export(federation: Federation, target: Path, slug: str = "east") -> exporting.Export:
    with federation.database.session(federation.ids[slug]) as session, session.begin():
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        cipher, files = federation.cipher, federation.files
        work = Work(session, system_actor(federation.ids[slug]), federation.clock, cipher, files=files)
        return exporting.write(work, target, PASSPHRASE)


def test_every_tenants_table_is_exported_or_left_out_for_a_reason() -> None:
    assert {table.name for table in owned()} == set(tenant_tables())
    assert set(LEFT_OUT) <= set(tenant_tables())
    assert undecided() == []


def test_a_union_leaves_whole_and_comes_in_under_other_keys(
    worked: Federation, elsewhere: tuple[Database, FieldCipher, Settings], tmp_path: Path
) -> None:
    target, (database, cipher, _settings), east = tmp_path / "east.zip", elsewhere, worked.ids["east"]
    made = export(worked, target)
    found = restoring.restore(database, cipher, worked.clock, target, PASSPHRASE)
    assert (found.tenant_id, found.slug) == (east, "east")
    for table in carried():
        statement = text(f"select count(*) from {table.name} where tenant_id = :t")
        counts = []
        for place in (worked.database, database):
            with place.transaction(east) as session:
                counts.append(session.execute(statement, {"t": east}).scalar_one())
        extra = 1 if table.name == "audit_events" else 0
        if table.name not in ("daily_facts", "fact_deltas"):
            assert counts[1] == counts[0] + extra, table.name
        assert made.counts[table.name] == counts[0]
    with database.transaction(east) as session:
        assert verify(session)[1] is None
    restored = Federation.__new__(Federation)
    restored.__dict__ |= worked.__dict__ | {"database": database, "cipher": cipher}
    with restored.work("head@east") as work:
        number = work.session.execute(text("select number from cases order by number limit 1")).scalar_one()
        person = reveal(work, number, 1, "核对来访人身份")
        assert (person.name, person.phone) == ("测试乙", "13800002222")
        assert cases_of_person(work, name=None, phone="13800002222")[0].number == number
    with restored.work("clerk@east") as work:
        case = register(
            work,
            NewCase(
                channel="visit",
                title="恢复后登记",
                content="恢复之后新来的事项。",
                received_on=date(2026, 3, 2),
                parties=(NewParty(name="测试丙"),),
            ),
        )
    assert case.number == "东总工信〔2026〕000004"


#: What hangs on a case since papers, intake and handling have tables of their own.
HANGING = (
    *("attachments", "documents", "document_drafts", "servings", "case_tokens", "workplaces", "case_tasks"),
    *("case_results", "claim_results", "case_assignments", "case_ratings", "follow_ups", "mediators"),
    "external_bodies",
)


def test_all_that_hangs_on_a_case_comes_in_row_by_row(
    federation: Federation, elsewhere: tuple[Database, FieldCipher, Settings], tmp_path: Path
) -> None:
    full(federation)
    closed = federation.decided("west")
    closing = {
        "delivery": "in_person",
        "delivered_on": "2026-03-02",
        "executed_on": "2026-03-02",
        "receipt": "signed",
        "result": "已经全部补发",
    }
    federation.act("handler@west", closed.number, "close", **closing)
    rating = {"rated_about": "unit", "rating": "satisfied", "told_how": "call", "reason": "电话里说的"}
    federation.act("clerk@west", closed.number, "rate", **rating)
    west, (database, cipher, settings) = federation.ids["west"], elsewhere
    with federation.work_as_system("west") as work:
        work.session.add(Mediator(name="测试调解员", kind="lawyer"))
        work.session.add(ExternalBody(name="测试仲裁委", kind="arbitration"))
    export(federation, tmp_path / "west.zip", "west")
    files = Files(FileStore(tmp_path / "blobs"))
    restoring.restore(database, cipher, federation.clock, tmp_path / "west.zip", PASSPHRASE, files=files)
    for table in HANGING:
        # Everything but what another deployment's keys change.
        statement = text(f"select (to_jsonb(x) - 'blob')::text from {table} x order by 1")
        rows = []
        for place in (federation.database, database):
            with place.transaction(west) as session:
                rows.append(list(session.scalars(statement)))
        assert rows[0] and rows[1] == rows[0], table
    assert settings.data_keys


def test_a_union_that_the_package_only_names_is_a_closed_entry_that_can_come_in_later(
    worked: Federation, elsewhere: tuple[Database, FieldCipher, Settings], tmp_path: Path
) -> None:
    database, cipher, _settings = elsewhere
    export(worked, tmp_path / "east.zip")
    export(worked, tmp_path / "city.zip", "city")
    restoring.restore(database, cipher, worked.clock, tmp_path / "east.zip", PASSPHRASE)
    statuses = text("select slug, status from tenants where id <> 0")
    with database.transaction(0) as session:
        assert dict(session.execute(statuses).all()) == {"city": "closed", "east": "active", "street": "closed"}
    restored = Federation.__new__(Federation)
    restored.__dict__ |= worked.__dict__ | {"database": database, "cipher": cipher}
    case = restored.accepted("east")
    with pytest.raises(InvalidError), restored.work("head@east") as work:
        escalate(work, case.number, reason="需要上级协调解决", request="请求协调用人单位")
    restoring.restore(database, cipher, worked.clock, tmp_path / "city.zip", PASSPHRASE)
    with restored.work("head@east") as work:
        escalate(work, case.number, reason="需要上级协调解决", request="请求协调用人单位")
    with pytest.raises(ConflictError, match="已有数据"):
        restoring.restore(database, cipher, worked.clock, tmp_path / "city.zip", PASSPHRASE)


def test_nobodys_identity_stands_in_the_file_in_clear(worked: Federation, tmp_path: Path) -> None:
    export(worked, tmp_path / "east.zip")
    with zipfile.ZipFile(tmp_path / "east.zip") as package:
        everything = b"".join(package.read(name) for name in package.namelist())
        assert "测试乙".encode() not in everything and b"13800002222" not in everything
        keys = {line.split(b":")[0] for line in package.read("data/parties.jsonl").splitlines()}
        assert keys and b"name_index" not in package.read("data/parties.jsonl")
        rows = list(csv.reader(io.StringIO(package.read("cases.csv").decode("utf-8-sig"))))
        assert rows[1][1] == "'=2+3 工资未发" and len(rows) == 4
        assert len([name for name in package.namelist() if name.startswith("papers/")]) >= 2
        letters = list(csv.reader(io.StringIO(package.read("letters.csv").decode("utf-8-sig"))))
        assert sorted(row[2] for row in letters[1:]) == ["发出", "收到"]
        manifest = json.loads(package.read("manifest.json"))
        assert manifest["counts"]["cases"] == 3 and set(manifest["members"]) == set(package.namelist()) - {
            "manifest.json"
        }
    assert (tmp_path / "east.zip").stat().st_mode & 0o077 == 0


def test_another_unions_rows_are_not_in_the_file(worked: Federation, tmp_path: Path) -> None:
    worked.register("clerk@west", title="西区自己的事")
    export(worked, tmp_path / "east.zip")
    with zipfile.ZipFile(tmp_path / "east.zip") as package:
        for name in package.namelist():
            if name.startswith("data/"):
                rows = [json.loads(line) for line in package.read(name).splitlines()]
                assert {row["tenant_id"] for row in rows} <= {worked.ids["east"]}, name
        assert "西区自己的事".encode() not in b"".join(package.read(name) for name in package.namelist())


def test_a_spreadsheet_takes_no_cell_for_a_formula() -> None:
    assert [safe(value) for value in ("=1", "+1", "-1", "@x", "\t=1", "甲", None, 3)] == [
        *("'=1", "'+1", "'-1", "'@x", "'\t=1", "甲", "", "3"),
    ]


def test_nobody_but_the_operators_command_writes_a_union_out(worked: Federation, tmp_path: Path) -> None:
    for login in ("admin@east", "leader@east"):
        with pytest.raises(ForbiddenError), worked.work(login) as work:
            exporting.write(work, tmp_path / "x.zip", PASSPHRASE)
    with pytest.raises(InvalidError, match="口令太短"), worked.work_as_system("east") as work:
        exporting.write(work, tmp_path / "x.zip", "kurz")
    assert list(tmp_path.iterdir()) == []


def test_an_export_never_writes_over_a_file_and_leaves_none_behind_when_it_fails(
    worked: Federation, tmp_path: Path
) -> None:
    (tmp_path / "there.zip").write_bytes(b"x")
    with pytest.raises(ConflictError, match="已存在"):
        export(worked, tmp_path / "there.zip")
    with pytest.raises(InvalidError, match="不能写入"):
        export(worked, tmp_path / "nowhere" / "x.zip")
    with worked.work_as_system("east") as work:
        work.session.execute(text("update parties set name_sealed = '\\x00' where name_sealed is not null"))
    with pytest.raises(Exception, match="密钥缺失"):
        export(worked, tmp_path / "broken.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["there.zip"]


def test_a_passage_lets_nobody_into_two_unions_at_once(federation: Federation) -> None:
    with federation.database.passage() as enter, enter(0), pytest.raises(NoTenantError), enter(1):
        pass


def test_files_of_cases_leave_under_the_passphrase_and_come_in_under_other_keys(
    worked: Federation, elsewhere: tuple[Database, FieldCipher, Settings], tmp_path: Path
) -> None:
    case, (database, cipher, _settings) = worked.accepted("east"), elsewhere
    with worked.work("head@east") as work:
        kept = attaching.attach(work, case.number, [Upload("来信.txt", TEXT), Upload("误传.txt", TEXT + b"2")])
        attaching.remove(work, case.number, kept[1].id, "误传了别人的材料")
        # Removed and swept: its row still leaves, with nothing behind it.
        gone = kept[1].blob
        work.files.store.remove(f"{work.tenant_id}/{gone[:2]}/{gone}")
    export(worked, tmp_path / "east.zip")
    with zipfile.ZipFile(tmp_path / "east.zip") as package:
        members = [name for name in package.namelist() if name.startswith("files/attachments/")]
        assert members == [f"files/attachments/blob/{kept[0].id}"]
        assert TEXT not in package.read(members[0])
    there = Files(FileStore(tmp_path / "there"))
    restoring.restore(database, cipher, worked.clock, tmp_path / "east.zip", PASSPHRASE, files=there)
    restored = Federation.__new__(Federation)
    restored.__dict__ |= worked.__dict__ | {"database": database, "cipher": cipher, "files": there}
    with restored.work("head@east") as work:
        assert attaching.open_file(work, case.number, kept[0].id).content == TEXT
        assert [one.name for one in attachments.of_subject(work, case.id)] == ["来信.txt"]
    (path,) = [path for path in (tmp_path / "there").rglob("*") if path.is_file()]
    assert path.name != kept[0].blob, "its name tells nobody that it is the same file"


def test_the_files_of_a_destroyed_union_are_removed_and_no_others(worked: Federation) -> None:
    for slug in ("east", "street"):
        case = worked.accepted(slug)
        with worked.work(f"head@{slug}") as work:
            attaching.attach(work, case.number, [Upload("来信.txt", TEXT + slug.encode())])
    with worked.work_as_system("east") as work:
        assert blobs.shred(work) >= 1
        assert list(work.files.store.names(f"{work.tenant_id}/")) == []
    with worked.work_as_system("street") as work:
        assert list(work.files.store.names(f"{work.tenant_id}/")) != []
