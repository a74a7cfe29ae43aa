"""Take a union in from its export: everything is checked first, then all of it is written or nothing."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.exc import DataError, IntegrityError

from access.actor import Work, system_actor
from archives.exporting import as_text, label, plain
from archives.packages import Reader
from archives.shape import TREE_TABLES, carried, model_of, sealed_of
from audit.reading import head
from audit.services import record, verify
from documents import blobs
from kernel.blobs import NO_FILES, Files
from kernel.bulk import insert_rows
from kernel.bus import Bus
from kernel.clock import Clock
from kernel.crypto import FieldCipher
from kernel.db import PLATFORM_TENANT, Base, Database, TenantSession
from kernel.errors import ConflictError, InvalidError
from kernel.ids import uuid7
from kernel.schema import head as schema_head
from measures.models import COUNTS, OWN, FactDelta
from tenants.models import NOT_MOVED_IN, Tenant

_BATCH = 1_000
#: The facts are the carrier's to write: a restored union's own come back as deltas, and the fold makes facts of them.
_FACTS = "daily_facts"
#: Stands where the bytes of a removed file were swept away before the export.
_SWEPT = "-"


@dataclass(frozen=True, slots=True)
class Restored:
    """What came in: the union and how many rows."""

    tenant_id: int
    slug: str
    name: str
    rows: int


def restore(
    database: Database,
    cipher: FieldCipher,
    clock: Clock,
    source: Path,
    passphrase: str,
    *,
    files: Files = NO_FILES,
) -> Restored:
    """Check a package and write the union that it holds, under the number that it always had.

    Identities are sealed again under this deployment's keys and found by new blind indexes. Unions that the package
    only names become closed entries of the tree, so that nobody else gets their numbers and no letter goes to them.

    :raises InvalidError: for a damaged or changed file, a wrong passphrase, another schema.
    :raises ConflictError: when the number or the name is taken here.
    """
    reader = Reader(source, passphrase)
    try:
        manifest = reader.manifest
        if manifest["schema"] != schema_head():
            raise InvalidError(
                f"导出文件的数据库结构版本是 {manifest['schema']}，本平台是 {schema_head()}：请用结构相同的程序恢复，"
                "再升级（lianxin db upgrade）。"
            )
        tenant_id, slug = int(manifest["union"]["id"]), str(manifest["union"]["slug"])
        if tenant_id == PLATFORM_TENANT:
            raise InvalidError("平台本身不能作为单位恢复。")
        with database.passage() as enter:
            with enter(PLATFORM_TENANT) as session:
                _Tree(session, reader, tenant_id).write()
                platform = Work(session, system_actor(PLATFORM_TENANT), clock, cipher, Bus())
                told = {"tenant": tenant_id, "slug": slug, "manifest": reader.digest}
                record(platform, "tenant:restore", subject_type="tenant", data=told)
            with enter(tenant_id) as session:
                work = Work(session, system_actor(tenant_id), clock, cipher, Bus(), files)
                rows = sum(_table(work, reader, table) for table in carried())
                _check_log(work, manifest["audit_head"])
                record(work, "tenant:restore", subject_type="tenant", data=told)
        return Restored(tenant_id, slug, str(manifest["union"]["name"]), rows)
    finally:
        reader.close()


def _check_log(work: Work, told: dict[str, Any]) -> None:
    _count, problem = verify(work.session)
    if problem is not None or head(work.session) != (told["seq"], told["hash"]):
        raise InvalidError("导出文件中的审计日志与其链尾不符，已拒绝恢复。")


class _Tree:
    """The entries of the tree that a package brings along."""

    def __init__(self, session: TenantSession, reader: Reader, own: int) -> None:
        self._session, self._reader, self._own = session, reader, own

    def write(self) -> None:
        rows = list(self._reader.lines("tree/tenants.jsonl"))
        there = {row.id: row for row in self._session.scalars(select(Tenant))}
        slugs, known = {row.slug: row.id for row in there.values()}, {row["id"] for row in rows}
        fresh = []
        for row in rows:
            number, slug = row["id"], row["slug"]
            if number == PLATFORM_TENANT:
                continue
            standing = there.get(number)
            if slugs.get(slug, number) != number or (standing is not None and standing.slug != slug):
                raise ConflictError(
                    f"编号 {number} 或标识“{slug}”在本平台已属于其他组织，不能恢复：请恢复到空的部署。"
                )
            if number == self._own and standing is not None:
                self._take_place(standing, row)
            elif standing is None:
                fresh.append(self._entry(row, known | there.keys()))
        # One statement: entries point at each other, and the keys are looked at when it ends.
        insert_rows(self._session, Tenant, fresh)
        for name in TREE_TABLES:
            self._lines(Base.metadata.tables[name])

    def _entry(self, row: dict[str, Any], known: set[int]) -> dict[str, Any]:
        # A column that points at a union which the package does not name would point into the void.
        pointing = [key.parent.name for key in Tenant.__table__.foreign_keys]
        entry = {name: None if name in pointing and value not in known else value for name, value in row.items()}
        if row["id"] != self._own:
            entry |= {"status": "closed", "status_reason": NOT_MOVED_IN}
        return entry

    def _take_place(self, standing: Tenant, row: dict[str, Any]) -> None:
        """A union that another one's export had only named comes in itself."""
        if standing.status_reason != NOT_MOVED_IN:
            raise ConflictError(f"“{standing.name}”（编号 {standing.id}）在本平台已有数据，不能恢复。")
        standing.status, standing.status_reason = row["status"], row["status_reason"]
        self._session.flush()

    def _lines(self, table: Table) -> None:
        # As text, because a date may be infinite. The first two columns of either key are unions.
        keys = [column.name for column in table.primary_key.columns]
        statement = select(*(as_text(table.c[key]) for key in keys))
        there = {tuple(row) for row in self._session.execute(statement)}
        rows = [
            row
            for row in self._reader.lines(f"tree/{table.name}.jsonl")
            if tuple(str(row[key]) for key in keys) not in there
            and PLATFORM_TENANT not in (row[name] for name in TREE_TABLES[table.name])
        ]
        insert_rows(self._session, model_of(table), rows)


