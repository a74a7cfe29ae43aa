"""Empty the tables and put a built federation back, in a tenth of the time that the services take to build it.

Only the superuser of the test's servers can do this: COPY is refused under row-level security, and foreign keys are
not checked while rows go back in any order. On servers without one (``admin_url`` is ``None``) tests build afresh.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

#: Reference data that migrations wrote; every test starts with it.
KEPT = frozenset({"alembic_version", "categories"})
#: The platform's own tenant stays.
PLATFORM_ROWS = {
    "tenants": "id <> 0",
    "tenant_closure": "descendant_id <> 0",
    "tenant_lines": "descendant_id <> 0",
}


#: What COPY writes of a table without a row: its signature, flags, length of an extension, and the end.
_NOTHING = 21


class Shelf:
    """One database's tables, emptied and refilled over one kept connection."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True)
        # For good and not in each transaction: whoever changes it throws away every plan that the session has made.
        self._connection.execute("set session_replication_role = replica")
        rows = self._connection.execute(
            "select tablename from pg_tables where schemaname = 'public' order by tablename"
        ).fetchall()
        self._tables = [name for (name,) in rows if name not in KEPT]
        self._connection.execute(self._function())

    def _function(self) -> sql.Composed:
        """All deletions as one function of this session's own, so that they are planned once and sent as one word."""
        delete = sql.SQL("delete from public.{} where ")
        body = sql.SQL("").join(
            delete.format(sql.Identifier(table)) + sql.SQL(PLATFORM_ROWS.get(table, "true") + ";")
            for table in self._tables
        )
        return sql.SQL("create function pg_temp.empty() returns void language plpgsql as {}").format(
            sql.Literal(f"begin {body.as_string(self._connection)} end")
        )

    def empty(self) -> None:
        """Delete every row of every table but the reference data. DELETE, because TRUNCATE costs more on few rows."""
        self._connection.execute("select pg_temp.empty()")

    def save(self) -> dict[str, bytes]:
        """The rows of every table that has some, in COPY's binary form."""
        saved: dict[str, bytes] = {}
        with self._connection.transaction(), self._connection.cursor() as cursor:
            for table in self._tables:
                where = PLATFORM_ROWS.get(table, "true")
                query = sql.SQL("copy (select * from {} where " + where + ") to stdout (format binary)")
                with cursor.copy(query.format(sql.Identifier(table))) as copy:
                    rows = b"".join(bytes(block) for block in copy)
                if len(rows) > _NOTHING:
                    saved[table] = rows
        return saved

    def restore(self, saved: dict[str, bytes]) -> None:
        """Put saved rows back into empty tables."""
        with self._connection.transaction(), self._connection.cursor() as cursor:
            for table, rows in saved.items():
                with cursor.copy(sql.SQL("copy {} from stdin (format binary)").format(sql.Identifier(table))) as copy:
                    copy.write(rows)

    def close(self) -> None:
        """Give the connection back, so that the database can be dropped."""
        self._connection.close()
