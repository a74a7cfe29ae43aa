"""Processes that outlive their starter: start them, recognise them again, and stop exactly them.

A process id alone is never trusted. Ids are recycled, and a zombie still answers to its id when the first
process of a container does not reap. A server is recognised by its id *and* its working directory, and
whether anything of it still lives is asked of a lock file that every one of its processes inherits.
"""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from infra.errors import InfraError

Process = psutil.Process

# Popen objects of processes that we started. They are kept so that a dead child can be reaped, whichever
# object notices the death, and so that a living one does not warn when its starter forgets it.
_children: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class Account:
    """A system user that a server is to run as."""

    uid: int
    gid: int
    name: str


def spawn(
    args: Sequence[str | Path],
    *,
    log: Path | None,
    env: Mapping[str, str],
    account: Account | None = None,
    cwd: Path | str = "/",
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, so that Ctrl-C in our terminal does not reach it.

    `log` receives both outputs; without one they go where ours go. `account` drops the rights of root for
    good: user, group and all further groups.
    """
    with contextlib.ExitStack() as opened:
        output = None if log is None else opened.enter_context(log.open("ab"))
        process = subprocess.Popen(
            [str(arg) for arg in args],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=None if output is None else subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
            pass_fds=tuple(pass_fds),
            user=None if account is None else account.uid,
            group=None if account is None else account.gid,
            extra_groups=None if account is None else (),
        )
    _children[process.pid] = process
    return process


def find(pid: int) -> psutil.Process | None:
    """Return the living process with this id; None for a dead one, a zombie, and a child that we can reap."""
    child = _children.get(pid)
    if child is not None and child.poll() is not None:
        del _children[pid]
        return None
    try:
        process = psutil.Process(pid)
        return None if process.status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD) else process
    except (psutil.Error, ValueError, OverflowError):
        return None


def works_in(process: psutil.Process, folder: Path) -> bool:
    """Say whether a process has this folder as working directory; False when we may not look."""
    try:
        return Path(process.cwd()).samefile(folder)
    except (psutil.Error, OSError):
        return False


def all_working_in(folder: Path, name: str) -> list[psutil.Process]:
    """Return the living processes called `name*` that work in a folder, such as orphaned backends."""
    found = (find(process.pid) for process in psutil.process_iter())
    return [p for p in found if p is not None and works_in(p, folder) and _name(p).startswith(name)]


def group(leader: int) -> list[psutil.Process]:
    """Return the living processes of a process group, whether or not its leader still lives."""
    members = []
    for process in psutil.process_iter():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if os.getpgid(process.pid) == leader and (found := find(process.pid)) is not None:
                members.append(found)
    return members


def environment(process: psutil.Process) -> dict[str, str]:
    """Return a process's environment; empty when we may not look."""
    try:
        return dict(process.environ())
    except psutil.Error:
        return {}


def birth(pid: int) -> str | None:
    """Return a mark that no other process ever has with this id: the boot and the tick it started in.

    The kernel's tick is used where it can be read: a wall clock that is set back changes every start time.
    """
    process = find(pid)
    if process is None:
        return None
    try:
        ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
        return f"{Path('/proc/sys/kernel/random/boot_id').read_text().strip()}:{ticks}"
    except (OSError, IndexError):
        with contextlib.suppress(psutil.Error):
            return f"{process.create_time():.2f}"
        return None


def end(process: psutil.Process, *, ask: signal.Signals, patience: float) -> None:
    """Ask a process to stop, wait `patience` seconds, then kill it; returns when it is gone or a zombie."""
    for sig, seconds in ((ask, patience), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(sig)
        if wait_until(lambda: gone(process), seconds):
            return
    raise InfraError(f"进程 {process.pid}（{_name(process)}）无法停止，请手工检查。")


def gone(process: psutil.Process) -> bool:
    """Say whether this very process has ended; a new owner of the same id counts as ended."""
    return find(process.pid) is None or not process.is_running()


def wait_until(happened: object, seconds: float, *, every: float = 0.02) -> bool:
    """Call `happened` until it is true or the seconds are over; return what it said last."""
    assert callable(happened)
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() >= deadline:
            return False
        time.sleep(every)
    return True


def private_folder(*folders: Path) -> None:
    """Make folders that only we can enter; the rights of a folder that exists already are left alone."""
    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as refused:
            raise InfraError(
                f"无法建立目录 {folder}（{refused.strerror}）：请换一个可写的 LIANXIN_HOME。"
            ) from refused


def try_lock(path: Path) -> int | None:
    """Return a file descriptor that holds this lock, or None when another process holds it.

    The lock belongs to the open file: whoever inherits the descriptor holds it on, and it ends with the last.
    """
    private_folder(path.parent)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError as refused:
        raise InfraError(f"无权写入 {path.parent}：请换一个可写的 LIANXIN_HOME，或改用它的主人运行。") from refused
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def take_lock(path: Path, *, seconds: float, otherwise: str) -> int:
    """Return a descriptor that holds the lock; raises InfraError(otherwise) when it stays taken."""
    deadline = time.monotonic() + seconds
    while (descriptor := try_lock(path)) is None:
        if time.monotonic() >= deadline:
            raise InfraError(otherwise)
        time.sleep(0.05)
    return descriptor


@contextlib.contextmanager
def exclusive(path: Path, *, seconds: float = 120.0) -> Iterator[None]:
    """Keep other processes out while the block runs; a killed holder lets go by itself."""
    descriptor = take_lock(path, seconds=seconds, otherwise=f"另一个进程长时间占用 {path}，请稍后再试。")
    try:
        yield
    finally:
        os.close(descriptor)


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Say whether a server could listen on this port now; connections in TIME_WAIT do not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def remembered_port(path: Path, wanted: int | None) -> int:
    """Return the wanted port, else the one this home used before, else a free one; remember it.

    Raises InfraError when a wanted port is taken; a remembered one that is taken is given up silently.
    """
    if wanted is not None:
        if not port_is_free(wanted):
            raise InfraError(f"端口 {wanted} 已被其他程序占用，请换一个端口。")
        port = wanted
    else:
        try:
            port = int(path.read_text())
        except (FileNotFoundError, ValueError):
            port = 0
        if not port or not port_is_free(port):
            port = free_port()
    path.write_text(f"{port}\n")
    return port


def tail(log: Path, lines: int = 8) -> str:
    """Return the last lines of a log for a message to a person; empty when there is none."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def roll(log: Path, *, limit: int = 20_000_000) -> None:
    """Prepare a log file: make its folder, and move it aside when it has more than `limit` bytes."""
    private_folder(log.parent)
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > limit:
            log.replace(log.with_suffix(".old.log"))


def _name(process: psutil.Process) -> str:
    try:
        return str(process.name())
    except psutil.Error:
        return "?"
