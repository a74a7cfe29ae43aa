"""``lianxin audit verify`` and ``heads``: walk the chains, and compare them with what was noted outside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from audit import noted
from audit.reading import head
from audit.services import verify
from kernel.db import PLATFORM_TENANT, Database
from kernel.errors import InvalidError, LianxinError
from kernel.settings import Settings
from tenants import queries
from tenants.models import Tenant

_TENANT = click.option("--tenant", "slug", metavar="SLUG", help="只处理一个组织；不填为全部（含平台）")


@click.group("audit", help="审计日志")
def audit() -> None:
    """Commands about the log."""


@audit.command("heads", help="打印各条日志链的链尾（组织标识:条数:校验值），重定向到文件后留存在系统之外")
@_TENANT
def heads(slug: str | None) -> None:
    """Print what :func:`verify_chains` takes by ``--since``. Nothing is verified."""
    with _database() as database:
        for union in _wanted(database, slug):
            with database.transaction(union.id) as session:
                seq, digest = head(session)
            click.echo(noted.Noted(union.slug, seq, bytes.fromhex(digest)))


@audit.command("verify", help="校验审计日志的哈希链，与留存的链尾比对，并打印现在的链尾")
@_TENANT
@click.option(
    "--since",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="以前用 lianxin audit heads 留存的文件；可多次给出",
)
@click.option("--head", "single", multiple=True, metavar="SLUG:SEQ:HASH", help="以前留存的一条链尾；可多次给出")
def verify_chains(slug: str | None, files: Sequence[Path], single: Sequence[str]) -> None:
    """Verify one chain or all of them; every union is read under its own tenant.

    :raises InvalidError: for a file or a head that cannot be read, before any chain is walked.
    :raises LianxinError: when any chain is broken or a noted link is not there, after all of them were walked.
    """
    known = [noted.parse(text) for text in single]
    for file in files:
        known += noted.parse_all(file.read_text(encoding="utf-8").splitlines())
    with _database() as database:
        unions = _wanted(database, slug)
        outside = _by_union(known, slug)
        broken = sum(not _sound(database, union, outside.pop(union.slug, {})) for union in unions)
    for name in sorted(outside):
        click.echo(f"{name}：留存了它的链尾，现在却没有这个组织。", err=True)
    if broken or outside:
        raise LianxinError(f"有 {broken + len(outside)} 个组织的审计日志校验未通过。")


def _sound(database: Database, union: Tenant, outside: Mapping[int, bytes]) -> bool:
    if union.destroyed_at is not None:
        click.echo(f"{union.name}：数据已于 {union.destroyed_at:%Y-%m-%d} 依签署销毁，记录见平台的日志。")
        return True
    with database.session(union.id) as session:
        # One snapshot for the chain and its head: an event written meanwhile must not look like a break.
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        count, problem = verify(session, outside)
        last, digest = head(session)
    if problem is not None:
        click.echo(f"{union.name}：第 {problem.seq} 条{problem.reason}（其前 {count} 条完好）。", err=True)
        return False
    compared = f"，与留存的 {len(outside)} 条链尾相符" if outside else ""
    click.echo(f"{union.name}：{count} 条完好{compared}，链尾 {last} {digest}".rstrip())
    return True


def _by_union(known: Sequence[noted.Noted], slug: str | None) -> dict[str, dict[int, bytes]]:
    """Noted links by union and number; a file of all unions serves for one as well."""
    found: dict[str, dict[int, bytes]] = defaultdict(dict)
    for entry in known:
        if slug not in (None, entry.slug) or not entry.seq:
            continue
        if found[entry.slug].setdefault(entry.seq, entry.digest) != entry.digest:
            raise InvalidError(f"“{entry.slug}”第 {entry.seq} 条留存了两个不同的校验值，请核对哪一个是真的。")
    return found


def _wanted(database: Database, slug: str | None) -> list[Tenant]:
    with database.transaction(PLATFORM_TENANT) as session:
        if slug is not None:
            row = queries.by_slug(session, slug)
            if row is None:
                raise InvalidError(f"没有标识为“{slug}”的组织；可用 lianxin tenant list 查看。")
            return [row]
        found, after = [queries.get(session, PLATFORM_TENANT)], 0
        while rows := queries.page(session, after=after, limit=500):
            found += rows
            after = rows[-1].id
        return found


@contextmanager
def _database() -> Iterator[Database]:
    from web.app import checked_database

    database = checked_database(Settings.from_env())
    try:
        yield database
    finally:
        database.engine.dispose()
