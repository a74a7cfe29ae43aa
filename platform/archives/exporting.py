"""Write one union out: every row that is its own, in one snapshot, a few rows in memory at a time."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Date, Select, Table, Text, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from access.actor import Work
from access.roles import Role
from archives import human
from archives.packages import Writer
from archives.seals import Seal
from archives.shape import TREE_TABLES, Sealed, carried, sealed_of, undecided
from audit.reading import head
from dispatches.models import Letter
from kernel.db import Base
from kernel.errors import LianxinError
from kernel.schema import head as schema_head
from tenants.models import Tenant, TenantClosure

#: Rows in memory; of a letter's files, which may have many megabytes, one.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Export:
    """What was written: rows by table, and the SHA-256 of the manifest, by which the file is known for good."""

    counts: Mapping[str, int]
    digest: str

    @property
    def rows(self) -> int:
        """The union's own rows, as a restore counts them; the public tree's come on top."""
        return sum(self.counts[table.name] for table in carried())


def write(work: Work, target: Path, passphrase: str) -> Export:
    """Write the union of ``work`` to ``target``, a file that does not exist yet.

    The caller's transaction must be one REPEATABLE READ snapshot: rows that point at each other are read one table
    after the other.

    :raises ForbiddenError: for anybody but the system, whose hand the operator's command is.
    :raises InvalidError: for a short passphrase or a place where nothing can be written.
    :raises ConflictError: when the file exists.
    """
    work.actor.require((Role.SYSTEM,))
    if unknown := undecided():
        raise LianxinError(f"程序不完整：不知道如何导出 {unknown[0]}。")
    writer = Writer(target, passphrase)
    try:
        with writer.member("README.txt") as put:
            put(human.README.encode())
        counts = {table.name: _rows(work, writer, table) for table in carried()}
        counts |= _tree(work, writer)
        _readable(work, writer)
        seq, digest = head(work.session)
        own = work.session.get(Tenant, work.tenant_id)
        assert own is not None
        told = {
            "exported_at": work.clock.now().isoformat(),
            "schema": schema_head(),
            "union": {"id": own.id, "slug": own.slug, "name": own.name, "status": own.status},
            "audit_head": {"seq": seq, "hash": digest},
            "counts": counts,
        }
        return Export(counts, writer.finish(told))
    except BaseException:
        writer.abandon()
        raise


def _rows(work: Work, writer: Writer, table: Table) -> int:
    sealed = sealed_of(table)
    indexes = {how.index for how in sealed.values()}
    files = [name for name, how in sealed.items() if how.file]
    columns = [column for column in table.columns if column.name not in indexes and column.name not in files]
    statement = select(*columns).where(table.c.tenant_id == work.tenant_id).order_by(*table.primary_key.columns)
    count = 0
    with writer.member(f"data/{table.name}.jsonl") as put:
        for row in _stream(work, statement):
            line = {name: plain(value) for name, value in row.items()}
            for name, how in sealed.items():
                if name in row and row[name] is not None:
                    opened = work.cipher.open(work.tenant_id, how.named(row), row[name])
                    line[name] = _closed(writer.seal, opened, label(table, name, row))
            put(_line(line))
            count += 1
    for name in files:
        _files(work, writer, table, name, sealed[name])
    return count


def _files(work: Work, writer: Writer, table: Table, name: str, how: Sealed) -> None:
    keys = list(table.primary_key.columns)
    statement = select(*keys, table.c[name]).where(table.c.tenant_id == work.tenant_id, table.c[name].is_not(None))
    for row in _stream(work, statement, at_once=1):
        place = label(table, name, row)
        with writer.member(f"files/{place}") as put:
            put(writer.seal.close(work.cipher.open(work.tenant_id, how.named(row), row[name]), place))


def _closed(seal: Seal, opened: bytes, place: str) -> str:
    return base64.b64encode(seal.close(opened, place)).decode()


def label(table: Table, column: str, row: Mapping[str, Any]) -> str:
    """``table/column/key``: where a sealed value belongs. Moved elsewhere, it does not open."""
    keys = [str(row[key.name]) for key in table.primary_key.columns if key.name != "tenant_id"]
    return "/".join([table.name, column, *keys])


def _tree(work: Work, writer: Writer) -> dict[str, int]:
    """The public tree's rows about this union and every union that it has to do with."""
    ids = related(work)
    counts = {"tenants": 0}
    with writer.member("tree/tenants.jsonl") as put:
        for row in _shared(work, Tenant.__table__, Tenant.id.in_(ids)):  # type: ignore[arg-type]
            put(_line(row))
            counts["tenants"] += 1
    for name, (one, other) in TREE_TABLES.items():
        table = Base.metadata.tables[name]
        both = table.c[one].in_(ids) & or_(table.c[other].in_(ids), table.c[other].is_(None))
        with writer.member(f"tree/{name}.jsonl") as put:
            counts[name] = 0
            for row in _shared(work, table, both):
                put(_line(row))
                counts[name] += 1
    return counts


def related(work: Work) -> list[int]:
    """Numbers of the union itself, the line above it, the unions below it and everybody whom it has written with."""
    session, own = work.session, work.tenant_id
    found = {own}
    above = select(TenantClosure.ancestor_id).where(TenantClosure.descendant_id == own)
    below = select(TenantClosure.descendant_id).where(TenantClosure.ancestor_id == own)
    posts: tuple[InstrumentedAttribute[int], ...] = (Letter.sender_id, Letter.recipient_id)
    for statement in (above, below, *(select(post).where(Letter.tenant_id == own).distinct() for post in posts)):
        found |= set(session.scalars(statement))
    return sorted(found)


def _shared(work: Work, table: Table, condition: Any) -> Iterator[dict[str, Any]]:
    # As text where a date may be infinite, which Python cannot hold; PostgreSQL reads it back from the same words.
    columns = [
        as_text(column).label(column.name)
        if isinstance(getattr(column.type, "impl_instance", column.type), Date)
        else column
        for column in table.columns
    ]
    statement = select(*columns).where(condition).order_by(*table.primary_key.columns)
    for row in _stream(work, statement):
        yield {name: plain(value) for name, value in row.items()}


def as_text(column: Column[Any]) -> ColumnElement[str]:
    """A column as PostgreSQL writes it; a cast would go through the column's own way of reading."""
    return column.op("||", return_type=Text())(literal("", Text()))


def _stream(work: Work, statement: Select[Any], *, at_once: int = _AT_ONCE) -> Iterator[dict[str, Any]]:
    options = {"stream_results": True, "yield_per": at_once}
    found = work.session.connection().execute(statement, execution_options=options)
    try:
        for row in found.mappings():
            yield {str(name): value for name, value in row.items()}
    finally:
        # A write that fails half-way would otherwise leave the server's cursor open until it is collected.
        found.close()


def _readable(work: Work, writer: Writer) -> None:
    with writer.member("cases.csv") as put:
        human.table(human.CASE_HEADINGS, human.cases(work), put)
    with writer.member("letters.csv") as put:
        human.table(human.LETTER_HEADINGS, human.letters(work), put)
    for name, text in human.papers(work):
        with writer.member(f"papers/{name}") as put:
            put(text.encode())


def plain(value: Any) -> Any:
    """A value as JSON has it and as PostgreSQL reads it back."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return "\\x" + bytes(value).hex()
    return value


def _line(row: Mapping[str, Any]) -> bytes:
    return (json.dumps(row, ensure_ascii=False) + "\n").encode()
