"""List of 50, case page and registration through the whole application, beside the bare SQL of the same work."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
from flask.testing import FlaskClient
from psycopg.types.json import Jsonb

from bench.ground import Place, Sizes, columns, compare, heading, race, token
from infra.federation import names
from infra.urls import libpq
from kernel.ids import uuid7
from web.app import create_app

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_LONG = "本人在该单位工作三年，自去年十二月起未发工资，多次讨要未果。" * 4


def measure(ground: Place, sizes: Sizes, password: str) -> None:
    """Print the three comparisons, as the clerk of the union with the most cases."""
    app = create_app(ground.settings)
    client = app.test_client()
    log_in(client, f"clerk@{names.CITY}", password)
    form = client.get("/cases/new").text
    csrf = _found(_TOKEN, form)
    with psycopg.connect(libpq(ground.settings.database_url)) as connection:
        bare = Bare(connection)
        number = bare.a_number()
        heading(f"门户与裸SQL（{names.CITY}，{bare.cases()}件，登记员，单连接，fsync开）")
        columns("app", "bare SQL")
        pairs: tuple[tuple[str, Callable[[], object], Callable[[], object]], ...] = (
            ("list of 50  GET /cases/", lambda: ok(client.get("/cases/")), bare.list_of_50),
            (
                "case page   GET /cases/<number>",
                lambda: ok(client.get(f"/cases/{number}")),
                lambda: bare.file(number),
            ),
            ("create      POST /cases/new", lambda: create(client, csrf), bare.create),
        )
        for label, ours, theirs in pairs:
            taken = race({"ours": ours, "theirs": theirs}, sizes.rounds)
            compare(label, taken["ours"], taken["theirs"])
        leader = app.test_client()
        log_in(leader, f"leader@{names.CITY}", password)
        today = datetime.now(UTC).date()
        year = f"/dashboards/load?from={today.replace(year=today.year - 1)}&to={today}&unit=subtree"
        taken = race({"ours": lambda: ok(leader.get(year)), "theirs": bare.year}, sizes.rounds)
        compare("dashboard, whole tree, one year", taken["ours"], taken["theirs"])
    app.extensions["lianxin"].database.engine.dispose()


def log_in(client: FlaskClient, who: str, password: str) -> None:
    """Through the form, as a browser does."""
    csrf = _found(_TOKEN, client.get("/login/").text)
    answer = client.post("/login/", data={"csrf_token": csrf, "username": who, "password": password})
    assert answer.status_code == 302, answer.text


def ok(answer: Any) -> None:
    assert answer.status_code == 200, (answer.status_code, answer.text[:400])
    assert answer.get_data()


def create(client: FlaskClient, csrf: str) -> None:
    fields = {
        "csrf_token": csrf,
        "token": token(),
        "channel": "visit",
        "title": "反映三个月工资未发",
        "content": _LONG,
        "received_on": datetime.now(UTC).date().isoformat(),
        "headcount": "1",
        "parties.0.name": "测试甲",
        "parties.0.phone": "13800001111",
        "parties.1.organisation": "测试厂",
    }
    answer = client.post("/cases/new", data=fields)
    assert answer.status_code == 303, answer.text[:400]


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    assert match is not None
    return match.group(1)


class Bare:
    """The same work by hand: one connection of the application's role, prepared statements, the tenant set."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        with connection.transaction():
            row = connection.execute("select id from tenants where slug = %s", (names.CITY,)).fetchone()
        assert row is not None
        self.tenant: int = row[0]
        with self.transaction() as cursor:
            cursor.execute("select id from users where username = 'clerk'")
            self.clerk = cursor.fetchone()[0]
        self._taken = 0

    def transaction(self) -> Any:
        """A transaction of the tenant; gives its cursor."""
        return _Transaction(self.connection, self.tenant)

    def cases(self) -> int:
        with self.transaction() as cursor:
            cursor.execute("select count(*) from cases")
            return int(cursor.fetchone()[0])

    def a_number(self) -> str:
        """A closed case of some age: all of its tables have rows."""
        with self.transaction() as cursor:
            cursor.execute("select number from cases where status = 'closed' order by registered_at desc limit 1")
            return str(cursor.fetchone()[0])

    def list_of_50(self) -> None:
        with self.transaction() as cursor:
            cursor.execute(
                "select assignee_id, c.* from cases c where tenant_id = %s and not sealed "
                "order by registered_at desc, id desc limit 51",
                (self.tenant,),
            )
            handlers = [row[0] for row in cursor.fetchall()]
            cursor.execute("select id, display_name from users where id = any(%s)", (handlers,))
            cursor.fetchall()
            cursor.execute("select * from categories order by position")
            cursor.fetchall()

    def file(self, number: str) -> None:
        with self.transaction() as cursor:
            cursor.execute("select * from cases where tenant_id = %s and number = %s", (self.tenant, number))
            case = cursor.fetchone()[1]
            for query in (
                "select * from claims where tenant_id = %s and case_id = %s order by position",
                "select * from parties where tenant_id = %s and case_id = %s order by position",
                "select * from case_clocks where tenant_id = %s and case_id = %s order by started_on",
                "select * from audit_events where tenant_id = %s and subject_id = %s order by seq desc limit 200",
                "select * from documents where tenant_id = %s and subject_id = %s order by created_at",
                "select * from letters where tenant_id = %s and case_id = %s order by sent_at desc",
            ):
                cursor.execute(query, (self.tenant, case))
                cursor.fetchall()
            cursor.execute("select id, display_name from users where tenant_id = %s", (self.tenant,))
            cursor.fetchall()
            cursor.execute("select * from categories order by position")
            cursor.fetchall()

    def year(self) -> None:
        """The year's weeks by channel from the viewer's own rows, as the page's one query asks for them."""
        with self.transaction() as cursor:
            cursor.execute(
                "select case when day < current_date - 364 then null else date_trunc('week', day) end, channel, "
                "sum(registered), sum(closed) from daily_facts "
                "where tenant_id = %s and scope = 1 and subject_id = %s and day <= current_date group by 1, 2",
                (self.tenant, self.tenant),
            )
            cursor.fetchall()

    def create(self) -> None:
        """Every row that a registration leaves, in as many statements as there are tables."""
        case, now, tenant = uuid7(), datetime.now(UTC), self.tenant
        sealed, index = bytes(60), bytes(16)
        with self.transaction() as cursor:
            cursor.execute(
                "insert into number_counters (tenant_id, series, year, last) values (%s, 'bare', 2026, 1) "
                "on conflict (tenant_id, series, year) do update set last = number_counters.last + 1 returning last",
                (tenant,),
            )
            number = f"裸〔2026〕{cursor.fetchone()[0]:06d}"
            cursor.execute(
                "insert into cases (tenant_id, id, number, title, content, channel, status, received_on, "
                "registered_at, first_handler_id, due_on, due_kind, source, source_key, version) values "
                "(%s, %s, %s, %s, %s, 'visit', 'registered', %s, %s, %s, %s, 'C-15', 'bare', %s, 1)",
                (tenant, case, number, "反映三个月工资未发", _LONG, now.date(), now, self.clerk, now.date(), token()),
            )
            cursor.execute(
                "insert into claims (tenant_id, id, case_id, position, text) values (%s, %s, %s, 1, '补发工资')",
                (tenant, uuid7(), case),
            )
            cursor.execute(
                "insert into parties (tenant_id, id, case_id, position, role, organisation, name_mask, phone_mask, "
                "name_sealed, name_index, phone_sealed, phone_index) values "
                "(%s, %s, %s, 1, 'petitioner', null, '测*', '138****1111', %s, %s, %s, %s), "
                "(%s, %s, %s, 2, 'respondent', '测试厂', null, null, null, null, null, null)",
                (tenant, uuid7(), case, sealed, index, sealed, index, tenant, uuid7(), case),
            )
            cursor.execute(
                "insert into case_clocks (tenant_id, id, case_id, kind, started_on, due_on, original_due_on, basis) "
                "values (%s, %s, %s, 'C-15', %s, %s, %s, '')",
                (tenant, uuid7(), case, now.date(), now.date(), now.date()),
            )
            cursor.execute("select seq, hash from audit_heads where tenant_id = %s for update", (tenant,))
            seq, previous = cursor.fetchone()
            cursor.execute(
                "insert into audit_events (tenant_id, seq, at, actor_id, actor_name, action, subject_type, "
                "subject_id, data, prev_hash, hash) "
                "values (%s, %s, %s, %s, '', 'case:register', 'case', %s, %s, %s, %s)",
                (tenant, seq + 1, now, self.clerk, case, Jsonb({"number": number}), previous, bytes(32)),
            )
            cursor.execute(
                "update audit_heads set seq = %s, hash = %s where tenant_id = %s", (seq + 1, bytes(32), tenant)
            )
            cursor.execute(
                "insert into fact_deltas (tenant_id, id, day, category, channel, registered, persons) "
                "values (%s, %s, %s, '-', 'visit', 1, 1), (%s, %s, %s, '-', 'visit', 0, 0)",
                (tenant, uuid7(), now.date(), tenant, uuid7(), now.date()),
            )
            cursor.execute(
                "insert into outbox (tenant_id, id, topic, payload) values (%s, %s, 'case.registered', %s)",
                (tenant, uuid7(), Jsonb({"case": str(case)})),
            )


class _Transaction:
    """``begin``, the tenant, the work, ``commit``."""

    def __init__(self, connection: psycopg.Connection[Any], tenant: int) -> None:
        self._connection, self._tenant = connection, tenant

    def __enter__(self) -> psycopg.Cursor[Any]:
        self._open = self._connection.transaction()
        self._open.__enter__()
        cursor = self._connection.cursor()
        cursor.execute(f"set local app.tenant = '{self._tenant:d}'")
        return cursor

    def __exit__(self, *error: Any) -> None:
        self._open.__exit__(*error)
