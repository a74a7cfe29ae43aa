"""What a union feels of its own past: every daily page at 10,000 and at 1,000,000 cases of one union.

Both databases hold the demo federation; the city's register is filled up by COPY and bare inserts, past the wall and
past the services, with claims, parties, clocks, events and the tokens of the search. The union is the unit here: a
million cases of a hundred unions are easier, and measured in ``finding``.
"""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import cycle
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import text

from bench.doors import Bare, create, log_in, ok
from bench.ground import Place, Sizes, columns, compare, heading, race
from cases.words import tokens
from infra.federation import names
from infra.federation.load import load_federation
from infra.urls import libpq
from web.app import create_app

_PARTS = (
    *("拖欠工资", "加班费未付", "解除劳动合同", "工伤认定", "社保补缴", "年休假安排", "经济补偿", "劳务派遣"),
    *("高温补贴", "女工保护", "集体合同", "退休待遇", "住房公积金", "安全防护", "职业病检查", "困难帮扶"),
)
_RARE = "食堂老鼠"
#: Cases of the demo federation in whose city's register the others are put.
FOUNDED = 300
#: Case ``n`` of the filling: its identifier, so that every table can be filled without reading another.
_ID = "('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"
#: One case in twenty is still open, as in a union that keeps its clocks.
_FILL = (
    f"""
    insert into cases (tenant_id, id, number, title, content, channel, category_code, tier, status, received_on,
        registered_at, accepted_at, closed_at, replied_on, due_on, due_kind, first_handler_id, assignee_id, version,
        tokenised)
    select :t, {_ID}, '量〔2020〕' || n, '反映三个月工资未发',
        repeat('单位自去年十二月起未发工资，多次讨要未果。', 5),
        (array['visit','letter','call','online'])[1 + n % 4], lpad((1 + n % 16)::text, 2, '0'), 'ordinary',
        case when n % 20 = 0 then 'handling' else 'closed' end, (now() - make_interval(mins => n))::date,
        now() - make_interval(mins => n), now() - make_interval(mins => n),
        case when n % 20 = 0 then null else now() end,
        case when n % 20 = 0 then null else current_date end, case when n % 20 = 0 then current_date + n % 60 end,
        case when n % 20 = 0 then 'C-60' end, :handler, :handler, 2, true
    from generate_series(1, :cases) n
    """,
    f"""
    insert into claims (tenant_id, id, case_id, position, text, opinion, finding)
    select :t, uuidv7(), {_ID}, p, '补发工资', 'support', '单位已补发'
    from generate_series(1, :cases) n, generate_series(1, 2) p
    """,
    f"""
    insert into parties (tenant_id, id, case_id, position, role, organisation, name_mask, phone_mask, name_sealed,
        name_index, phone_sealed, phone_index)
    select :t, uuidv7(), {_ID}, p, case p when 1 then 'petitioner' else 'respondent' end,
        case p when 2 then '测试厂' end, case p when 1 then '测*' end, case p when 1 then '138****1111' end,
        case p when 1 then decode(repeat('00', 60), 'hex') end, case p when 1 then uuid_send(uuidv7()) end,
        case p when 1 then decode(repeat('00', 60), 'hex') end, case p when 1 then uuid_send(uuidv7()) end
    from generate_series(1, :cases) n, generate_series(1, 2) p
    """,
    f"""
    insert into case_clocks (tenant_id, id, case_id, kind, started_on, due_on, original_due_on, stopped_on, basis)
    select :t, uuidv7(), {_ID}, kind, current_date, current_date + 15, current_date + 15, current_date, '条例'
    from generate_series(1, :cases) n, unnest(array['C-15', 'C-60']) kind
    """,
    f"""
    insert into audit_events (tenant_id, seq, at, actor_id, actor_name, action, subject_type, subject_id, data,
        prev_hash, hash)
    select :t, 1000000 + n * 4 + p, now() - make_interval(mins => n), :handler, '', 'case:note', 'case', {_ID},
        '{{}}', decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex')
    from generate_series(1, :cases) n, generate_series(1, 4) p
    """,
    "update audit_heads set seq = 1000000 + :cases * 4 + 4 where tenant_id = :t",
)


