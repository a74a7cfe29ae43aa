"""``lianxin tenant``: found unions, bring in an org chart, place one elsewhere, look at the tree."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from access.actor import Work
from access.roles import Role
from kernel import sheets
from tenants import history, imports, queries
from tenants.invitations import invite
from tenants.models import KIND_LABELS, Kind, Tenant
from tenants.moving import move
from tenants.services import CALENDARS, create
from tenants.workbooks import link_list
from web.commands.archive import export_union, restore_union
from web.commands.life import close, destroy, resume, suspend
from web.commands.working import as_system, opener
from web.security.login import PLATFORM_SLUG

_KINDS = [kind.value for kind in Kind if kind is not Kind.PLATFORM]
STATUS_LABELS = {"active": "使用中", "suspended": "已停用", "closed": "已关闭"}
#: More lines than this would push the summary off the screen.
_SHOWN = 50
_BASE = click.option(
    "--base-url", default="http://127.0.0.1:8080", show_default=True, help="平台网址，写在一次性链接前面。"
)


@click.group("tenant", help="组织（租户）")
def tenant() -> None:
    """Commands about unions."""


@tenant.command("create", help="新建组织")
@click.argument("slug")
@click.option("--name", required=True, help="组织全称")
@click.option("--kind", type=click.Choice(_KINDS), default=Kind.FEDERATION.value, show_default=True, help="组织类型")
@click.option("--code", required=True, help="机关代字，如 江总工信")
@click.option("--parent", "parent_slug", metavar="SLUG", help="上级组织标识；不填表示没有上级")
@click.option("--second-parent", "second_parent_slug", metavar="SLUG", help="第二上级标识（双重领导）")
@click.option("--short-name", help="简称")
@click.option("--region", default="", help="行政区域")
@click.option("--members", type=click.IntRange(0), default=0, help="会员人数")
@click.option("--credit-code", help="统一社会信用代码")
@click.option("--seal-text", default="", help="落款名称，不填即为组织全称")
@click.option("--colour", "portal_colour", metavar="#RRGGBB", help="门户颜色，白字在上面要看得清")
@click.option("--address", default="", help="门户页上的地址")
@click.option("--phone", default="", help="门户页上的电话")
@click.option("--hours", default="", help="门户页上的接待时间")
@click.option("--calendar", type=click.Choice(list(CALENDARS)), default="CN", show_default=True, help="节假日历")
@click.option("--admin", "admin_username", metavar="USERNAME", help="同时开通第一位管理员，并显示一次性链接")
@click.option("--admin-name", help="第一位管理员的姓名")
@_BASE
def create_tenant(
    slug: str, kind: str, admin_username: str | None, admin_name: str | None, base_url: str, **fields: object
) -> None:
    """Found a union below its parent and, if asked, invite its first administrator."""
    if bool(admin_username) != bool(admin_name):
        raise click.UsageError("--admin 和 --admin-name 要一起填写。")
    with as_system(PLATFORM_SLUG, platform=True) as work:
        made = create(work, slug=slug, kind=Kind(kind), **fields)
        click.echo(f"已新建组织：{made.name}（{made.slug}，编号 {made.id}）")
    if admin_username and admin_name:
        with as_system(slug) as work:
            invited = invite(work, username=admin_username, display_name=admin_name, roles=(Role.TENANT_ADMIN,))
        click.echo(f"管理员账号：{admin_username}@{slug}")
        click.echo(f"一次性链接（只显示一次）：{base_url.rstrip('/')}/welcome/{slug}/{invited.token}")


@tenant.command("import", help="从组织架构工作簿批量导入组织和账号")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="只检查，不写入。")
@click.option("--links", type=click.Path(path_type=Path, dir_okay=False), help="一次性链接清单写到哪个 xlsx 文件。")
@click.option("--renew-links", is_flag=True, help="为尚未启用的已有账号重新发放链接。")
@_BASE
def import_tenants(file: Path, dry_run: bool, links: Path | None, renew_links: bool, base_url: str) -> None:
    """Check an org chart and write what is not there yet. The second run of a file writes nothing."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise click.ClickException(f"无法读取文件“{file.name}”：{error.strerror}。") from None
    if links is None and not dry_run:
        links = file.with_name(f"{file.stem}-links.xlsx")
    if links is not None and links.exists():
        raise click.ClickException(f"“{links}”已存在，请用 --links 指定另一个文件，以免覆盖尚未交付的链接。")
    try:
        with opener() as open_work:
            report = imports.import_chart(
                open_work, sheets.read_all(file.name, data), dry_run=dry_run, renew_links=renew_links
            )
    except imports.ChartError as refused:
        for problem in refused.problems[:_SHOWN]:
            click.echo(f"“{problem.sheet}”第{problem.row}行 {problem.column}：{problem.sentence}", err=True)
        if len(refused.problems) > _SHOWN:
            click.echo(f"……另有{len(refused.problems) - _SHOWN}处未列出。", err=True)
        raise
    for each in report.differences[:_SHOWN]:
        click.echo(
            f"提示：“{each.sheet}”第{each.row}行 {each.column}：现为“{each.now}”，表中为“{each.told}”，保持原样。",
            err=True,
        )
    verb = "检查通过，将新建" if dry_run else "已新建"
    click.echo(
        f"{verb}组织{report.founded}个（表中{report.units}个），开通账号{report.opened}个（表中{report.people}个）。"
    )
    if dry_run:
        return
    click.echo(f"回读核对：组织 {report.units_there}/{report.units}，账号 {report.people_there}/{report.people}。")
    if report.links and links is not None:
        _write(links, link_list(report.links, base_url.rstrip("/")))
        click.echo(f"一次性链接清单：{links}（{len(report.links)}条，7天内有效，交付后请删除）")
    if not report.complete:
        raise click.ClickException("数目不符，请重新导入同一文件：已写入的不会重复。")


