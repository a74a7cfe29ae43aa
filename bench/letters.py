"""What a letter costs: sent by the services, beside the bare SQL that writes the same rows as the same role."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from sqlalchemy import text

from access.actor import Actor, Work
from access.roles import Role
from bench.ground import Place, Sizes, columns, compare, heading, race
from cases.intake import NewCase, NewParty, register
from cases.models import Case
from cases.services import perform
from dispatches.models import Letter
from dispatches.services import Draft, escalate, send
from dispatches.workflow import LetterKind
from kernel.bus import Bus
from kernel.clock import SystemClock
from kernel.crypto import FieldCipher
from kernel.db import Database
from kernel.ids import uuid7
from measures.services import SUBSCRIPTIONS as COUNTING

#: Tables that a letter writes into, parents first.
_TABLES = ("letters", "letter_events", "outbox", "documents", "fact_deltas", "audit_events")
_WORDS = {"reason": "涉及多家用工单位，本级无力协调", "request": "请上级工会牵头约谈用工单位"}


@dataclass
class Rows:
    """The rows that one sending wrote, by table, and the case that it moved."""

    tenant: int
    other: int
    written: Mapping[str, list[dict[str, Any]]]
    cases: Iterator[UUID] | None
    turn: int = field(default=0)


def measure(place: Place, sizes: Sizes) -> None:
    """Print the medians of an escalation and of an order beside their rows in bare SQL, and letters a second."""
    database = Database(place.settings.database_url, pool_size=1)
    driver = place.settings.database_url.replace("postgresql+psycopg://", "postgresql://")
    with place.admin.connect() as admin:
        above, below = admin.execute(
            text("select parent_id, id from tenants where parent_id is not null order by id limit 1")
        ).one()
        user = {tenant: _head(admin, tenant) for tenant in (above, below)}
    bench = _Bench(database, FieldCipher(place.settings.data_keys), user)
    # Three warming turns of each runner, and one sending that is written down.
    mine, theirs = (iter(bench.accepted(below, sizes.rounds + 4)) for _ in range(2))
    try:
        with psycopg.connect(driver, prepare_threshold=None) as connection:
            going_up = _noted(place, below, above, lambda: bench.escalate(below, next(mine)))
            coming_down = _noted(place, above, below, lambda: bench.order(above, below))
            going_up.cases = (case.id for case in theirs)
            heading("函件：服务与直接写入同样的行（各为一个已提交的事务）")
            columns("services", "bare SQL")
            for label, ours, rows in (
                ("escalation of a case", lambda: bench.escalate(below, next(mine)), going_up),
                ("order", lambda: bench.order(above, below), coming_down),
            ):
                taken = race({"ours": ours, "bare": lambda rows=rows: _bare(connection, rows)}, sizes.rounds)
                compare(label, taken["ours"], taken["bare"])
                rate = 1000 / median(taken["ours"]), 1000 / median(taken["bare"])
                print(f"  letters a second: {rate[0]:,.0f} and {rate[1]:,.0f} bare", flush=True)
    finally:
        database.engine.dispose()


def _head(admin: Any, tenant: int) -> UUID:
    found = admin.execute(
        text("select user_id from user_roles where tenant_id = :t and role = 'office_head' limit 1"), {"t": tenant}
    )
    return UUID(str(found.scalar_one()))


@dataclass(frozen=True)
class _Bench:
    database: Database
    cipher: FieldCipher
    heads: Mapping[int, UUID]

    def _do(self, tenant: int, act: Callable[[Work], Any]) -> Any:
        actor = Actor(tenant, self.heads[tenant], "信访部门负责人", frozenset({Role.OFFICE_HEAD}))
        with self.database.transaction(tenant) as session:
            return act(Work(session, actor, SystemClock(), self.cipher, Bus(COUNTING)))

    def accepted(self, tenant: int, count: int) -> list[Case]:
        """Cases that are ready to go up."""

        def one(work: Work) -> Case:
            today = work.clock.today()
            party = NewParty(name="测试甲", phone="13800001111")
            case = register(work, NewCase("visit", "反映三个月工资未发", "单位欠薪，多次讨要未果。", today, (party,)))
            return perform(
                work, case.number, "triage", {"purpose": "request", "category": "01.01", "tier": "ordinary"}
            )

        return [self._do(tenant, one) for _ in range(count)]

    def escalate(self, tenant: int, case: Case) -> Letter:
        """Send a case up."""
        letter: Letter = self._do(tenant, lambda work: escalate(work, case.number, **_WORDS))
        return letter

    def order(self, tenant: int, to: int) -> Letter:
        """Send an order down."""
        due_on = SystemClock().today() + timedelta(days=30)
        draft = Draft(LetterKind.ORDER, to, "关于拖欠工资问题的交办函", due_on=due_on, **_WORDS)
        letter: Letter = self._do(tenant, lambda work: send(work, draft))
        return letter


def _noted(place: Place, tenant: int, other: int, act: Callable[[], Letter]) -> Rows:
    """Send one letter and read what it wrote, in both unions' books."""
    url = place.admin.url.render_as_string(hide_password=False).replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(url, row_factory=dict_row) as connection:
        before = {table: _keys(connection, table, tenant, other) for table in _TABLES}
        act()
        written = {}
        for table in _TABLES:
            rows = connection.execute(
                sql.SQL("select * from {} where tenant_id in (%s, %s)").format(sql.Identifier(table)), (tenant, other)
            ).fetchall()
            written[table] = [row for row in rows if _key(row) not in before[table]]
    return Rows(tenant, other, written, None)


