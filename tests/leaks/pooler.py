"""A real pgbouncer in transaction mode in front of the suite's PostgreSQL, where the machine has the program."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from infra import processes
from infra.programs import ACCOUNTS, CLEAN_ENV

#: One server connection a role and database: every client is handed the one that somebody else has just used.
CONFIGURATION = """\
[databases]
{database} = host={host} port={port} dbname={database}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = plain
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 200
server_reset_query_always = 0
logfile = {folder}/log
pidfile = {folder}/pid
"""


def program() -> str | None:
    """Where pgbouncer is; Debian installs it beside the system's servers, outside an ordinary PATH."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def pooled(url: str, *, size: int = 1) -> Iterator[str]:
    """The same database through pgbouncer: yields the URL, and stops the pooler by its own pid at the end."""
    found = program()
    if found is None:
        raise RuntimeError("pgbouncer is not installed")
    direct = make_url(url)
    listen = processes.free_port()
    folder = Path(tempfile.mkdtemp(prefix="lianxin-pooler-"))
    # It refuses to run as root; the folder holds a password, so it is the account's and nobody else's.
    account = _account()
    (folder / "ini").write_text(
        CONFIGURATION.format(
            database=direct.database, host=direct.host, port=direct.port, listen=listen, folder=folder, size=size
        )
    )
    (folder / "users").write_text(f'"{direct.username}" "{direct.password}"\n')
    if account is not None:
        for place in (folder, *folder.iterdir()):
            os.chown(place, account.uid, account.gid)
    server = processes.spawn([found, folder / "ini"], log=folder / "out", env=CLEAN_ENV, account=account)
    try:
        through = direct.set(host="127.0.0.1", port=listen)
        _wait(through.set(drivername="postgresql").render_as_string(hide_password=False), folder)
        yield through.render_as_string(hide_password=False)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=10)
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> processes.Account | None:
    if os.geteuid() != 0:
        return None
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return processes.Account(entry.pw_uid, entry.pw_gid, name)
    raise RuntimeError("no unprivileged account to run pgbouncer as")


def _wait(address: str, folder: Path) -> None:
    until = time.monotonic() + 10
    while True:
        try:
            psycopg.connect(address, connect_timeout=2, prepare_threshold=None).close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise RuntimeError(processes.tail(folder / "out")) from None
            time.sleep(0.05)
