"""What a union feels of a hundred times as many others: its own list and the root's year, few tenants beside many.

Both databases hold the same number of cases in each union and the same rows in the root's own figures (every working
day, category and channel), so that nothing differs but the number of tenants.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import text

from access.actor import Actor, Work
from access.roles import Role
from bench.ground import Place, Sizes, columns, compare, heading, race
from cases import queries as cases
from kernel.clock import SystemClock
from kernel.crypto import FieldCipher
from kernel.db import Database
from measures import queries as figures
from measures.scopes import SUBTREE_WORD, Wanted, around, choose_scope

_DISTRICTS = 6
_ROOT, _LEAF = 1, 10
_FILL = (
    """
    insert into tenants (id, slug, name, short_name, kind, code, parent_id, level)
    select i, 'u-' || i, '测试工会' || i, '测试' || i, 'federation', '测' || i || '工信',
        case when i = 1 then null when i <= :districts + 1 then 1 else 2 + i % :districts end,
        case when i = 1 then 1 when i <= :districts + 1 then 2 else 3 end
    from generate_series(1, :tenants) i
    """,
    """
    insert into tenant_closure (ancestor_id, descendant_id, depth)
    select id, id, 0 from tenants where id > 0
    union all select parent_id, id, 1 from tenants where parent_id is not null
    union all select up.parent_id, t.id, 2 from tenants t join tenants up on up.id = t.parent_id
        where up.parent_id is not null
    """,
    "insert into tenant_lines (ancestor_id, descendant_id) select ancestor_id, descendant_id from tenant_closure "
    "where descendant_id > 0",
    "insert into tenant_parents (child_id, parent_id) select id, parent_id from tenants where parent_id is not null",
    """
    insert into cases (tenant_id, id, number, title, content, channel, category_code, status, received_on,
        registered_at, closed_at, replied_on, due_on, due_kind, version)
    select t, uuidv7(), '测' || t || '〔2026〕' || lpad(n::text, 6, '0'), '反映三个月工资未发',
        repeat('单位自去年十二月起未发工资，多次讨要未果。', 5), (array['visit','letter','call','online'])[1 + n % 4],
        lpad((1 + n % 16)::text, 2, '0'), case when n % 8 = 0 then 'handling' else 'closed' end,
        current_date - n * 700 / :each, now() - make_interval(hours => n * 16800 / :each),
        case when n % 8 = 0 then null else now() end, case when n % 8 = 0 then null else current_date end,
        case when n % 8 = 0 then current_date + n % 60 end, case when n % 8 = 0 then 'C-60' end, 2
    from generate_series(1, :tenants) t, generate_series(1, :each) n
    """,
    """
    insert into daily_facts (tenant_id, subject_id, scope, day, category, channel, registered, closed)
    select tenant_id, tenant_id, scope, received_on, category_code, channel, count(*), count(*)
    from cases, generate_series(0, 1) scope where tenant_id > 1 group by 1, 2, 3, 4, 5, 6
    """,
    """
    insert into daily_facts (tenant_id, subject_id, scope, day, category, channel, registered, closed, due, due_met)
    select 1, subject, 1, d::date, lpad(category::text, 2, '0'), channel, 3, 2, 2, 1
    from generate_series(current_date - :days, current_date, interval '1 day') d, generate_series(1, 16) category,
        unnest(array['visit','letter','call','online']) channel, generate_series(1, :districts + 1) subject
    where extract(isodow from d) < 6
    """,
    "vacuum analyze",
)


def fill(place: Place, tenants: int, each: int, days: int) -> None:
    """Tenants in three levels with ``each`` cases and their figures, as an administrator who passes the wall.

    The root has figures of its own of the last ``days`` days.
    """
    given = {"tenants": tenants, "each": each, "districts": _DISTRICTS, "days": days}
    with place.admin.connect() as connection:
        for statement in _FILL:
            connection.execute(text(statement), given)


def measure(few: Place, many: Place, sizes: Sizes) -> None:
    """Print how much slower each question is among many tenants (want at most 1.2)."""
    with Asker(few) as small, Asker(many) as large:
        heading(f"租户数 {sizes.few} → {sizes.many}（每家{sizes.cases_each}件；希望 ≤ 1.2）")
        columns(f"{sizes.many}", f"{sizes.few}")
        questions: tuple[tuple[str, Callable[[Asker], object]], ...] = (
            ("a union's own list of 50", Asker.own_list),
            ("a union's open cases", Asker.own_queue),
            ("the root's year: weeks", Asker.root_weeks),
            ("the root's year: months", Asker.root_months),
            ("the root's year: by district", Asker.root_districts),
        )
        for label, ask in questions:
            taken = race(
                {"many": lambda ask=ask: ask(large), "few": lambda ask=ask: ask(small)},  # type: ignore[misc]
                sizes.rounds,
            )
            compare(label, taken["many"], taken["few"])


class Asker:
    """Asks as the product does: its session, its policy, its queries, one transaction a question."""

    def __init__(self, place: Place) -> None:
        self._database = Database(place.settings.database_url, pool_size=1)
        self._cipher = FieldCipher(place.settings.data_keys)

    def __enter__(self) -> Asker:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back."""
        self._database.engine.dispose()

    @contextmanager
    def _work(self, tenant: int) -> Iterator[Work]:
        actor = Actor(tenant, uuid4(), "测试", frozenset({Role.LEADER}))
        with self._database.transaction(tenant) as session:
            yield Work(session, actor, SystemClock(), self._cipher)

    def own_list(self) -> None:
        with self._work(_LEAF) as work:
            assert cases.newest(work, cases.Filter(), limit=50).cases

    def own_queue(self) -> None:
        with self._work(_LEAF) as work:
            assert cases.newest(work, cases.Filter(open_only=True), limit=50).cases

    def root_weeks(self) -> None:
        with self._work(_ROOT) as work:
            assert figures.flow(work, self._year(work)).weeks

    def root_months(self) -> None:
        with self._work(_ROOT) as work:
            assert figures.months(work, self._year(work))

    def root_districts(self) -> None:
        with self._work(_ROOT) as work:
            assert len(figures.units(work, self._year(work), around(work))) == _DISTRICTS

    def _year(self, work: Work) -> Wanted:
        today = work.clock.today()
        return Wanted(today - timedelta(days=365), today, choose_scope(work, around(work), SUBTREE_WORD))
