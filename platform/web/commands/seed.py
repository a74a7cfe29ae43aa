"""``lianxin demo-seed``: the demo federation, and a page with its accounts."""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from access.roles import LABELS
from infra.federation import episodes, names, plan
from infra.federation.load import load_federation
from infra.vault import Vault
from kernel.settings import Settings

ACCOUNTS = "accounts.txt"
#: Where a person who opens the demo finds what the federation does: an account and what waits there.
TOUR = (
    (f"head@{names.CITY}", "各种函件：异议、延期、待审核、管辖争议、通报送达"),
    (f"supervisor@{names.CITY}", "下级单位的数字，督办、约谈和催办"),
    ("head@hexi", "收到的交办和转送，据此登记的信访件，调阅的答复"),
    ("head@nangang、head@dongshan", "经共同上级转交的平级转送，两边各看各的"),
    (f"admin@{names.CITY}、security@{names.CITY}", "部门、分流、外出代办、设置，双人确认"),
    (names.PLATFORM_ADMIN, "组织入驻、停用、隶属关系的变化、双重领导"),
)


@click.command("demo-seed")
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), help="数据目录，默认为 LIANXIN_HOME。")
@click.option("--cases", type=click.IntRange(100, 200_000), default=plan.CASES, show_default=True, help="约多少件。")
@click.option("--seed", type=int, default=plan.SEED, hidden=True)
def demo_seed(home: Path | None, cases: int, seed: int) -> None:
    """写入演示用的三级工会、账号和信访件（全部为虚构）。中断后可重新运行，已写入的不会重复。"""
    from web.app import checked_database

    settings = Settings.from_env()
    checked_database(settings).engine.dispose()
    home = (home or settings.home).absolute()
    home.mkdir(parents=True, exist_ok=True)
    password = Vault(home).get("demo_password", _new_password)
    began = time.monotonic()
    with _bar(cases) as progress:
        outcome = load_federation(settings, password=password, seed=seed, cases=cases, progress=progress)
    # After the data: a page of accounts that nobody can log in with would be worse than none.
    _write_accounts(home / ACCOUNTS, password)
    if outcome.fresh:
        seconds = time.monotonic() - began
        click.echo(f"已写入{outcome.unions}个工会、{outcome.cases:,}件信访件（{seconds:.0f}秒）。")
    else:
        click.echo("演示数据已经存在，没有重复写入。")
    click.echo(f"账号列表：{home / ACCOUNTS}")


def _new_password() -> str:
    """A random one that satisfies the rules for passwords: three kinds of characters and no login name in it."""
    while True:
        password = f"Demo-{secrets.token_hex(4)}"
        if any(char.isdigit() for char in password):
            return password


@contextmanager
def _bar(cases: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal; into a pipe one line for each fifth, so that somebody who watches sees it move."""
    if sys.stdout.isatty():
        with click.progressbar(length=cases, label="写入演示数据") as bar:
            yield bar.update
        return
    done, told = 0, 0

    def progress(more: int) -> None:
        nonlocal done, told
        done += more
        fifth = min(done * 5 // cases, 5)
        if fifth > told:
            told = fifth
            click.echo(f"写入演示数据：{min(done, cases):,}/{cases:,}件")

    yield progress


def _write_accounts(path: Path, password: str) -> None:
    """The page of accounts: one table of roles that holds in every union, then the unions' slugs as a tree."""
    lines = [f"演示账号（所有账号的密码都是 {password}）", "", f"{'平台管理员':　<10}{names.PLATFORM_ADMIN}", ""]
    lines.append(f"各工会的账号是“用户名@组织标识”，例如江城市总工会的登记员：clerk@{names.CITY}")
    for login, roles in names.STAFF:
        label = "、".join(LABELS[role] for role in roles)
        lines.append(f"{label:　<10}{login}@{names.CITY}")
    lines += ["", "可以先看："]
    lines += [f"{who}　{what}" for who, what in TOUR]
    lines += ["", "组织标识："]
    lines += _tree(names.unions(), None)
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    draft.replace(path)


def _tree(unions: tuple[names.Union, ...], parent: str | None, depth: int = 0) -> list[str]:
    lines = []
    for union in unions:
        if union.parent == parent:
            rests = "（已停用，不能登录）" if union.slug == episodes.SUSPENDED else ""
            lines.append(f"{'　' * depth}{union.name}　{union.slug}{rests}")
            lines += _tree(unions, union.slug, depth + 1)
    return lines
