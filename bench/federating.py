"""A federation of any size with two years of cases and figures, by COPY, in chunks that a killed run need not repeat.

Tenants share a few hundred invented registers, so that a chunk is a replacement in a text and PostgreSQL is the slow
side. Rows come month by month, as in life, so that a union's rows do not lie side by side on the disk. Figures are
exact: every superior's rows are the sums of the registers below it. To fit the disk, all that a case counts is
counted on the day of its registration; in life it touches four or five days, and the leaves have as many more rows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg import sql

from bench.ground import Place
from bench.register_patterns import COLUMNS, Registers
from infra.urls import libpq

CITIES, DISTRICTS = 6, 120
ROOT = 1
#: Unions in one chunk: some 20,000 cases and 60,000 rows of figures.
_BLOCK = 500
_CASE_COLUMNS = (
    *("tenant_id", "id", "number", "title", "content", "channel", "category_code", "status", "received_on"),
    *("registered_at", "accepted_at", "closed_at", "replied_on", "due_on", "due_kind", "version", "tokenised"),
)
_FACT_COLUMNS = ("tenant_id", "subject_id", "scope", "day", "category", "channel", *COLUMNS)
_TABLES = (
    "create table if not exists bench_chunks (name text primary key, rows bigint not null, "
    "finished_at timestamptz not null default now())",
    "create table if not exists bench_indexes (name text primary key, made_by text not null)",
)
# Tenants with their tree: every row of it follows from the number of a union.
_TENANTS = (
    """
    insert into tenants (id, slug, name, short_name, kind, code, parent_id, level, created_at)
    select i, 'u-' || i, '测试工会' || i, '测试' || i, 'federation', '测' || i || '工信',
        case when i = 1 then null when i <= 1 + :cities then 1
            when i <= 1 + :cities + :districts then 2 + i % :cities
            when :districts > 0 then 2 + :cities + i % :districts else 2 + i % :cities end,
        case when i = 1 then 1 when i <= 1 + :cities then 2
            when i <= 1 + :cities + :districts or :districts = 0 then 3 else 4 end,
        now() - interval '3 years'
    from generate_series(1, :tenants) i
    """,
    """
    insert into tenant_closure (ancestor_id, descendant_id, depth)
    with recursive up as (
        select id as ancestor, id as descendant, 0 as depth from tenants where id > 0
        union all
        select parent_id, descendant, depth + 1 from up join tenants on id = ancestor where parent_id is not null
    ) select ancestor, descendant, depth from up
    """,
    "insert into tenant_lines (ancestor_id, descendant_id) select ancestor_id, descendant_id from tenant_closure "
    "where descendant_id > 0",
    "insert into tenant_parents (child_id, parent_id) select id, parent_id from tenants where parent_id is not null",
)


@dataclass(frozen=True)
class Federation:
    """How many unions, how many cases in each. The tree has a root, six cities, up to 120 districts, and leaves."""

    tenants: int
    each: int

    @property
    def districts(self) -> int:
        return max(0, min(DISTRICTS, (self.tenants - 1 - CITIES) // 10))

    @property
    def inner(self) -> int:
        """Unions with others below them: the first ones."""
        return 1 + CITIES + self.districts

    def leaf(self, patterns: int, like: int | None = None) -> int:
        """The last union, or the last that has the register of union ``like``."""
        wanted = (self.tenants if like is None else like) % patterns
        return max(i for i in range(self.inner + 1, self.tenants + 1) if i % patterns == wanted)

    def parent(self, union: int) -> int | None:
        """The union directly above, as the tree's one statement has it."""
        if union == ROOT:
            return None
        if union <= 1 + CITIES:
            return ROOT
        if union <= self.inner or self.districts == 0:
            return 2 + union % CITIES
        return 2 + CITIES + union % self.districts


