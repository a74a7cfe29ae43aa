"""An own PostgreSQL cluster under a home folder: made once, attached to, recovered, stopped.

Only the programs come from the wheel. Its server manager is not used: it trusts every local user, adds system
users and opens up the parent folders of its data (measured). Here every connection needs a password, the
server listens on 127.0.0.1 alone, has no Unix socket, and nothing lies outside the home.
"""

import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg

from infra import processes, programs
from infra.errors import InfraError
from infra.vault import Vault

SUPERUSER = "postgres"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # JIT compiles for seconds what row level security makes look expensive and then returns ten rows.
    "jit": "off",
    # Starting parallel workers takes 10 ms, longer than any question of a page; row level security hides how few
    # rows there are from the planner, which therefore thinks them worth it.
    "max_parallel_workers_per_gather": "0",
    # The DETAIL of a unique violation quotes the value, and values here are names and telephone numbers.
    "log_error_verbosity": "terse",
}
# For clusters that a test throws away: a power cut may destroy them. synchronous_commit stays on, because without
# fsync it costs a mere write, and without it a killed postmaster loses what was acknowledged (seen).
FAST = {"fsync": "off", "full_page_writes": "off"}


class PostgresServer:
    """One cluster in `<home>/postgres`. `port=None` takes a free port and keeps it for the next start."""

    title = "PostgreSQL"

    def __init__(
        self,
        home: Path,
        port: int | None = None,
        *,
        fast: bool = False,
        wheel: Path | None = None,
        patience: float = 60.0,
    ) -> None:
        self.home = home.absolute()
        self.root = self.home / "postgres"
        self.data = self.root / "data"
        self.log = self.home / "log" / "postgres.log"
        self.fast = fast
        self._wanted_port = port
        self._wheel = wheel
        self._patience = patience
        self._vault = Vault(self.home)

    @property
    def port(self) -> int:
        """The port that the running server listens on, as its own pid file says."""
        return int(self._pid_file()[3])

    @property
    def admin_url(self) -> str:
        """The superuser's URL of the database `postgres`, SQLAlchemy style."""
        return f"postgresql+psycopg://{SUPERUSER}:{self._password()}@127.0.0.1:{self.port}/postgres"

    def process(self) -> processes.Process | None:
        """Return the living postmaster of this very data folder, or None.

        The pid file may name a zombie or, after a restart of the machine, a stranger: the process must work
        in our data folder, as a postmaster always does.
        """
        try:
            pid = int(self._pid_file()[0])
        except (OSError, ValueError, IndexError):
            return None
        found = processes.find(pid)
        return found if found is not None and processes.works_in(found, self.data) else None

    def start(self) -> bool:
        """Make sure the server runs and answers; return True when this call started it.

        Attaches when it runs already; recovers from a killed postmaster. Raises InfraError.
        """
        processes.private_folder(self.home, self.root)
        with processes.exclusive(self.root / "start.lock"):
            if self._attached():
                return False
            processes.roll(self.log)
            alive = self._clear_remains()
            try:
                if not self.data.exists():
                    self._make_cluster()
                self._launch(alive)
            finally:
                os.close(alive)
            return True

    def stop(self, *, patience: float = 8.0) -> None:
        """Stop the server of this home, the hard way after `patience` seconds. No-op when it is down."""
        if not self.root.exists():
            return
        with processes.exclusive(self.root / "start.lock"):
            running = self.process()
            if running is not None:
                # SIGINT is PostgreSQL's "fast": roll back, disconnect everybody, checkpoint. SIGKILL, the
                # last resort, costs a crash recovery and no committed row.
                processes.end(running, ask=signal.SIGINT, patience=patience)
                self._end_orphans()
            programs.forget_copy(self.root / "programs")

    def _attached(self) -> bool:
        """Wait for a server that runs already; False when there is none, or when it dies while we look at it."""
        if self.process() is None:
            return False
        try:
            self._wait_ready(None)
        except _DiedError:
            return False
        return True

    def _pid_file(self) -> list[str]:
        return (self.data / "postmaster.pid").read_text().splitlines()

    def _password(self) -> str:
        return self._vault.get("postgres")

    def _clear_remains(self) -> int:
        """Wait for, then end, what a killed postmaster left; return the descriptor of the lock of life.

        Every process of the server inherits that lock, so holding it proves that no backend still writes to
        the data. Only then is a pid file known to be stale.
        """
        life = self.root / "alive.lock"
        alive = processes.try_lock(life)
        if alive is None:
            processes.wait_until(lambda: not self._orphans(), 2.0)
            self._end_orphans()
            alive = processes.take_lock(
                life, seconds=5.0, otherwise=f"{self.data} 正被另一个数据库进程使用，请先停止它。"
            )
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        return alive

    def _orphans(self) -> list[processes.Process]:
        return processes.all_working_in(self.data, "postgres") if self.data.exists() else []

    def _end_orphans(self) -> None:
        for orphan in self._orphans():
            processes.end(orphan, ask=signal.SIGQUIT, patience=1.0)

    def _make_cluster(self) -> None:
        """Run initdb in a folder beside and rename it when complete: half a cluster is never started."""
        draft = self.root / "data.partial"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        account = programs.account_for(draft)
        bin_folder = self._programs(account)
        word = self.root / "pwfile"
        word.unlink(missing_ok=True)
        word.touch(mode=0o600)
        word.write_text(self._password() + "\n")
        try:
            with programs.lent(draft, account) as (here, fds), programs.lent(word, account) as (words, more):
                made = processes.spawn(
                    [
                        *(bin_folder / "initdb", "-D", here, "-U", SUPERUSER, f"--pwfile={words}"),
                        *("--auth-host=scram-sha-256", "--auth-local=scram-sha-256"),
                        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-locale"),
                        *("-E", "UTF8", "--no-instructions", *(["--no-sync"] if self.fast else [])),
                    ],
                    log=self.log,
                    env=programs.CLEAN_ENV,
                    account=account,
                    pass_fds=(*fds, *more),
                )
                code = made.wait()
        finally:
            word.unlink()
        if code != 0:
            raise InfraError(f"PostgreSQL 初始化失败（日志 {self.log}）：\n{processes.tail(self.log)}")
        draft.rename(self.data)

    def _programs(self, account: processes.Account | None) -> Path:
        return programs.reachable(self._wheel or programs.wheel(), account, self.root / "programs") / "bin"

    def _launch(self, alive: int) -> None:
        """Start the postmaster, on another port when ours is snatched between the look and the start."""
        made_by = (self.data / "PG_VERSION").read_text().strip()
        if made_by != programs.MAJOR:
            raise InfraError(
                f"{self.data} 是 PostgreSQL {made_by} 的数据，本版本使用 {programs.MAJOR}："
                "请先用旧版本导出，再导入新的目录。"
            )
        account = programs.account_for(self.data)
        bin_folder = self._programs(account)
        for attempt in (1, 2, 3):
            port = processes.remembered_port(self.root / "port", self._wanted_port)
            settings = {**SETTINGS, **(FAST if self.fast else {}), "port": str(port)}
            begin = self.log.stat().st_size if self.log.exists() else 0
            with programs.lent(self.data, account) as (here, fds):
                postmaster = processes.spawn(
                    [
                        *(bin_folder / "postgres", "-D", here),
                        *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
                    ],
                    log=self.log,
                    env=programs.CLEAN_ENV,
                    account=account,
                    pass_fds=(*fds, alive),
                )
            try:
                self._wait_ready(postmaster)
            except _DiedError as death:
                said = self.log.read_text(errors="replace")[begin:]
                if attempt < 3 and self._wanted_port is None and "could not bind" in said:
                    continue
                raise InfraError(f"PostgreSQL 未能启动（日志 {self.log}）：\n{processes.tail(self.log)}") from death
            return

    def _wait_ready(self, postmaster: subprocess.Popen[bytes] | None) -> None:
        """Wait until the server says that it is ready, crash recovery included, and takes our password."""

        def ready() -> bool:
            if (postmaster.poll() is not None) if postmaster is not None else (self.process() is None):
                raise _DiedError
            with contextlib.suppress(OSError, IndexError):
                lines = self._pid_file()
                return lines[7].strip() == "ready" and (postmaster is None or int(lines[0]) == postmaster.pid)
            return False

        if not processes.wait_until(ready, self._patience):
            raise InfraError(f"PostgreSQL 在 {self._patience:.0f} 秒内没有就绪（日志 {self.log}）。")
        try:
            psycopg.connect(self.admin_url.replace("+psycopg", "", 1), connect_timeout=10).close()
        except psycopg.OperationalError as refused:
            if self.process() is None:
                raise _DiedError from refused
            raise InfraError(
                f"无法以管理员身份连接 {self.data} 的数据库，{self._vault.path} 可能被替换过。"
            ) from refused


class _DiedError(Exception):
    """The postmaster ended before it was ready."""
