"""`make demo`: the whole platform on one machine, from nothing to a page that answers, until Ctrl-C."""

import argparse
import hashlib
import http.client
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

import psycopg

from infra import processes, urls
from infra.errors import InfraError
from infra.servers import Servers
from infra.supervisor import Child, Supervisor, end_leftovers, python

ROOT = Path(__file__).resolve().parent.parent
IN_THE_WAY = 2
BOOT_ATTEMPTS = 3


def _print(sentence: str) -> None:
    # Flushed at once: a demo is often watched through a pipe, which would hold back kilobytes.
    print(sentence, flush=True)


class _Stop(BaseException):
    """Ctrl-C or SIGTERM: everything is unwound from wherever the demo is."""


def run_demo(
    port: int,
    home: Path,
    *,
    say: Callable[[str], None] = _print,
    patience: float = 60.0,
) -> int:
    """Run the demo until Ctrl-C, SIGTERM or SIGHUP; returns the exit code.

    0 after an orderly stop, 1 when a part of it failed, 2 when something outside is in the way (a taken port,
    a second demo on the same home): nothing was started then. `patience` is how many seconds the web process
    may take until it answers `/readyz`.
    """
    home = home.absolute()
    try:
        processes.private_folder(home, home / "run", home / "log")
        lock = processes.try_lock(home / "run" / "demo.lock")
    except InfraError as trouble:
        say(str(trouble))
        return IN_THE_WAY
    if lock is None:
        say(f"目录 {home} 的演示系统已在运行，请先停止它，或换一个目录：make demo DEMO_HOME=var/demo2。")
        return IN_THE_WAY
    before = {sig: signal.signal(sig, _stop) for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        return _Demo(port, home, say, patience).run()
    finally:
        for sig, handler in before.items():
            signal.signal(sig, handler)
        os.close(lock)


class _Demo:
    def __init__(self, port: int, home: Path, say: Callable[[str], None], patience: float) -> None:
        self._port = port
        self._home = home
        self._say = say
        self._patience = patience
        self._began = time.monotonic()
        self._servers = Servers(home, say=say, ownership=home / "run" / "servers")
        self._record = home / "run" / "demo.json"
        self._supervisor: Supervisor | None = None
        self._step: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        """Start, supervise, and stop whatever was started, however this ends."""
        try:
            if end_leftovers(self._record, self._home):
                self._say("已停止上次异常中断后遗留的进程。")
            if not processes.port_is_free(self._port):
                self._say(f"端口 {self._port} 已被其他程序占用，请换一个端口：make demo PORT={self._port + 1}。")
                return IN_THE_WAY
            self._serve()
        except InfraError as trouble:
            self._say(str(trouble))
            return 1
        except (_Stop, KeyboardInterrupt):
            self._say("正在停止……")
            return 0
        finally:
            for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                # Stopping takes seconds; an impatient second Ctrl-C must not leave half of it running.
                signal.signal(sig, signal.SIG_IGN)
            self._stop()
        return 0

    def _serve(self) -> None:
        self._say("正在启动数据库和队列服务……")
        environment = self._servers.start()
        for note in environment.notes:
            self._say(note)
        # The demo is reached by plain HTTP on this machine, where a browser would drop a Secure cookie.
        extra = {"LIANXIN_DEMO": "1", "LIANXIN_COOKIE_SECURE": "0", "PYTHONUNBUFFERED": "1"}
        env = {**os.environ, **environment.env, **extra}
        database = _fingerprint(environment.env["LIANXIN_DATABASE_OWNER_URL"])
        self._migrate(database, env)
        self._seed(database, env)
        self._say("正在启动网站、后台任务和定时任务……")
        self._start_children(env)
        self._greet()
        while True:
            time.sleep(0.3)
            self._watch()

    def _do(self, *command: str, env: Mapping[str, str], log: Path | None) -> None:
        """Run one command of the console to its end; its output goes to the log, else to the terminal."""
        if log is not None:
            processes.roll(log)
        self._step = processes.spawn(python("-m", "web.cli", *command), log=log, env=env, cwd=ROOT)
        code = self._step.wait()
        self._step = None
        if code != 0:
            said = f"（日志 {log}）：\n{processes.tail(log, 15)}" if log is not None else "，原因见上。"
            raise InfraError(f"命令 lianxin {' '.join(command)} 失败{said}")

    def _migrate(self, database: str, env: Mapping[str, str]) -> None:
        """Migrate a database, unless this very one has seen these very migrations: asking costs three seconds."""
        note = self._home / "run" / "migrated"
        state = f"{database} {_migrations()}"
        if note.exists() and note.read_text() == state:
            return
        self._say("正在更新数据库结构……")
        self._do("db", "upgrade", env=env, log=self._home / "log" / "migrate.log")
        note.write_text(state)

    def _seed(self, database: str, env: Mapping[str, str]) -> None:
        """Fill a new database once; a note in the home says which one has it, so a second start is quick."""
        note = self._home / "run" / "seeded"
        if note.exists() and note.read_text() == database and (self._home / "accounts.txt").exists():
            return
        self._say("正在写入演示数据……")
        self._do("demo-seed", env=env, log=None)
        note.write_text(database)

    def _start_children(self, env: Mapping[str, str]) -> None:
        """Start the web, wait until it answers, then start the others: four at once would crowd two cores."""
        log = self._home / "log"
        gunicorn = python(
            *("-m", "gunicorn", "--worker-class", "gthread", "--workers", "2", "--threads", "8"),
            # Without the switch gunicorn 27 writes a control socket into the user's own folder.
            *("--bind", f"127.0.0.1:{self._port}", "--graceful-timeout", "4", "--no-control-socket"),
            "web.wsgi:app",
        )
        self._supervisor = Supervisor(self._record, cwd=ROOT, say=self._say)
        # Each process is told only the roles it needs: the owner's password ends with the migrations.
        app = _without(env, "LIANXIN_DATABASE_OWNER_URL", "LIANXIN_DATABASE_ROLLUP_URL")
        rollup = _without(env, "LIANXIN_DATABASE_OWNER_URL")
        # Emptied here and not at each restart of the web: what its workers counted before is still this demo's.
        counted = self._home / "run" / "metrics"
        shutil.rmtree(counted, ignore_errors=True)
        processes.private_folder(counted)
        web = Child("网站", gunicorn, log / "web.log", {**app, "PROMETHEUS_MULTIPROC_DIR": str(counted)})
        self._supervisor.add(web)
        self._wait_ready(web)
        self._supervisor.add(Child("后台任务", python("-m", "web.cli", "worker"), log / "worker.log", app))
        self._supervisor.add(Child("定时任务", python("-m", "web.cli", "scheduler"), log / "scheduler.log", rollup))

    def _wait_ready(self, web: Child) -> None:
        """Wait for `/readyz`; a web process that does not come up ends the demo with its last words."""
        assert self._supervisor is not None
        deadline = time.monotonic() + self._patience
        while not self._answers():
            self._supervisor.look()
            if web.deaths >= BOOT_ATTEMPTS:
                words = processes.tail(web.log, 50)
                raise InfraError(f"网站连续 {BOOT_ATTEMPTS} 次启动失败（日志 {web.log}）：\n{words}")
            if time.monotonic() > deadline:
                words = processes.tail(web.log, 50)
                raise InfraError(f"网站在 {self._patience:.0f} 秒内没有就绪（日志 {web.log}）：\n{words}")
            time.sleep(0.2)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _greet(self) -> None:
        seconds = time.monotonic() - self._began
        self._say(f"\n连心桥已就绪（用时 {seconds:.1f} 秒）：http://127.0.0.1:{self._port}/\n")
        accounts = self._home / "accounts.txt"
        if accounts.exists():
            self._say(accounts.read_text().rstrip() + "\n")
        self._say(f"数据与日志在 {self._home}；按 Ctrl-C 停止。")

    def _watch(self) -> None:
        assert self._supervisor is not None
        self._supervisor.look()
        for name in self._servers.revive():
            self._say(f"{name} 意外退出，已重新启动。")

    def _stop(self) -> None:
        """Stop so that nobody loses its ground: children, then the servers that this demo started."""
        if self._step is not None and (step := processes.find(self._step.pid)) is not None:
            processes.end(step, ask=signal.SIGTERM, patience=3.0)
        if self._supervisor is not None:
            self._supervisor.stop(patience=5.0)
        self._servers.stop(patience=2.0)
        if self._supervisor is not None:
            self._say("已停止。")


def _without(env: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in env.items() if name not in names}


def _migrations() -> str:
    """Return a digest of all migrations of this checkout."""
    digest = hashlib.sha256()
    for file in sorted((ROOT / "migrations").rglob("*.py")):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def _fingerprint(url: str) -> str:
    """Return what tells this database from every other one, a re-created one of the same name included."""
    with psycopg.connect(urls.libpq(url), connect_timeout=10) as connection:
        row = connection.execute(
            "select system_identifier, (select oid from pg_database where datname = current_database())"
            " from pg_control_system()"
        ).fetchone()
    assert row is not None
    return f"{row[0]}/{row[1]}"


def _stop(number: int, _frame: FrameType | None) -> None:
    raise _Stop(number)


def main(arguments: list[str] | None = None) -> int:
    """Read the command line of `python -m infra.demo` and run the demo."""
    parser = argparse.ArgumentParser(prog="python -m infra.demo", description="连心桥演示系统")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--home", type=Path, default=Path("var/demo"))
    given = parser.parse_args(arguments)
    return run_demo(given.port, given.home)


if __name__ == "__main__":
    raise SystemExit(main())
