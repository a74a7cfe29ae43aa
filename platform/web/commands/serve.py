"""``lianxin serve``, ``worker`` and ``scheduler``: the processes of a deployment."""

from __future__ import annotations

import os
import shutil
import sys
from importlib import import_module

import click

from kernel.settings import Settings


@click.command("serve", help="启动网站")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535), help="监听端口")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="进程数")
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64), help="每个进程的线程数")
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Check everything first, then become the web server.

    Threads and not an event loop: measured on real pages, gunicorn's gthread is as fast as anything else here.
    """
    from web.app import checked_database

    settings = Settings.from_env()
    checked_database(settings).engine.dispose()
    # One folder a port, emptied now: what an earlier server counted is over.
    counted = settings.home.absolute() / "run" / f"metrics-{port}"
    shutil.rmtree(counted, ignore_errors=True)
    counted.mkdir(parents=True, mode=0o700)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(counted)
    arguments = [
        *(sys.executable, "-m", "gunicorn", "--worker-class", "gthread"),
        *("--workers", str(workers), "--threads", str(threads), "--bind", f"{host}:{port}"),
        # Without the switch gunicorn 27 writes a control socket into the user's own folder.
        *("--graceful-timeout", "20", "--no-control-socket", "web.wsgi:app"),
    ]
    os.execv(sys.executable, arguments)  # noqa: S606 - becomes the server, so that signals reach it directly


@click.command("worker", help="启动后台任务进程")
def worker() -> None:
    """Take jobs from the queue until told to stop."""
    import_module("worker.main").run_worker(Settings.from_env())


@click.command("scheduler", help="启动定时与转发进程（可多开，只有一个工作）")
def scheduler() -> None:
    """Relay the outbox, fold figures, watch clocks, until told to stop."""
    import_module("worker.main").run_scheduler(Settings.from_env())
