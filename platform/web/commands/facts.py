"""``lianxin facts``: the daily figures and their check against the cases."""

from __future__ import annotations

import click

from kernel.db import PLATFORM_TENANT, Database
from kernel.errors import SettingsError
from kernel.schema import assert_current
from kernel.settings import Settings
from measures.folding import fold
from measures.rebuilding import rebuild as rebuild_facts
from tenants import queries as tenants

_BATCH = 20_000


@click.group()
def facts() -> None:
    """每日数据的汇总与核对。"""


@facts.command()
@click.option("--tenant", "slug", metavar="SLUG", help="只核对这一个组织（及其上级的汇总）；默认核对全部组织。")
def rebuild(slug: str | None) -> None:
    """按信访件原始记录核对每日数据，发现差异即改正。可以随时运行，不影响正在进行的工作。"""
    from web.app import checked_database

    settings = Settings.from_env()
    if settings.database_rollup_url is None:
        raise SettingsError("缺少环境变量 LIANXIN_DATABASE_ROLLUP_URL：核对每日数据需要汇总角色的连接。")
    app = checked_database(settings)
    rollup = Database(settings.database_rollup_url, pool_size=1)
    try:
        # As the scheduler, whose work this is: a role that works across unions may not be one that sees past them.
        rollup.assert_cannot_bypass()
        assert_current(rollup.engine)
        with app.transaction(PLATFORM_TENANT) as session:
            chosen = tenants.by_slug(session, slug) if slug else None
        if slug and chosen is None:
            raise click.ClickException(f"没有标识为“{slug}”的组织。")
        folded = 0
        while True:
            with rollup.engine.begin() as connection:
                batch = fold(connection, limit=_BATCH)
            folded += batch
            if batch < _BATCH:
                break
        corrected = rebuild_facts(app, rollup, None if chosen is None else [chosen.id])
        click.echo(f"已汇总待处理变动{folded:,}条。")
        if not corrected:
            click.echo("每日数据与信访件原始记录一致，无需改正。")
        with app.transaction(PLATFORM_TENANT) as session:
            for tenant, cells in sorted(corrected.items()):
                click.echo(f"已改正：{tenants.get(session, tenant).name}，{cells:,}格。")
    finally:
        app.engine.dispose()
        rollup.engine.dispose()
