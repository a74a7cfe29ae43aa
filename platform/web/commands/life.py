"""``lianxin tenant suspend|resume|close|destroy``: a union's life from the console. The rules are the services'."""

from __future__ import annotations

import click

from archives import closing, destroying
from kernel.db import PLATFORM_TENANT, Database
from kernel.errors import InvalidError
from kernel.settings import Settings
from tenants import life
from tenants import settings as tenant_settings
from web.commands.archive import inside, known, opened
from web.commands.db import owner_url
from web.commands.working import as_system
from web.security.login import PLATFORM_SLUG

_REASON = click.option("--reason", required=True, help="原因和依据，记入审计日志")


@click.command("suspend", help="停用组织：用户立即退出，办件期限照常计算，上级收到提醒")
@click.argument("slug")
@_REASON
def suspend(slug: str, reason: str) -> None:
    """Suspend a union."""
    with as_system(PLATFORM_SLUG, platform=True) as work:
        tenant = life.suspend(work, slug, reason)
        click.echo(f"已停用：{tenant.name}（{tenant.slug}）。在办件期限照常计算，上级工会会收到提醒。")


@click.command("resume", help="恢复已停用的组织")
@click.argument("slug")
@_REASON
def resume(slug: str, reason: str) -> None:
    """Take a union up again."""
    with as_system(PLATFORM_SLUG, platform=True) as work:
        tenant = life.resume(work, slug, reason)
        click.echo(f"已恢复使用：{tenant.name}（{tenant.slug}）。用户需要重新登录。")


@click.command("close", help="关闭已停用且没有未办结事项的组织，数据保管到期限届满")
@click.argument("slug")
@_REASON
@click.option("--retention-years", type=int, help="保管年限，由单位按档案管理规定确定；不填则按该组织自己的设置")
def close(slug: str, reason: str, retention_years: int | None) -> None:
    """Close a union."""
    settings = Settings.from_env()
    with opened(settings) as database:
        union = known(database, slug)
        with inside(database, settings, PLATFORM_TENANT) as work, inside(database, settings, union.id) as own:
            chosen = tenant_settings.of(own.session).retention_years if retention_years is None else retention_years
            tenant = closing.close(work, own, slug, reason=reason, retention_years=chosen)
    click.echo(f"已关闭：{tenant.name}（{tenant.slug}）。数据保管至 {tenant.retention_until}。")


@click.command("destroy", help="执行两位平台管理员已签署的数据销毁（使用 LIANXIN_DATABASE_OWNER_URL）")
@click.argument("slug")
@click.option("--confirm", metavar="SLUG", help="再写一遍组织标识以确认；不给则当场输入")
def destroy(slug: str, confirm: str | None) -> None:
    """Delete a closed union's rows. Interrupted, it is run again and goes on where it was."""
    owner, settings = owner_url(), Settings.from_env()
    with opened(settings) as database:
        union = known(database, slug)
        if (confirm or click.prompt(f"将永久删除“{union.name}”的全部数据。请输入组织标识确认")) != slug:
            raise InvalidError("组织标识不一致，没有删除任何数据。")
        with inside(database, settings, union.id) as work:
            counts = closing.rows(work)
        with inside(database, settings, PLATFORM_TENANT) as work:
            signed = destroying.begin(work, slug, counts)
        tables = Database(owner, pool_size=1)
        try:
            with tables.transaction(union.id) as session:
                destroying.shred(session)
        finally:
            tables.engine.dispose()
        with inside(database, settings, PLATFORM_TENANT) as work:
            done = destroying.finish(work, signed.id)
    gone = sum((done.counts or {}).values())
    click.echo(f"已销毁“{union.name}”的全部数据，共 {gone:,} 行；组织名称和销毁记录保留。")
    click.echo(f"保留的导出清单校验值：{done.manifest_hash.hex()}")