class Filler:
    """Fills one database; what is finished is written down in it, together with what it consists of."""

    def __init__(self, place: Place, federation: Federation, registers: Callable[[date], Registers]) -> None:
        self._place = place
        self._federation = federation
        self._make_registers = registers
        url = place.admin.url.render_as_string(hide_password=False)
        self._connection = psycopg.connect(libpq(url), autocommit=True)
        for statement in _TABLES:
            self._connection.execute(statement)
        rows = self._connection.execute("select name, rows from bench_chunks").fetchall()
        self._done: dict[str, int] = dict(rows)

    @cached_property
    def registers(self) -> Registers:
        """Of the day on which the filling began, or a second part would not fit the first."""
        row = self._connection.execute("select min(finished_at) from bench_chunks").fetchone()
        began = row[0] if row is not None and row[0] is not None else datetime.now(ZoneInfo("UTC"))
        return self._make_registers(began.astimezone(ZoneInfo("Asia/Shanghai")).date())

    @property
    def complete(self) -> bool:
        return "ready" in self._done

    def fill(self) -> float:
        """Do what is left; the seconds it took."""
        began = time.perf_counter()
        if not self.complete:
            self._settings("2GB", "off")
            self._once("tenants", self._tenants)
            self._once("indexes dropped", self._drop_indexes)
            self._load()
            self._build_indexes()
            self._once("vacuum", self._vacuum)
            self._settings(None, None)
            self._once("ready", lambda _cursor: self._federation.tenants)
        return time.perf_counter() - began

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def _once(self, name: str, work: Callable[[psycopg.Cursor[Any]], int]) -> None:
        """A chunk and the note that it is there, in one transaction."""
        if name in self._done:
            return
        with self._connection.transaction(), self._connection.cursor() as cursor:
            # Neither keys nor triggers are asked: every row points at what the same number made.
            cursor.execute("set local session_replication_role = replica")
            # The note is a commit of its own importance: a power cut may cost the last chunks, never half of one.
            cursor.execute("set local synchronous_commit = off")
            rows = work(cursor)
            cursor.execute("insert into bench_chunks (name, rows) values (%s, %s)", (name, rows))
        self._done[name] = rows

    def _tenants(self, _cursor: psycopg.Cursor[Any]) -> int:
        federation = self._federation
        numbers = {"tenants": federation.tenants, "cities": CITIES, "districts": federation.districts}
        for statement in _TENANTS:
            text = statement
            for name, number in numbers.items():
                text = text.replace(f":{name}", str(number))
            # Districts are never divided by in a tree without them; the planner folds the constant all the same.
            _cursor.execute(text.replace("% 0", "% 1").encode())
        return federation.tenants

    def _drop_indexes(self, cursor: psycopg.Cursor[Any]) -> int:
        """Plain indexes of both big tables, and the facts' key; the cases' keys have foreign keys on them."""
        cursor.execute(
            "insert into bench_indexes (name, made_by) select indexname, indexdef from pg_indexes "
            "where schemaname = 'public' and tablename = 'cases' and indexname not in "
            "(select conname from pg_constraint where conrelid = 'cases'::regclass)"
        )
        cursor.execute("select name from bench_indexes")
        for (name,) in cursor.fetchall():
            cursor.execute(sql.SQL("drop index {}").format(sql.Identifier(name)))
        cursor.execute(
            "insert into bench_indexes (name, made_by) select conname, 'alter table daily_facts add constraint ' "
            "|| quote_ident(conname) || ' ' || pg_get_constraintdef(oid) from pg_constraint "
            "where conrelid = 'daily_facts'::regclass and contype = 'p' returning name"
        )
        row = cursor.fetchone()
        assert row is not None
        cursor.execute(sql.SQL("alter table daily_facts drop constraint {}").format(sql.Identifier(row[0])))
        return 1

    def _build_indexes(self) -> None:
        for name, made_by in self._connection.execute("select name, made_by from bench_indexes").fetchall():

            def build(cursor: psycopg.Cursor[Any], made_by: str = made_by) -> int:
                cursor.execute("set local maintenance_work_mem = '1GB'")
                cursor.execute(made_by.encode())
                return 0

            self._once(f"index {name}", build)

    def _vacuum(self, cursor: psycopg.Cursor[Any]) -> int:
        # Not inside a transaction, so on a second connection; repeated after a kill, which only costs time.
        raw = self._place.admin.raw_connection()
        try:
            raw.cursor().execute("vacuum (analyze, parallel 0)")
        finally:
            raw.close()
        cursor.execute("select 0")
        return 0

    def _load(self) -> None:
        registers, federation = self.registers, self._federation
        for month in range(registers.months):
            for first in range(1, federation.tenants + 1, _BLOCK):
                block = range(first, min(first + _BLOCK, federation.tenants + 1))
                self._once(f"month {month} from {first}", lambda c, m=month, b=block: self._leaves(c, m, b))  # type: ignore[misc]
            self._once(f"month {month} inner", lambda c, m=month: self._inner(c, m))  # type: ignore[misc]

    def _leaves(self, cursor: psycopg.Cursor[Any], month: int, block: range) -> int:
        """A month of cases and figures of some unions; of a leaf also its subtree's, and its superior's about it."""
        registers, federation, rows = self.registers, self._federation, 0
        with cursor.copy(_copy("cases", _CASE_COLUMNS)) as copy:
            for union in block:
                lines, count = registers.cases(union, month)
                copy.write(lines.replace("@T", str(union)).replace("@X", f"{union:08x}"))
                rows += count
        with cursor.copy(_copy("daily_facts", _FACT_COLUMNS)) as copy:
            for union in block:
                lines = registers.facts(union, month)
                copy.write(lines.replace("@K", f"{union}\t{union}\t0"))
                if union > federation.inner:
                    copy.write(lines.replace("@K", f"{union}\t{union}\t1"))
                    copy.write(lines.replace("@K", f"{federation.parent(union)}\t{union}\t1"))
        return rows

    def _inner(self, cursor: psycopg.Cursor[Any], month: int) -> int:
        """A month of what unions with others below them see: the sums."""
        rows = 0
        with cursor.copy(_copy("daily_facts", _FACT_COLUMNS)) as copy:
            for union, lines, count in self._sums(month):
                copy.write(lines.replace("@K", f"{union}\t{union}\t1"))
                if (parent := self._federation.parent(union)) is not None:
                    copy.write(lines.replace("@K", f"{parent}\t{union}\t1"))
                rows += count
        return rows

    def _sums(self, month: int) -> Iterator[tuple[int, str, int]]:
        registers, federation = self.registers, self._federation
        totals = {union: registers.nothing(month) for union in range(1, federation.inner + 1)}
        for union in range(1, federation.tenants + 1):
            above: int | None = union if union <= federation.inner else federation.parent(union)
            while above is not None:
                registers.add(totals[above], union, month)
                above = federation.parent(above)
        for union, total in totals.items():
            yield union, *registers.lines(total, month)

    def _settings(self, wal: str | None, vacuum: str | None) -> None:
        """Fewer checkpoints and no autovacuum while it fills; afterwards the server is as it is installed."""
        for name, value in (("max_wal_size", wal), ("autovacuum", vacuum)):
            setting = sql.Identifier(name)
            if value is None:
                self._connection.execute(sql.SQL("alter system reset {}").format(setting))
            else:
                self._connection.execute(sql.SQL("alter system set {} = {}").format(setting, sql.Literal(value)))
        self._connection.execute("select pg_reload_conf()")


def _copy(table: str, columns: tuple[str, ...]) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("copy {} ({}) from stdin").format(sql.Identifier(table), names)
