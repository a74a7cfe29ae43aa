"""Roles, the database and its grants: made before the first migration and repaired at each start.

Everything is idempotent and looks before it writes, so that an administrator with CREATEROLE and CREATEDB
suffices on a server that others look after. What only a superuser may do is then left undone and reported as
a warning.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql

from infra import urls
from infra.errors import InfraError

OWNER, APP, ROLLUP = "lianxin_owner", "lianxin_app", "lianxin_rollup"

# Column of pg_roles -> the value every one of our roles must have, and the words that make it so.
ATTRIBUTES = {
    "rolcanlogin": (True, "LOGIN"),
    "rolsuper": (False, "NOSUPERUSER"),
    "rolbypassrls": (False, "NOBYPASSRLS"),
    "rolcreatedb": (False, "NOCREATEDB"),
    "rolcreaterole": (False, "NOCREATEROLE"),
    "rolreplication": (False, "NOREPLICATION"),
    "rolinherit": (False, "NOINHERIT"),
}
# set_config: an injected SELECT could otherwise change app.tenant; the program itself says SET LOCAL.
# The others: all web requests share one role, so each could read or end another tenant's statement.
CLOSED_FUNCTIONS = (
    "pg_catalog.set_config(text, text, boolean)",
    "pg_catalog.pg_stat_get_activity(integer)",
    "pg_catalog.pg_stat_get_backend_activity(integer)",
    "pg_catalog.pg_cancel_backend(integer)",
    "pg_catalog.pg_terminate_backend(integer, bigint)",
)
CLOSED_VIEWS = ("pg_catalog.pg_stat_activity",)
# One key for everybody who provisions on the same server: catalogue rows of roles do not bear two writers.
LOCK = 0x11A47
NOT_ENOUGH = (
    "LIANXIN_DATABASE_URL 的账号须是超级用户或同时具有 CREATEROLE 与 CREATEDB；"
    "否则请先建好角色，并给出 LIANXIN_DATABASE_OWNER_URL 与 LIANXIN_DATABASE_ROLLUP_URL。"
)


@dataclass(frozen=True)
class Provisioned:
    """URLs of the three roles on the provisioned database, and what could not be done (Chinese sentences)."""

    owner_url: str
    app_url: str
    rollup_url: str
    warnings: tuple[str, ...] = ()


def provision(
    admin_url: str,
    *,
    database: str,
    owner_pw: str,
    app_pw: str,
    rollup_pw: str,
    template: str | None = None,
    whole_server: bool = False,
) -> Provisioned:
    """Make or repair the three login roles and a database; see the module's docstring.

    `template` copies an existing database (nobody may be connected to it) instead of an empty one.
    `whole_server` says that the server is ours alone: its maintenance databases are then closed to our roles
    as well. Raises InfraError when the administrator may not do what is needed.
    """
    passwords = {OWNER: owner_pw, APP: app_pw, ROLLUP: rollup_pw}
    target = urls.on_database(admin_url, database)
    with _connected(urls.on_database(admin_url, "postgres")) as admin:
        admin.execute("select pg_advisory_lock(%s)", [LOCK])
        superuser = _check_rights(admin)
        for role, password in passwords.items():
            _make_role(admin, role, password, urls.as_role(admin_url, role, password))
        if not superuser:
            # The maker of a role may administer it but not act as it, which giving it a database needs.
            _run(admin, "GRANT {} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE", OWNER)
        _make_database(admin, database, template)
        _run(admin, "REVOKE ALL ON DATABASE {} FROM PUBLIC", database)
        for role in (APP, ROLLUP):
            _run(admin, "GRANT CONNECT ON DATABASE {} TO {}", database, role)
        if whole_server:
            for other in ("postgres", "template1"):
                _run(admin, "REVOKE ALL ON DATABASE {} FROM PUBLIC", other)
        warnings = _close_functions(target) if superuser else (f"账号不是超级用户，{_UNDONE}",)
        with _connected(urls.as_role(target, OWNER, owner_pw)) as owner:
            owner.execute("CREATE SCHEMA IF NOT EXISTS app")
            owner.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    made = {role: urls.as_role(target, role, password) for role, password in passwords.items()}
    return Provisioned(made[OWNER], made[APP], made[ROLLUP], warnings)


_UNDONE = (
    "未能收回 PUBLIC 对 set_config 和 pg_stat_activity 的权限，请由数据库管理员执行 docs/operations.md 中的语句。"
)


def drop_database(admin_url: str, database: str) -> None:
    """Drop a database and disconnect whoever uses it; no-op when it is not there."""
    with _connected(urls.on_database(admin_url, "postgres")) as admin:
        _run(admin, "DROP DATABASE IF EXISTS {} WITH (FORCE)", database)


def can_provision(url: str) -> bool:
    """Say whether this role is a superuser or has both CREATEROLE and CREATEDB; raises InfraError."""
    database = urls.database_of(url) or "postgres"
    try:
        with _connected(urls.on_database(url, database)) as connection:
            return _rights(connection)[1]
    except InfraError:
        if database == "postgres":
            raise
    # The database in the URL may be the one that is still to be made.
    with _connected(urls.on_database(url, "postgres")) as connection:
        return _rights(connection)[1]


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection]:
    try:
        connection = psycopg.connect(urls.libpq(url), autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as refused:
        where = urls.libpq(url).rpartition("@")[2]
        raise InfraError(f"无法连接数据库 {where}：{str(refused).strip().splitlines()[-1]}") from refused
    with connection:
        yield connection


def _run(connection: psycopg.Connection, statement: str, *names: str) -> None:
    """Execute a statement of ours with quoted names put in."""
    connection.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))


def _rights(connection: psycopg.Connection) -> tuple[bool, bool]:
    """Return (is superuser, may provision)."""
    row = connection.execute(
        "select rolsuper, rolsuper or (rolcreaterole and rolcreatedb) from pg_roles where rolname = current_user"
    ).fetchone()
    assert row is not None
    return bool(row[0]), bool(row[1])


def _check_rights(admin: psycopg.Connection) -> bool:
    superuser, enough = _rights(admin)
    if not enough:
        raise InfraError(NOT_ENOUGH)
    return superuser


def _make_role(admin: psycopg.Connection, role: str, password: str, login: str) -> None:
    """Create a role, or change only what deviates: a CREATEROLE administrator may not even repeat
    NOSUPERUSER.
    """
    columns = sql.SQL(", ").join(map(sql.Identifier, ATTRIBUTES))
    found = admin.execute(sql.SQL("select {} from pg_roles where rolname = %s").format(columns), [role]).fetchone()
    if found is None:
        words = " ".join(word for wanted, word in ATTRIBUTES.values() if word != "NOSUPERUSER")
        _run(admin, f"CREATE ROLE {{}} {words}", role)
    else:
        pairs = zip(found, ATTRIBUTES.values(), strict=True)
        words = " ".join(word for has, (wanted, word) in pairs if has != wanted)
        if words:
            _run(admin, f"ALTER ROLE {{}} {words}", role)
        for (granted,) in admin.execute(
            "select g.rolname from pg_auth_members m join pg_roles g on g.oid = m.roleid"
            " join pg_roles r on r.oid = m.member where r.rolname = %s",
            [role],
        ).fetchall():
            _run(admin, "REVOKE {} FROM {}", granted, role)
        if _logs_in(urls.on_database(login, "postgres")):
            return
    # Only the verifier is sent, so that no log and no statistics view ever sees the password.
    verifier = admin.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    admin.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(verifier)))


def _logs_in(login: str) -> bool:
    """Say whether a password is right; being refused the database comes after the password was taken."""
    try:
        psycopg.connect(urls.libpq(login), connect_timeout=10).close()
    except psycopg.OperationalError as refused:
        return "permission denied for database" in str(refused)
    return True


def _make_database(admin: psycopg.Connection, database: str, template: str | None) -> None:
    found = admin.execute(
        "select r.rolname, pg_encoding_to_char(d.encoding) from pg_database d"
        " join pg_roles r on r.oid = d.datdba where d.datname = %s",
        [database],
    ).fetchone()
    if found is None and template is not None:
        _run(admin, "CREATE DATABASE {} OWNER {} TEMPLATE {}", database, OWNER, template)
    elif found is None:
        _run(admin, "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'", database, OWNER)
    elif found[1] != "UTF8":
        raise InfraError(f"数据库 {database} 的编码是 {found[1]}，须为 UTF8。")
    elif found[0] != OWNER:
        _run(admin, "ALTER DATABASE {} OWNER TO {}", database, OWNER)


def _close_functions(target: str) -> tuple[str, ...]:
    """Take from PUBLIC what would let one tenant's statement see or touch another's; returns warnings."""
    with _connected(target) as admin:
        for function in CLOSED_FUNCTIONS:
            admin.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC".encode())
        for view in CLOSED_VIEWS:
            admin.execute(f"REVOKE ALL ON {view} FROM PUBLIC".encode())
    return ()