def found(place: Place, password: str) -> None:
    """The demo federation, small: what both offices begin with."""
    load_federation(place.settings, password=password, cases=FOUNDED)


def fill(place: Place, cases: int) -> None:
    """``cases`` more in the register of the demo federation's city."""
    with place.admin.connect() as connection:
        tenant = connection.scalar(text("select id from tenants where slug = :slug"), {"slug": names.CITY})
        handler = connection.scalar(
            text("select id from users where tenant_id = :t and username = 'handler'"), {"t": tenant}
        )
        # Neither keys nor triggers are asked: every row points at what the same number made.
        connection.exec_driver_sql("set session_replication_role = replica")
        for statement in _FILL:
            connection.execute(text(statement), {"t": tenant, "cases": cases, "handler": handler})
        driver = connection.connection.driver_connection
        assert driver is not None
        with (
            driver.cursor() as cursor,
            cursor.copy("copy case_tokens (tenant_id, token, case_id) from stdin") as copy,
        ):
            for first in range(1, cases + 1, 10_000):
                copy.write(_token_lines(tenant, first, min(first + 10_000, cases + 1)))
        connection.exec_driver_sql("set session_replication_role = origin")
        connection.exec_driver_sql("vacuum analyze")


def _token_lines(tenant: int, first: int, end: int) -> str:
    chance, lines = random.Random(first), io.StringIO()
    for n in range(first, end):
        words = tokens((chance.choice(_PARTS), chance.choice(_PARTS), *([_RARE] if n % 500 == 0 else [])))
        case_id = UUID(int=0x0000000000007000_8000000000000000 + n)
        for token in (*sorted(words), f"{n}"):
            lines.write(f"{tenant}\t{token}\t{case_id}\n")
    return lines.getvalue()


def measure(few: Place, many: Place, sizes: Sizes, password: str) -> None:
    """Print each page among many cases beside few, then beside the bare SQL of the same rows among many."""
    with _Office(few, password) as small, _Office(many, password) as large:
        heading(f"一个工会的信访件 {sizes.search_few:,} → {sizes.search_many:,}（全程经应用，单连接，fsync开）")
        columns(f"{sizes.search_many:,}", f"{sizes.search_few:,}")
        pages: tuple[tuple[str, Callable[[_Office], object]], ...] = (
            ("register    POST /cases/new", _Office.register),
            ("act         form and POST (note)", _Office.act),
            ("list        GET /cases/", lambda office: office.get("/cases/")),
            ("list        one category, overdue", lambda office: office.get("/cases/?category=03&overdue=1")),
            ("my work     GET /desk/", lambda office: office.get("/desk/")),
            ("search      a common word", lambda office: office.get("/cases/?q=拖欠工资")),
            ("search      a rare word", lambda office: office.get(f"/cases/?q={_RARE}")),
            ("case page   GET /cases/<number>", _Office.page),
        )
        for label, ask in pages:
            taken = race(
                {"many": lambda ask=ask: ask(large), "few": lambda ask=ask: ask(small)},  # type: ignore[misc]
                sizes.rounds,
            )
            compare(label, taken["many"], taken["few"])
        heading(f"与裸SQL相比，{sizes.search_many:,}件")
        columns("app", "bare SQL")
        pairs: tuple[tuple[str, Callable[[], object], Callable[[], object]], ...] = (
            ("register", large.register, large.bare.create),
            ("act", large.act, lambda: bare_act(large.bare, large.next_number())),
            ("list of 50", lambda: large.get("/cases/"), large.bare.list_of_50),
            (
                "search, common word",
                lambda: large.get("/cases/?q=拖欠工资"),
                lambda: bare_search(large.bare, "拖欠工资"),
            ),
            ("search, rare word", lambda: large.get(f"/cases/?q={_RARE}"), lambda: bare_search(large.bare, _RARE)),
            ("case page", large.page, lambda: large.bare.file(large.next_number())),
        )
        for label, ours, theirs in pairs:
            taken = race({"ours": ours, "theirs": theirs}, sizes.rounds)
            compare(label, taken["ours"], taken["theirs"])


