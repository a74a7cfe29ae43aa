"""``lianxin audit verify``: walk the chains and print their heads, to be noted outside the database."""

from __future__ import annotations

import click

from audit.reading import head
from audit.services import verify
from kernel.db import PLATFORM_TENANT, Database
from kernel.errors import InvalidError, LianxinError
from kernel.settings import Settings
from tenants import queries


@click.group("audit", help="审计日志")
def audit() -> None:
    """Commands about the log."""


@audit.command("verify", help="校验审计日志的哈希链，并打印链尾以便另行留存")
@click.option("--tenant", "slug", metavar="SLUG", help="只校验一个组织；不填校验全部（含平台）")
def verify_chains(slug: str | None) -> None:
    """Verify one chain or all of them; every union is read under its own tenant.

    :raises LianxinError: when any chain is broken, after all of them were walked.
    """
    from web.app import checked_database

    database = checked_database(Settings.from_env())
    try:
        broken = sum(not _sound(database, tenant_id, name) for tenant_id, name in _wanted(database, slug))
    finally:
        database.engine.dispose()
    if broken:
        raise LianxinError(f"有 {broken} 个组织的审计日志校验未通过。")


def _sound(database: Database, tenant_id: int, name: str) -> bool:
    with database.session(tenant_id) as session:
        # One snapshot for the chain and its head: an event written meanwhile must not look like a break.
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        count, problem = verify(session)
        last, digest = head(session)
    if problem is not None:
        click.echo(f"{name}：第 {problem.seq} 条{problem.reason}（其前 {count} 条完好）。", err=True)
        return False
    click.echo(f"{name}：{count} 条完好，链尾 {last} {digest}".rstrip())
    return True


def _wanted(database: Database, slug: str | None) -> list[tuple[int, str]]:
    with database.transaction(PLATFORM_TENANT) as session:
        if slug is not None:
            row = queries.by_slug(session, slug)
            if row is None:
                raise InvalidError(f"没有标识为“{slug}”的组织；可用 lianxin tenant list 查看。")
            return [(row.id, row.name)]
        found, after = [queries.get(session, PLATFORM_TENANT)], 0
        while rows := queries.page(session, after=after, limit=500):
            found += rows
            after = rows[-1].id
        return [(row.id, row.name) for row in found]
