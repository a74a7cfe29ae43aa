"""The servers of one home and the environment that the platform's processes are given.

    with Servers(Path("var")) as environment:
        subprocess.run([...], env=os.environ | environment.env)

An embedded server is started for what LIANXIN_DATABASE_URL and LIANXIN_REDIS_URL do not name. From a shell:
`python -m infra.servers start|stop|status|env [--home DIR]`.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

import redis

from infra import urls
from infra.errors import InfraError
from infra.postgres import PostgresServer
from infra.processes import birth, private_folder
from infra.provision import (
    APP,
    NOT_ENOUGH,
    OWNER,
    ROLLUP,
    Provisioned,
    can_provision,
    drop_database,
    provision,
)
from infra.valkey import ValkeyServer
from infra.vault import Vault, new_data_keys, new_secret_key

DATABASE = "lianxin"


@dataclass(frozen=True)
class Environment:
    """What a start leads to: `env` has every LIANXIN_* variable; no `admin_url` where we may not provision.

    `notes` are Chinese sentences for the operator, such as a right that could not be taken away.
    """

    home: Path
    env: dict[str, str]
    admin_url: str | None
    notes: tuple[str, ...] = ()
    embedded: bool = True

    def database(self, name: str, *, template: str | None = None, redis_db: int = 0) -> "Environment":
        """Return the same servers with another database of this name, provisioned like the first.

        An existing one is kept. `template` copies a database that nobody is connected to, such as a migrated
        one. `redis_db` picks a numbered Redis database. Raises InfraError on servers we may not provision.
        """
        if self.admin_url is None:
            raise InfraError(
                "外部数据库的账号无权建库：请让 LIANXIN_DATABASE_URL 使用有 CREATEDB 与 CREATEROLE 的账号。"
            )
        made = _provision(Vault(self.home), self.admin_url, name, template=template, whole_server=self.embedded)
        queue = urls.on_database(self.env["LIANXIN_REDIS_URL"], str(redis_db))
        return replace(self, env={**self.env, **_database_env(made), "LIANXIN_REDIS_URL": queue})

    def drop(self, name: str) -> None:
        """Drop a database made by `database`; whoever is connected is thrown out."""
        if self.admin_url is not None:
            drop_database(self.admin_url, name)


def _silent(_sentence: str) -> None:
    """Say nothing: the default of `say`."""


class Servers:
    """PostgreSQL and Valkey of one home. `fast` gives up durability against power cuts: for tests only.

    `ownership` is a file that remembers which running servers were started by the holder of this file, so that
    the successor of a killed demo stops them in the end, and leaves alone those that somebody else started.
    """

    def __init__(
        self,
        home: Path,
        *,
        fast: bool = False,
        environ: Mapping[str, str] | None = None,
        say: Callable[[str], None] = _silent,
        ownership: Path | None = None,
    ) -> None:
        self.home = home.absolute()
        self.postgres = PostgresServer(self.home, fast=fast)
        self.valkey = ValkeyServer(self.home)
        self._environ = os.environ if environ is None else environ
        self._vault = Vault(self.home)
        self._say = say
        self._ownership = ownership
        self._used: list[PostgresServer | ValkeyServer] = []
        self._started: list[PostgresServer | ValkeyServer] = []

    def start(self, database: str = DATABASE) -> Environment:
        """Start or attach to the servers, provision the database, and return the environment. Raises
        InfraError.
        """
        private_folder(self.home)
        given = {name: value for name, value in self._environ.items() if name.startswith("LIANXIN_") and value}
        try:
            notes: tuple[str, ...] = ()
            admin: str | None = None
            if "LIANXIN_DATABASE_URL" in given:
                admin, database_env, notes = self._external_database(given, database)
            else:
                self._bring_up(self.postgres)
                admin = self.postgres.admin_url
                made = _provision(self._vault, admin, database, whole_server=True)
                database_env, notes = _database_env(made), made.warnings
            queue = given.get("LIANXIN_REDIS_URL")
            if queue is None:
                self._bring_up(self.valkey)
                queue = self.valkey.url
            else:
                _check_redis(queue)
        except BaseException:
            self.stop()
            raise
        env = {
            **database_env,
            "LIANXIN_REDIS_URL": queue,
            "LIANXIN_HOME": str(self.home),
            "LIANXIN_BLOB_URL": given.get("LIANXIN_BLOB_URL") or (self.home / "blobs").as_uri(),
            "LIANXIN_SECRET_KEY": given.get("LIANXIN_SECRET_KEY")
            or self._vault.get("LIANXIN_SECRET_KEY", new_secret_key),
            "LIANXIN_DATA_KEYS": given.get("LIANXIN_DATA_KEYS")
            or self._vault.get("LIANXIN_DATA_KEYS", new_data_keys),
        }
        return Environment(self.home, env, admin, notes, embedded="LIANXIN_DATABASE_URL" not in given)

    def stop(self, *, patience: float = 8.0) -> None:
        """Stop what this object started; servers that ran before are left alone."""
        while self._started:
            self._started.pop().stop(patience=patience)
        self._used.clear()
        if self._ownership is not None:
            self._ownership.unlink(missing_ok=True)

    def revive(self) -> list[str]:
        """Start again what has died of the servers that this object uses; returns the names.

        Raises InfraError when a server comes back on another port, because then every URL handed out is
        wrong.
        """
        revived = []
        for server in self._used:
            if server.process() is None:
                port = int((server.root / "port").read_text())
                self._own(server, fresh=server.start())
                if server.port != port:
                    raise InfraError(f"端口 {port} 被其他程序占用，服务改用了端口 {server.port}，请重新启动。")
                revived.append(server.title)
        return revived

    def stop_all(self) -> None:
        """Stop both servers of this home, whoever started them."""
        self._started.clear()
        self.valkey.stop()
        self.postgres.stop()

    def __enter__(self) -> Environment:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _bring_up(self, server: PostgresServer | ValkeyServer) -> None:
        fresh = server.start()
        self._used.append(server)
        self._own(server, fresh=fresh)
        self._say(f"{server.title} {'已启动' if fresh else '已在运行'}（127.0.0.1:{server.port}）")

    def _own(self, server: PostgresServer | ValkeyServer, *, fresh: bool) -> None:
        """Take a server on as one to stop in the end: a fresh one, or one that the ownership file names."""
        process = server.process()
        mark = None if process is None else f"{process.pid} {birth(process.pid)}"
        known = self._ownership.read_text().splitlines() if self._ownership and self._ownership.exists() else []
        if (fresh or mark in known) and server not in self._started:
            self._started.append(server)
        if fresh and mark is not None and self._ownership is not None:
            self._ownership.write_text("\n".join([*known, mark]) + "\n")

    def _external_database(
        self, given: Mapping[str, str], database: str
    ) -> tuple[str | None, dict[str, str], tuple[str, ...]]:
        """Use the server of LIANXIN_DATABASE_URL; returns (administrator's URL or None, variables, notes)."""
        url = urls.normal(given["LIANXIN_DATABASE_URL"])
        if "LIANXIN_DATABASE_OWNER_URL" in given:
            if "LIANXIN_DATABASE_ROLLUP_URL" not in given:
                raise InfraError(
                    "给出 LIANXIN_DATABASE_OWNER_URL 时，还须给出 LIANXIN_DATABASE_ROLLUP_URL（汇总角色）。"
                )
            others = {f"LIANXIN_DATABASE_{role}_URL" for role in ("OWNER", "ROLLUP")}
            return (
                None,
                {"LIANXIN_DATABASE_URL": url, **{name: urls.normal(given[name]) for name in others}},
                (),
            )
        if not can_provision(url):
            raise InfraError(NOT_ENOUGH)
        named = urls.database_of(url)
        if database == DATABASE and named not in ("", "postgres", "template1"):
            database = named
        made = _provision(self._vault, url, database)
        return url, _database_env(made), made.warnings


def _provision(
    vault: Vault, admin_url: str, database: str, *, template: str | None = None, whole_server: bool = False
) -> Provisioned:
    return provision(
        admin_url,
        database=database,
        owner_pw=vault.get(OWNER),
        app_pw=vault.get(APP),
        rollup_pw=vault.get(ROLLUP),
        template=template,
        whole_server=whole_server,
    )


def _database_env(made: Provisioned) -> dict[str, str]:
    return {
        "LIANXIN_DATABASE_URL": made.app_url,
        "LIANXIN_DATABASE_OWNER_URL": made.owner_url,
        "LIANXIN_DATABASE_ROLLUP_URL": made.rollup_url,
    }


def _check_redis(url: str) -> None:
    try:
        client = redis.Redis.from_url(url, socket_connect_timeout=10)
        try:
            client.ping()
        finally:
            client.close()
    except (redis.RedisError, ValueError) as refused:
        raise InfraError(f"无法连接 LIANXIN_REDIS_URL 的服务：{refused}") from refused


if __name__ == "__main__":
    from infra.console import main

    raise SystemExit(main())