def bare_search(bare: Bare, words: str) -> None:
    """The same hits in the same order by one statement."""
    wanted = [words[place : place + 2] for place in range(len(words) - 1)]
    with bare.transaction() as cursor:
        cursor.execute(
            "with hits as (select case_id, count(*) as matched from case_tokens where tenant_id = %s "
            "and token = any(%s) group by case_id having count(*) >= %s) select cases.*, matched from cases "
            "join hits on case_id = id where tenant_id = %s order by matched desc, registered_at desc, id desc "
            "limit 51",
            (bare.tenant, wanted, len(wanted), bare.tenant),
        )
        assert cursor.fetchall()


def bare_act(bare: Bare, number: str) -> None:
    """Lock, new version, event, head of the chain, message: what a note leaves."""
    now = datetime.now(UTC)
    with bare.transaction() as cursor:
        cursor.execute("select id from cases where tenant_id = %s and number = %s for update", (bare.tenant, number))
        case = cursor.fetchone()[0]
        cursor.execute(
            "update cases set version = version + 1, updated_at = now() where tenant_id = %s and id = %s",
            (bare.tenant, case),
        )
        cursor.execute("select seq, hash from audit_heads where tenant_id = %s for update", (bare.tenant,))
        seq, previous = cursor.fetchone()
        cursor.execute(
            "insert into audit_events (tenant_id, seq, at, actor_id, actor_name, action, subject_type, subject_id, "
            "data, prev_hash, hash) values (%s, %s, %s, %s, '', 'case:note', 'case', %s, %s, %s, %s)",
            (bare.tenant, seq + 1, now, bare.clerk, case, Jsonb({"note": "已联系单位"}), previous, bytes(32)),
        )
        cursor.execute(
            "update audit_heads set seq = %s, hash = %s where tenant_id = %s", (seq + 1, bytes(32), bare.tenant)
        )


class _Office:
    """One union's clerk in a browser, and the same work by hand beside it."""

    def __init__(self, place: Place, password: str) -> None:
        self._app = create_app(place.settings)
        self._client: Any = self._app.test_client()
        log_in(self._client, f"head@{names.CITY}", password)
        self._csrf = self._value(self._client.get("/cases/new").text, "csrf_token")
        self._connection = psycopg.connect(libpq(place.settings.database_url))
        self.bare = Bare(self._connection)
        # Open ones of the filling, spread over its length; not always the same page of the disk.
        self._numbers = cycle([f"量〔2020〕{n}" for n in range(20, self.bare.cases() - 500, 20 * 37)])

    def __enter__(self) -> _Office:
        return self

    def __exit__(self, *_error: object) -> None:
        self._connection.close()
        self._app.extensions["lianxin"].database.engine.dispose()

    @staticmethod
    def _value(page: str, name: str) -> str:
        match = re.search(f'name="{name}"[^>]*value="([^"]*)"', page)
        assert match is not None, name
        return match.group(1)

    def next_number(self) -> str:
        return next(self._numbers)

    def get(self, address: str) -> None:
        ok(self._client.get(address))

    def page(self) -> None:
        self.get(f"/cases/{self.next_number()}")

    def register(self) -> None:
        create(self._client, self._csrf)

    def act(self) -> None:
        """A note on a case, as a person writes it: open the form, send it."""
        address = f"/cases/{self.next_number()}/do/note"
        form = self._client.get(address)
        fields = {
            "csrf_token": self._csrf,
            "version": self._value(form.text, "version"),
            "note": "已联系单位",
        }
        answer = self._client.post(address, data=fields)
        assert answer.status_code in (302, 303), (answer.status_code, answer.text[:400])
