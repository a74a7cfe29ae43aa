"""``lianxin tenant export`` and ``restore``: a whole union as one file, and back in another deployment.

There is no download by the web: such a file is everything that a union has, and a browser is no place to leave it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from access.actor import Work, system_actor
from archives.exporting import write
from archives.restoring import restore
from archives.seals import check_passphrase
from audit.services import record
from kernel.blobs import files_of
from kernel.bus import Bus
from kernel.clock import SystemClock
from kernel.crypto import FieldCipher
from kernel.db import PLATFORM_TENANT, Database
from kernel.errors import InvalidError
from kernel.settings import Settings
from tenants import queries
from tenants.models import Tenant

_PASSPHRASE_FILE = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="从文件第一行读取口令；不给则当场输入（不回显）",
)


@click.command("export", help="导出一个组织的全部数据到一个文件（口令加密身份信息和附件）")
@click.argument("slug")
@click.option("--to", "target", required=True, type=click.Path(dir_okay=False, path_type=Path), help="写入的文件")
@_PASSPHRASE_FILE
def export_union(slug: str, target: Path, passphrase_file: Path | None) -> None:
    """Write the file, and note in both logs that it was written and which it is."""
    settings = Settings.from_env()
    with opened(settings) as database:
        union = known(database, slug)
        passphrase = check_passphrase(_passphrase(passphrase_file, confirm=True))
        with inside(database, settings, union.id) as work:
            record(work, "tenant:export", subject_type="tenant", data={"slug": slug})
        with inside(database, settings, union.id, snapshot=True) as work:
            made = write(work, target, passphrase)
        with inside(database, settings, PLATFORM_TENANT) as work:
            told = {"tenant": union.id, "slug": slug, "manifest": made.digest, "rows": made.rows}
            record(work, "tenant:export", subject_type="tenant", data=told)
    click.echo(f"已导出“{union.name}”：{made.rows:,} 行，写入 {target}")
    click.echo(f"清单校验值（SHA-256）：{made.digest}")
    click.echo("请另行记下校验值，口令与文件分开保管；文件按工作秘密保管。")


@click.command("restore", help="把导出文件恢复到本平台（先核对全部校验值，要么全部写入要么什么都不写）")
@click.argument("source", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_PASSPHRASE_FILE
def restore_union(source: Path, passphrase_file: Path | None) -> None:
    """Take a union in under its own number."""
    settings = Settings.from_env()
    with opened(settings) as database:
        passphrase = _passphrase(passphrase_file, confirm=False)
        cipher, files = FieldCipher(settings.data_keys), files_of(settings)
        made = restore(database, cipher, SystemClock(), source, passphrase, files=files)
    click.echo(f"已恢复“{made.name}”（{made.slug}，编号 {made.tenant_id}）：{made.rows:,} 行。")
    click.echo(f"请运行 lianxin audit verify --tenant {made.slug} 核对审计日志。账号和密码与原平台相同。")


def known(database: Database, slug: str) -> Tenant:
    """The union with this slug, whatever its status; the platform itself is none.

    :raises InvalidError: when there is no such union.
    """
    with database.transaction(PLATFORM_TENANT) as session:
        found = queries.by_slug(session, slug)
    if found is None or found.id == PLATFORM_TENANT:
        raise InvalidError(f"没有标识为“{slug}”的组织；可用 lianxin tenant list 查看。")
    return found


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The application's pool for one command."""
    from web.app import checked_database

    database = checked_database(settings)
    try:
        yield database
    finally:
        database.engine.dispose()


@contextmanager
def inside(database: Database, settings: Settings, tenant_id: int, *, snapshot: bool = False) -> Iterator[Work]:
    """The system at work in one union, even when it rests: closing a union comes after its export."""
    with database.session(tenant_id) as session, session.begin():
        if snapshot:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield Work(
            session,
            system_actor(tenant_id),
            SystemClock(),
            FieldCipher(settings.data_keys),
            Bus(),
            files_of(settings),
        )


def _passphrase(file: Path | None, *, confirm: bool) -> str:
    if file is not None:
        lines = file.read_text(encoding="utf-8").splitlines()
        if not lines or not lines[0].strip():
            raise InvalidError(f"口令文件 {file} 是空的。")
        return lines[0].strip()
    told: str = click.prompt("口令", hide_input=True, confirmation_prompt="再输入一次口令" if confirm else False)
    return told
