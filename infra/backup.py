"""`python -m infra.backup save|restore`: a home's database, blobs and keys put aside, and a fresh home made of them.

The keys go to a place of their own: with them the encrypted fields of a backup can be read, and without them nobody
can read them. A home that was started before its keys were put back makes new ones under the same number, and what
it writes then can never be read together with what was restored; so the keys are put back first, and a home that
has keys or data already is refused.
"""

import argparse
import hashlib
import hmac
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from infra import programs, urls
from infra.errors import InfraError
from infra.postgres import SUPERUSER
from infra.processes import private_folder
from infra.servers import DATABASE, Servers
from infra.vault import Vault

Say = Callable[[str], None]
DUMP, BLOBS, MANIFEST = "lianxin.dump", "blobs", "manifest.json"
DATA_KEYS = "LIANXIN_DATA_KEYS"


def _silent(_sentence: str) -> None:
    """Say nothing: the default of `say`."""


def save(home: Path, folder: Path, keys: Path, *, fast: bool = False, say: Say = _silent) -> None:
    """Put a home's database and blobs into a new folder and its keys into a file outside of it.

    The servers may be at work. The database comes first and the blobs after it: a blob is written before the row that
    names it and swept a day or more after, so whatever the dump names is there. Raises InfraError.
    """
    home, folder, keys = home.absolute(), folder.absolute(), keys.absolute()
    if not (home / "secrets.json").exists():
        raise InfraError(f"{home} 不是连心桥的数据目录（没有 secrets.json）。")
    if keys.is_relative_to(folder):
        raise InfraError("密钥不能与备份放在同一个目录：拿到备份的人就能解开全部身份信息。请用 --keys 另指一处。")
    for place in (folder, keys):
        if place.exists():
            raise InfraError(f"{place} 已存在，备份不覆盖旧的：请换一个名称。")
    ring = Vault(home).peek(DATA_KEYS)
    if ring is None:
        raise InfraError("数据密钥不在 secrets.json 中（由环境变量提供）：请按 docs/operations.md 分别备份。")
    private_folder(folder, keys.parent)
    servers = _servers(home, fast=fast)
    try:
        admin = _admin(servers)
        run_program("pg_dump", admin, "--format", "custom", "--file", str(folder / DUMP), DATABASE)
    finally:
        servers.stop()
    if (home / BLOBS).exists():
        shutil.copytree(home / BLOBS, folder / BLOBS)
    told = {"dump": _digest(folder / DUMP), "keys": _marks(ring), "blobs": _blobs(folder)}
    (folder / MANIFEST).write_text(json.dumps(told, indent=1) + "\n")
    with os.fdopen(os.open(keys, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write((home / "secrets.json").read_text())
    say(f"已备份到 {folder}（文件 {len(_blobs(folder))} 个），密钥在 {keys}。请把密钥移到另一处保管。")


def restore(home: Path, folder: Path, keys: Path, *, fast: bool = False, say: Say = _silent) -> None:
    """Make a fresh home of a backup: keys, then servers and roles, then rows, then blobs.

    Everything is checked before the home is made. Raises InfraError; an interrupted restore leaves a home that is
    refused the next time and is to be removed.
    """
    home, folder, keys = home.absolute(), folder.absolute(), keys.absolute()
    if home.exists() and any(home.iterdir()):
        raise InfraError(f"{home} 不是空目录：恢复只写入新的数据目录，请换一个 --home。")
    try:
        told = json.loads((folder / MANIFEST).read_text())
        ring = json.loads(keys.read_text())[DATA_KEYS]
    except (OSError, ValueError, KeyError) as trouble:
        raise InfraError(f"备份或密钥文件读不出来：{trouble}") from trouble
    if told["dump"] != _digest(folder / DUMP) or told["blobs"] != _blobs(folder):
        raise InfraError(f"{folder} 与它的清单不符：备份不完整或被改动过，请换一份。")
    if told["keys"] != _marks(ring):
        raise InfraError("密钥文件不属于这份备份：用它恢复后，身份信息一个字也读不出来。没有写入任何数据。")
    private_folder(home)
    with os.fdopen(os.open(home / "secrets.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(keys.read_text())
    servers = _servers(home, fast=fast)
    try:
        admin = _admin(servers)
        options = ("--clean", "--if-exists", "--single-transaction", "--exit-on-error")
        run_program("pg_restore", admin, *options, "--dbname", DATABASE, str(folder / DUMP))
        if (folder / BLOBS).exists():
            shutil.copytree(folder / BLOBS, home / BLOBS)
        # A dump brings the defaults of the system functions back; provisioning once more closes them.
        servers.start()
    finally:
        servers.stop()
    say(f"已恢复到 {home}。请运行 lianxin audit verify --since 备份时留存的链尾文件，再启动各进程。")


def run_program(name: str, url: str, *arguments: str) -> None:
    """Run one of the wheel's client programs on the server and as the role of a URL; raises InfraError.

    The password goes by the environment: a command line can be read by everybody on the machine.
    """
    _, _, login = urls.libpq(url).partition("://")
    who, _, server = login.rpartition("@")
    user, _, password = who.partition(":")
    host, _, port = server.partition("/")[0].partition(":")
    done = subprocess.run(
        [
            *(str(programs.wheel() / "bin" / name), "--host", host, "--port", port, "--username", user),
            *("--no-password", *arguments),
        ],
        env={**programs.CLEAN_ENV, "PGPASSWORD": password},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise InfraError(f"{name} 失败：\n{done.stderr.strip()}")


def _servers(home: Path, *, fast: bool) -> Servers:
    # Nothing from outside: a backup of this home must not become one of a server that the shell happens to name.
    return Servers(home, fast=fast, environ={})


def _admin(servers: Servers) -> str:
    admin = servers.start().admin_url
    assert admin is not None and SUPERUSER in admin
    return admin


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _blobs(folder: Path) -> dict[str, str]:
    """The digest of every blob of a backup by name, unfinished writes left out."""
    root = folder / BLOBS
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.name.startswith(".part-"))
    return {path.relative_to(root).as_posix(): _digest(path) for path in files}


def _marks(ring: str) -> dict[str, str]:
    """What tells a key from another one of the same number without telling the key."""
    entries = (entry.strip().partition(":") for entry in ring.split(","))
    return {
        number: hmac.new(secret.encode(), b"lianxin/backup", "sha256").hexdigest()[:16]
        for number, _, secret in entries
    }


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code (1 with a sentence on stderr when something is in the way)."""
    parser = argparse.ArgumentParser(prog="python -m infra.backup", description="备份与恢复本机数据目录")
    parser.add_argument("command", choices=("save", "restore"))
    parser.add_argument("--home", type=Path, required=True, help="数据目录；恢复时为新目录")
    parser.add_argument("--folder", type=Path, required=True, help="备份所在的目录")
    parser.add_argument("--keys", type=Path, required=True, help="密钥文件，与备份分开保管")
    given = parser.parse_args(arguments)
    act = save if given.command == "save" else restore
    try:
        act(given.home, given.folder, given.keys, say=print)
    except InfraError as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
