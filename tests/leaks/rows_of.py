"""Every row of a union, told by its tables: which there are, and whether anything was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Connection, Engine, TextClause, text

from kernel.ids import uuid7
from tests.leaks.catalogue import tenant_tables


@dataclass
class Only:
    """What exists in one union and in no other."""

    number: str = ""
    case_id: UUID = field(default_factory=uuid7)
    letter_id: UUID = field(default_factory=uuid7)
    file_id: UUID = field(default_factory=uuid7)
    user_id: UUID = field(default_factory=uuid7)
    username: str = ""
    #: Every identifier of every row, by table, for routes that nobody had thought of when this was written.
    ids: dict[str, list[UUID]] = field(default_factory=dict)


def identifiers(connection: Connection, tenant: int) -> list[tuple[str, UUID]]:
    """Table and identifier of every row that has one."""
    found: list[tuple[str, UUID]] = []
    for table in tenant_tables():
        column = connection.execute(
            text(
                "select attname from pg_attribute where attrelid = cast(:t as regclass) and attname = 'id' "
                "and not attisdropped"
            ),
            {"t": table},
        ).scalar()
        if column:
            rows = connection.execute(text(f"select id from {table} where tenant_id = :t"), {"t": tenant})
            found += [(table, row_id) for row_id in rows.scalars()]
    return found


def digest(superuser: Engine, tenants: Sequence[int]) -> dict[str, str]:
    """One hash a table over all rows of these unions: equal digests mean that nothing was written there.

    One statement for all tables, because the matrix asks after each of some hundred requests.
    """
    with superuser.connect() as connection:
        rows = connection.execute(_every_row(), {"tenants": list(tenants)})
        return {row.name: row.told for row in rows}


@lru_cache(maxsize=1)
def _every_row() -> TextClause:
    return text(
        " union all ".join(
            f"select '{table}' as name, coalesce(md5(string_agg(x::text, '|' order by x::text)), '') as told "
            f"from {table} x "
            "where tenant_id = any(:tenants)"
            for table in tenant_tables()
        )
    )
