"""``lianxin tenant``: found unions and look at the tree. The rules are the service's."""

from __future__ import annotations

import json

import click

from tenants import queries
from tenants.models import KIND_LABELS, Kind, Tenant
from tenants.services import create
from web.commands.working import as_system
from web.security.login import PLATFORM_SLUG

_KINDS = [kind.value for kind in Kind if kind is not Kind.PLATFORM]
STATUS_LABELS = {"active": "使用中", "suspended": "已停用", "closed": "已关闭"}


@click.group("tenant", help="组织（租户）")
def tenant() -> None:
    """Commands about unions."""


@tenant.command("create", help="新建组织")
@click.argument("slug")
@click.option("--name", required=True, help="组织全称")
@click.option("--kind", type=click.Choice(_KINDS), default=Kind.FEDERATION.value, show_default=True, help="组织类型")
@click.option("--code", required=True, help="机关代字，如 江总工信")
@click.option("--parent", "parent_slug", metavar="SLUG", help="上级组织标识；不填表示没有上级")
@click.option("--short-name", help="简称")
@click.option("--region", default="", help="行政区域")
@click.option("--members", type=click.IntRange(0), default=0, help="会员人数")
@click.option("--credit-code", help="统一社会信用代码")
def create_tenant(slug: str, kind: str, **fields: object) -> None:
    """Found a union below its parent."""
    with as_system(PLATFORM_SLUG, platform=True) as work:
        made = create(work, slug=slug, kind=Kind(kind), **fields)  # type: ignore[arg-type]
        click.echo(f"已新建组织：{made.name}（{made.slug}，编号 {made.id}）")


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
    """One union with the line above it and how many stand directly below."""
    with as_system(PLATFORM_SLUG, platform=True) as work:
        row = queries.by_slug(work.session, slug)
        if row is None:
            raise click.BadParameter(f"没有标识为“{slug}”的组织。", param_hint="SLUG")
        above, below = queries.parent(work.session, row.id), queries.children(work.session, row.id)
        if as_json:
            click.echo(_json(row))
            return
        click.echo(_line(row))
        click.echo(f"  类型：{KIND_LABELS[Kind(row.kind)]}  机关代字：{row.code}  会员：{row.members}")
        click.echo(f"  上级：{above.name if above else '无'}  直属下级：{len(below)} 个")


def _line(row: Tenant) -> str:
    return f"{row.id}\t{row.slug}\t{row.name}\t{STATUS_LABELS.get(row.status, row.status)}"


def _json(row: Tenant) -> str:
    names = ("id", "slug", "name", "short_name", "kind", "code", "parent_id", "level", "region", "members", "status")
    return json.dumps({name: getattr(row, name) for name in names}, ensure_ascii=False)