def _keys(connection: Any, table: str, tenant: int, other: int) -> set[tuple[Any, ...]]:
    query = sql.SQL("select * from {} where tenant_id in (%s, %s)").format(sql.Identifier(table))
    return {_key(row) for row in connection.execute(query, (tenant, other))}


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in ("tenant_id", "id", "letter_id", "seq"))


def _bare(connection: psycopg.Connection[Any], rows: Rows) -> None:
    """The same rows again under new identifiers, and the same changes of what was there."""
    rows.turn += 1
    fresh = {str(row["id"]): str(uuid7()) for table in rows.written.values() for row in table if "id" in row}
    with connection.transaction():
        connection.execute(sql.SQL("SET LOCAL app.tenant = {}").format(sql.Literal(str(rows.tenant))))
        connection.execute(sql.SQL("SET LOCAL app.addressees = {}").format(sql.Literal(str(rows.other))))
        connection.execute(
            "insert into number_counters (tenant_id, series, year, last) values (%s, 'bench', 2026, 1) "
            "on conflict (tenant_id, series, year) do update set last = number_counters.last + 1 returning last",
            (rows.tenant,),
        )
        if rows.cases is not None:
            case = next(rows.cases)
            connection.execute(
                "update cases set status = 'escalated', escalated_at = now(), due_on = null, due_kind = null, "
                "version = version + 1, updated_at = now() where tenant_id = %s and id = %s",
                (rows.tenant, case),
            )
            connection.execute(
                "update case_clocks set stopped_on = (now() at time zone 'Asia/Shanghai')::date, "
                "stop_reason = '上报' where tenant_id = %s and case_id = %s and stopped_on is null",
                (rows.tenant, case),
            )
        for table in _TABLES[:-1]:
            for row in rows.written[table]:
                _insert(connection, table, _again(row, fresh, rows.turn))
        head = connection.execute(
            "select seq, hash from audit_heads where tenant_id = %s for update", (rows.tenant,)
        ).fetchone()
        assert head is not None
        seq = head[0]
        for row in rows.written["audit_events"]:
            seq += 1
            _insert(connection, "audit_events", _again(row, fresh, rows.turn) | {"seq": seq})
        connection.execute("update audit_heads set seq = %s where tenant_id = %s", (seq, rows.tenant))


def _insert(connection: psycopg.Connection[Any], table: str, row: Mapping[str, Any]) -> None:
    connection.execute(
        sql.SQL("insert into {} ({}) values ({})").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(sql.Placeholder() * len(row)),
        ),
        list(row.values()),
    )


def _again(row: Mapping[str, Any], fresh: Mapping[str, str], turn: int) -> dict[str, Any]:
    again = {name: _value(value, fresh) for name, value in row.items()}
    if "number" in again:
        again["number"] = f"{row['number']}-{turn}"
    if again.get("code"):
        # The code under which a paper is verified is nobody else's.
        again["code"] = f"{row['code']}-{turn}"
    return again


def _value(value: Any, fresh: Mapping[str, str]) -> Any:
    if isinstance(value, UUID):
        return UUID(fresh.get(str(value), str(value)))
    if isinstance(value, dict | list):
        words = json.dumps(value, ensure_ascii=False)
        for old, new in fresh.items():
            words = words.replace(old, new)
        return Jsonb(json.loads(words))
    return value