def _table(work: Work, reader: Reader, table: Table) -> int:
    """Write one table's rows and return how many."""
    found = batches(_rows(work, reader, table))
    count = 0
    for batch in found:
        count += len(batch)
        try:
            if table.name == _FACTS:
                insert_rows(work.session, FactDelta, [_delta(row) for row in batch if _is_own(row)])
            else:
                insert_rows(work.session, model_of(table), batch)
        except (IntegrityError, DataError):
            # Without the driver's text, which quotes values.
            raise InvalidError(f"导出文件中 {table.name} 的数据与本平台不符（代码表或约束），已拒绝恢复。") from None
    if count != reader.manifest["counts"].get(table.name):
        raise InvalidError(f"导出文件中 {table.name} 的行数与清单不符，已拒绝恢复。")
    return count


def _rows(work: Work, reader: Reader, table: Table) -> Iterator[dict[str, Any]]:
    sealed, cipher, tenant = sealed_of(table), work.cipher, work.tenant_id
    for row in reader.lines(f"data/{table.name}.jsonl"):
        if row["tenant_id"] != tenant:
            raise InvalidError(f"导出文件中 {table.name} 有其他组织的数据，已拒绝恢复。")
        for name, how in sealed.items():
            place = label(table, name, row)
            if how.file or how.blob:
                closed = reader.whole(f"files/{place}") if reader.has(f"files/{place}") else None
            else:
                closed = base64.b64decode(row[name]) if row[name] is not None else None
            opened = reader.seal.open(closed, place) if closed is not None else None
            if how.blob:
                # Its key comes from this deployment's keys. Without a member the file had been removed and swept.
                row[name] = blobs.keep(work, opened) if opened is not None else _SWEPT
                continue
            row[name] = plain(cipher.seal(tenant, how.named(row), opened)) if opened is not None else None
            if how.index is not None:
                again = cipher.blind_index(tenant, how.field, opened.decode()) if opened is not None else None
                row[how.index] = plain(again)
        yield row


def _is_own(row: dict[str, Any]) -> bool:
    return bool(row["subject_id"] == row["tenant_id"] and row["scope"] == OWN)


def _delta(row: dict[str, Any]) -> dict[str, Any]:
    names = ("tenant_id", "day", "category", "channel", *COUNTS)
    return {"id": str(uuid7())} | {name: row[name] for name in names}


def batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The same rows in lists of a thousand at most."""
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
