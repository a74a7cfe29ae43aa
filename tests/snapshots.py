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


class Shelf:
    """One database's tables, emptied and refilled over one kept connection."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"))
        with self._connection.transaction():
            rows = self._connection.execute(
                "select tablename from pg_tables where schemaname = 'public' order by tablename"
            ).fetchall()
        self._tables = [name for (name,) in rows if name not in KEPT]

    def empty(self) -> None:
        """Delete every row of every table but the reference data. DELETE, because TRUNCATE costs more on few rows."""
        with self._connection.transaction():
            self._connection.execute("set local session_replication_role = replica")
            for table in self._tables:
                where = sql.SQL(" where " + PLATFORM_ROWS[table] if table in PLATFORM_ROWS else "")
                self._connection.execute(sql.SQL("delete from {}").format(sql.Identifier(table)) + where)

    def save(self) -> dict[str, bytes]:
        """The rows of every table that has some, in COPY's binary form."""
        saved: dict[str, bytes] = {}
        with self._connection.transaction(), self._connection.cursor() as cursor:
            for table in self._tables:
                where = PLATFORM_ROWS.get(table, "true")
                query = sql.SQL("copy (select * from {} where " + where + ") to stdout (format binary)")
                with cursor.copy(query.format(sql.Identifier(table))) as copy:
                    saved[table] = b"".join(bytes(block) for block in copy)
        return saved

    def restore(self, saved: dict[str, bytes]) -> None:
        """Put saved rows back into empty tables."""
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.execute("set local session_replication_role = replica")
            for table, rows in saved.items():
                with cursor.copy(sql.SQL("copy {} from stdin (format binary)").format(sql.Identifier(table))) as copy:
                    copy.write(rows)

    def close(self) -> None:
        """Give the connection back, so that the database can be dropped."""
        self._connection.close()
