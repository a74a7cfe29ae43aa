"""What a search costs among 10,000 and among 1,000,000 cases, beside the same tokens read by bare SQL.

Each union has 10,000 cases in both databases; the larger one has a hundred such unions. Rows come in by COPY, as an
administrator who passes the wall: the services would take hours and are measured elsewhere.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from uuid import UUID, uuid4

from sqlalchemy import text

from access.actor import Actor, Work
from access.roles import Role
from bench.ground import Place, Sizes, columns, compare, heading, race
from cases import queries as cases
from cases.words import tokens
from kernel.clock import SystemClock
from kernel.crypto import FieldCipher
from kernel.db import Database

_UNION = 1
_COMMON = "拖欠工资"
_RARE = "食堂老鼠"
_PARTS = (
    *("拖欠工资", "加班费未付", "解除劳动合同", "工伤认定", "社保补缴", "年休假安排", "经济补偿", "劳务派遣"),
    *("高温补贴", "女工保护", "集体合同", "退休待遇", "住房公积金", "安全防护", "职业病检查", "困难帮扶"),
)
_UNIONS = """
    insert into tenants (id, slug, name, short_name, kind, code, level)
    select i, 'u-' || i, '测试工会' || i, '测试' || i, 'federation', '测' || i || '工信', 1
    from generate_series(1, :unions) i
"""
_CASES = """
    insert into cases (tenant_id, id, number, title, content, channel, status, received_on, registered_at, closed_at,
        replied_on, version, tokenised)
    select t, ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, '测' || t || '〔2026〕' || n,
        '反映事项', '内容', 'visit', 'closed', current_date, now() - make_interval(mins => n), now(),
        current_date, 2, true
    from generate_series(1, :unions) t, generate_series(1, :each) n
"""
_BARE = text(
    "with hits as (select case_id, count(*) as matched from case_tokens where tenant_id = :t and token = any(:words) "
    "group by case_id having count(*) >= :needed) select cases.*, matched from cases join hits on case_id = id "
    "where tenant_id = :t order by matched desc, registered_at desc, id desc limit 51"
)


def fill(place: Place, unions: int, each: int) -> None:
    """Unions with cases and their tokens. Texts are made of a few phrases, so that common words are really common."""
    with place.admin.connect() as connection:
        connection.execute(text(_UNIONS), {"unions": unions})
        connection.execute(text(_CASES), {"unions": unions, "each": each})
        connection.exec_driver_sql("alter table case_tokens drop constraint pk_case_tokens")
    raw = place.admin.raw_connection()
    try:
        driver = raw.driver_connection
        assert driver is not None
        with (
            driver.cursor() as cursor,
            cursor.copy("copy case_tokens (tenant_id, token, case_id) from stdin") as copy,
        ):
            for union in range(1, unions + 1):
                copy.write(_lines(union, each))
    finally:
        raw.close()
    with place.admin.connect() as connection:
        connection.exec_driver_sql(
            "alter table case_tokens add constraint pk_case_tokens primary key (tenant_id, token, case_id)"
        )
        connection.exec_driver_sql("vacuum analyze")


def _lines(union: int, each: int) -> str:
    chance, lines = random.Random(union), io.StringIO()
    for n in range(1, each + 1):
        words = tokens((chance.choice(_PARTS), chance.choice(_PARTS), *([_RARE] if n % 500 == 0 else [])))
        case_id = UUID(int=0x0000000000007000_8000000000000000 + n)
        for token in (*sorted(words), f"{n}"):
            lines.write(f"{union}\t{token}\t{case_id}\n")
    return lines.getvalue()


def measure(few: Place, many: Place, sizes: Sizes) -> None:
    """Print each question among many cases beside few (want at most 1.2), and beside bare SQL."""
    with Searcher(few) as small, Searcher(many) as large:
        for label, words in (("a common word", _COMMON), ("a rare word", _RARE)):
            heading(f"检索“{words}”：库内{sizes.search_few:,} → {sizes.search_many:,}件")
            columns("ours", "theirs")
            taken = race({"many": large.ours(words), "few": small.ours(words)}, sizes.rounds)
            compare(f"{label}: many beside few", taken["many"], taken["few"])
            taken = race({"ours": large.ours(words), "bare": large.bare(words)}, sizes.rounds)
            compare(f"{label}: beside bare SQL", taken["ours"], taken["bare"])


class Searcher:
    """Asks one place, as the product does and past it."""

    def __init__(self, place: Place) -> None:
        self._database, self._admin = Database(place.settings.database_url, pool_size=1), place.admin
        self._cipher = FieldCipher(place.settings.data_keys)

    def __enter__(self) -> Searcher:
        return self

    def __exit__(self, *_error: object) -> None:
        self._database.engine.dispose()

    def ours(self, words: str) -> Callable[[], object]:
        """The product's own search: session, policy, tokens, objects."""
        actor = Actor(_UNION, uuid4(), "测试", frozenset({Role.LEADER}))

        def ask() -> None:
            with self._database.transaction(_UNION) as session:
                work = Work(session, actor, SystemClock(), self._cipher)
                assert cases.newest(work, cases.Filter(q=words), limit=50).cases

        return ask

    def bare(self, words: str) -> Callable[[], object]:
        """The same rows by SQL alone, past the wall."""
        wanted = [words[place : place + 2] for place in range(len(words) - 1)]

        def ask() -> None:
            with self._admin.connect() as connection:
                asked = {"t": _UNION, "words": wanted, "needed": len(wanted)}
                assert connection.execute(_BARE, asked).all()

        return ask
