"""``lianxin cases`` and ``lianxin categories``: take over what an office kept in tables until now."""

from __future__ import annotations

from pathlib import Path

import click

from cases import classifications, imports, search, training
from cases.columns import plain
from cases.rules import CHANNEL_LABELS, Channel
from kernel import sheets
from web.commands.working import as_system

#: More lines than this would push the summary off the screen.
_SHOWN = 50

_CHANNELS = {label: channel for channel, label in CHANNEL_LABELS.items()}


@click.group()
def cases() -> None:
    """信访件的批量导入。"""


@cases.command("import")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--tenant", "slug", metavar="SLUG", required=True, help="登记到哪个组织（组织标识）。")
@click.option("--dry-run", is_flag=True, help="只检查，不写入。")
@click.option(
    "--channel",
    type=click.Choice(list(_CHANNELS)),
    default=CHANNEL_LABELS[Channel.ONLINE],
    show_default=True,
    help="表中没有写明信访形式的，按此登记。",
)
def import_cases(file: Path, slug: str, dry_run: bool, channel: str) -> None:
    """把 xlsx 或 csv 登记表导入为信访件。

    按列名识别，逐行检查：有一行不符合要求就全部不写入。同一文件重复导入不会重复登记。
    """
    sheet = sheets.read(file)
    with as_system(slug) as work:
        try:
            # Checked and written: every row counts twice, so that the bar moves through both.
            with click.progressbar(length=2 * len(sheet.rows) - 2, label="检查" if dry_run else "检查并写入") as bar:
                report = imports.import_cases(
                    work, sheet, channel=_CHANNELS[channel], dry_run=dry_run, progress=bar.update
                )
                bar.update(bar.length or 0)
        except imports.RowsError as refused:
            _warn(refused.warnings)
            for problem in refused.problems[:_SHOWN]:
                click.echo(f"第{problem.row}行：{problem.sentence}", err=True)
            if len(refused.problems) > _SHOWN:
                click.echo(f"……另有{len(refused.problems) - _SHOWN}处未列出。", err=True)
            raise
    _warn(report.warnings)
    if dry_run:
        click.echo(f"检查通过：{report.rows}行，其中将新登记{report.added}件，已登记过{report.skipped}件（未写入）。")
    elif report.added:
        first, last = report.numbers[0], report.numbers[-1]
        click.echo(f"已新登记{report.added}件（{first} 至 {last}），跳过已登记过的{report.skipped}件。")
    else:
        click.echo(f"没有新增：{report.skipped}行都已登记过。")


@cases.command("tokenise")
@click.option("--tenant", "slug", metavar="SLUG", required=True, help="哪个组织（组织标识）。")
def tokenise(slug: str) -> None:
    """为还不能按词查到的信访件建立检索词。可以随时中断，再次运行时接着做。"""
    done, found = 1, 0
    while done:
        with as_system(slug) as work:
            done = search.backfill(work)
        found += done
    click.echo(f"已为{found}件建立检索词。" if found else "所有信访件都已有检索词。")


@cases.command("train")
@click.option("--tenant", "slug", metavar="SLUG", required=True, help="哪个组织（组织标识）。")
def train(slug: str) -> None:
    """用本组织自己已分类的信访件训练分类建议；不读取其他组织的信访件。"""
    with as_system(slug) as work:
        learned = training.train(work, force=True)
    if not learned:
        click.echo(f"已分类的信访件不足{training.MIN_CASES}件，暂不训练；类别建议先按关键词给出。")
    for target, count in learned.items():
        click.echo(f"{ {'category': '问题类别', 'tier': '难易程度', 'body': '去向'}[target] }：用{count}件训练。")


@click.group()
def categories() -> None:
    """组织自用的第二套内容分类。"""


@categories.command("import")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--tenant", "slug", metavar="SLUG", required=True, help="哪个组织使用（组织标识）。")
@click.option("--scheme", metavar="NAME", required=True, help="分类的名称，例如“内容分类”。")
def import_categories(file: Path, slug: str, scheme: str) -> None:
    """导入最多三级的分类表（列名 level1、level2、level3 或 一级、二级、三级分类）。重复导入不会重复。"""
    sheet = sheets.read(file)
    with as_system(slug) as work:
        added, known = classifications.load(work, sheet, plain(scheme))
    click.echo(f"“{scheme}”新增{added}条，已有{known}条。")


def _warn(warnings: tuple[str, ...]) -> None:
    for warning in warnings:
        click.echo(f"提示：{warning}", err=True)