@tenant.command("move", help="调整隶属关系")
@click.argument("slug")
@click.option("--to", "parent", metavar="SLUG", help="新上级组织标识；不填表示以后没有上级")
@click.option("--reason", required=True, help="调整依据")
def move_tenant(slug: str, parent: str | None, reason: str) -> None:
    """Place a union with everybody below it under another parent from today on."""
    with as_system(PLATFORM_SLUG, platform=True) as work:
        moved = move(work, slug, new_parent_slug=parent, reason=reason)
        above = queries.parent(work.session, moved.id)
        click.echo(f"已调整：{moved.name} → {above.name if above else '没有上级'}；今天以前的数据留在原上级。")


@tenant.command("list", help="列出组织")
@click.option("--search", default="", help="名称或标识的一部分")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON，每行一个")
def list_tenants(search: str, as_json: bool) -> None:
    """Every union by number, read a page at a time."""
    after = 0
    with as_system(PLATFORM_SLUG, platform=True) as work:
        while rows := queries.page(work.session, search=search, after=after, limit=500):
            for row in rows:
                click.echo(_json(row) if as_json else _line(row))
            after = rows[-1].id


@tenant.command("show", help="查看一个组织")
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def show_tenant(slug: str, as_json: bool) -> None:
    """One union with both lines above it, how many stand directly below, and where it stood before."""
    with as_system(PLATFORM_SLUG, platform=True) as work:
        row = queries.by_slug(work.session, slug)
        if row is None:
            raise click.BadParameter(f"没有标识为“{slug}”的组织。", param_hint="SLUG")
        if as_json:
            click.echo(_json(row))
            return
        _show(work, row)


def _show(work: Work, row: Tenant) -> None:
    session = work.session
    above, below = queries.parent(session, row.id), queries.children(session, row.id)
    click.echo(_line(row))
    click.echo(f"  类型：{KIND_LABELS[Kind(row.kind)]}  机关代字：{row.code}  会员：{row.members}")
    click.echo(f"  统一社会信用代码：{row.credit_code or '无'}  行政区域：{row.region or '无'}")
    click.echo(f"  上级：{above.name if above else '无'}  直属下级：{len(below)} 个")
    if row.second_parent_id is not None:
        click.echo(f"  第二上级：{queries.get(session, row.second_parent_id).name}")
    if moves := history.moves_of(session, row.id):
        for stretch in history.parents_over_time(session, row.id):
            click.echo(f"  隶属：{stretch.since or '入驻时'} 至 {stretch.until or '今'}  {stretch.parent.name}")
        for each in moves:
            click.echo(f"  调整：{each.moved_on}  依据：{each.reason}")


def _write(path: Path, data: bytes) -> None:
    """For the operator's eyes only: whoever reads the list can enter."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)


def _line(row: Tenant) -> str:
    return f"{row.id}\t{row.slug}\t{row.name}\t{STATUS_LABELS.get(row.status, row.status)}"


def _json(row: Tenant) -> str:
    names = ("id", "slug", "name", "short_name", "kind", "code", "credit_code", "parent_id", "second_parent_id")
    more = ("level", "region", "members", "status")
    return json.dumps({name: getattr(row, name) for name in (*names, *more)}, ensure_ascii=False)


for _command in (suspend, resume, export_union, restore_union, close, destroy):
    tenant.add_command(_command)
