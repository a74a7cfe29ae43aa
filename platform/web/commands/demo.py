"""``lianxin demo``: the whole platform on one machine until Ctrl-C."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("demo", help="在本机运行演示系统，按 Ctrl-C 停止")
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="网站端口")
@click.option("--home", type=click.Path(path_type=Path), default=Path("var/demo"), show_default=True, help="数据目录")
def demo(port: int, home: Path) -> int:
    """Start the servers, the migrations, the demo data and every process; the exit code is the demo's."""
    from infra.demo import run_demo

    return run_demo(port, home)
