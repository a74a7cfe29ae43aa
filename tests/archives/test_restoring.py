"""Nothing half comes in: another schema, a changed row, a taken number leave the deployment as it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from archives import packages, restoring
from archives.packages import Writer
from kernel.crypto import FieldCipher
from kernel.db import Database
from kernel.errors import ConflictError, InvalidError
from kernel.settings import Settings
from tests.archives.test_exporting import PASSPHRASE, elsewhere, export, worked  # noqa: F401 - fixtures
from tests.builders import Federation

Elsewhere = tuple[Database, FieldCipher, Settings]


def rewritten(source: Path, change: Callable[[str, bytes], bytes], **told: object) -> Path:
    """The package as somebody who knows the passphrase could have made it: hashes and signature fit again."""
    reader, target = packages.Reader(source, PASSPHRASE), source.with_name("forged.zip")
    target.unlink(missing_ok=True)
    writer = Writer(target, PASSPHRASE)
    # The old salt, so that values sealed before still open.
    writer.seal, writer._kdf = reader.seal, reader.manifest["kdf"]
    for name in reader.manifest["members"]:
        with writer.member(name) as put:
            put(change(name, reader.whole(name)))
    kept = ("schema", "union", "audit_head", "counts")
    writer.finish({name: reader.manifest[name] for name in kept} | told)
    reader.close()
    return target


def state(database: Database) -> dict[str, int]:
    with database.transaction(0) as session:
        return {
            table: session.execute(text(f"select count(*) from {table}")).scalar_one()
            for table in ("tenants", "tenant_closure", "audit_events")
        }


def refused(elsewhere: Elsewhere, federation: Federation, source: Path, words: str) -> None:  # noqa: F811
    database, cipher, _settings = elsewhere
    before = state(database)
    with pytest.raises((InvalidError, ConflictError), match=words):
        restoring.restore(database, cipher, federation.clock, source, PASSPHRASE)
    assert state(database) == before
    with database.transaction(federation.ids["east"]) as session:
        assert session.execute(text("select count(*) from cases")).scalar_one() == 0


def test_a_package_that_does_not_fit_is_refused_whole(
    worked: Federation,  # noqa: F811
    elsewhere: Elsewhere,  # noqa: F811
    tmp_path: Path,
) -> None:
    source = tmp_path / "east.zip"
    export(worked, source)

    def same(_name: str, content: bytes) -> bytes:
        return content

    def on(member: str, change: Callable[[list[dict]], list[dict]]) -> Callable[[str, bytes], bytes]:
        def apply(name: str, content: bytes) -> bytes:
            if name != member:
                return content
            rows = change([json.loads(line) for line in content.splitlines()])
            return b"".join(json.dumps(row).encode() + b"\n" for row in rows)

        return apply

    own = worked.ids["east"]
    refused(elsewhere, worked, rewritten(source, same, schema="0001"), "结构版本是 0001")
    refused(
        elsewhere, worked, rewritten(source, on("data/cases.jsonl", lambda rows: rows[1:])), "行数与清单不符|外键"
    )
    foreign = on("data/documents.jsonl", lambda rows: [{**row, "tenant_id": own + 1} for row in rows])
    refused(elsewhere, worked, rewritten(source, foreign), "其他组织的数据")
    quiet = on("data/audit_events.jsonl", lambda rows: [{**row, "actor_name": "别人"} for row in rows])
    refused(elsewhere, worked, rewritten(source, quiet), "审计日志与其链尾不符")
    swapped = on("data/parties.jsonl", lambda rows: [{**row, "name_sealed": rows[0]["name_sealed"]} for row in rows])
    refused(elsewhere, worked, rewritten(source, swapped), "已被改动")
    unknown = on("data/cases.jsonl", lambda rows: [{**row, "category_code": "99.99"} for row in rows])
    refused(elsewhere, worked, rewritten(source, unknown), "cases 的数据与本平台不符")
    platform = {"id": 0, "slug": "platform", "name": "平台"}
    refused(elsewhere, worked, rewritten(source, same, union=platform), "不能作为单位恢复")
    # After all these refusals the deployment is still empty, and the good file comes in.
    database, cipher, _settings = elsewhere
    assert restoring.restore(database, cipher, worked.clock, source, PASSPHRASE).tenant_id == own
    with pytest.raises(ConflictError, match="已有数据"):
        restoring.restore(database, cipher, worked.clock, source, PASSPHRASE)


def test_a_number_or_a_name_that_is_taken_here_is_refused(
    worked: Federation,  # noqa: F811
    elsewhere: Elsewhere,  # noqa: F811
    tmp_path: Path,
) -> None:
    source, own = tmp_path / "east.zip", worked.ids["east"]
    export(worked, source)
    with elsewhere[0].transaction(0) as session:
        session.execute(
            text(
                "insert into tenants (id, slug, name, short_name, kind, code, level) "
                "values (:id, 'other', '他', '他', 'federation', '他', 1)"
            ),
            {"id": own},
        )
    refused(elsewhere, worked, source, "已属于其他组织")


def test_restored_figures_come_back_through_the_fold(
    worked: Federation,  # noqa: F811
    elsewhere: Elsewhere,  # noqa: F811
    tmp_path: Path,
) -> None:
    export(worked, tmp_path / "east.zip")
    database, cipher, settings = elsewhere
    restoring.restore(database, cipher, worked.clock, tmp_path / "east.zip", PASSPHRASE)
    statement = text("select sum(registered) from fact_deltas")
    with database.transaction(worked.ids["east"]) as session:
        assert session.execute(statement).scalar_one() == 3
    assert settings.data_keys[0].secret != worked.settings.data_keys[0].secret
