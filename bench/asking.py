"""Every question of the dashboards, one by one: few tenants beside many, and the root's year beside bare SQL."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from statistics import median
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import event, text

from access.actor import Actor, Work
from access.roles import Role
from bench.federating import ROOT
from bench.ground import Place, columns, compare, heading, race
from dashboards.pages import rates
from dispatches import flight
from infra.urls import libpq
from kernel.clock import SystemClock
from kernel.crypto import FieldCipher
from kernel.db import Database
from measures import ages, below, figuring, own_cases, queries, sums
from measures.definitions import CATALOGUE
from measures.scopes import OWN_WORD, SUBTREE_WORD, Around, Wanted, around, choose_scope

#: The leader's account of each union that is asked; ``seeing`` makes it, with a password where somebody logs in.
LEADER = UUID("01890000-0000-7000-8000-000000000001")
#: A question of the root that takes longer misses its target.
SLOW_MS = 10
_RATES = rates.measures(rates.FOUR, rates.SETTLED, rates.GUARDS)
_FUNNELS = rates.measures(("on_time", "office_satisfaction", "participation"))
Question = Callable[["Viewer"], object]

#: What pages ask about figures that flowed up; the year, whole subtree at the root and own cases at a leaf.
EVERYWHERE: Mapping[str, Question] = {
    "scopes.around": lambda viewer: around(viewer.work),
    "queries.flow": lambda viewer: queries.flow(viewer.work, viewer.year).weeks,
    "queries.months": lambda viewer: queries.months(viewer.work, viewer.year),
    "queries.heat": lambda viewer: queries.heat(viewer.work, viewer.year, viewer.here).rows,
    "queries.recent": lambda viewer: queries.recent(viewer.work, viewer.year, viewer.here),
    "figuring.answers, the rates": lambda viewer: figuring.answers(viewer.work, viewer.year, _RATES),
    f"figuring.answers, all {len(CATALOGUE)}": lambda viewer: figuring.answers(viewer.work, viewer.year),
    "sums.by_month, the rates": lambda viewer: sums.by_month(viewer.work, viewer.year, _RATES),
    "flight.in_flight": lambda viewer: flight.in_flight(viewer.work) is not None,
}
AT_THE_ROOT: Mapping[str, Question] = {
    **EVERYWHERE,
    "queries.units": lambda viewer: queries.units(viewer.work, viewer.year, viewer.here),
    "queries.units, a category": lambda viewer: queries.units(viewer.work, viewer.of_a_category, viewer.here),
    "queries.flow, a category": lambda viewer: queries.flow(viewer.work, viewer.of_a_category).weeks,
    "queries.heat, a channel": lambda viewer: queries.heat(viewer.work, viewer.of_a_channel, viewer.here).rows,
    "sums.by_unit, the funnels": lambda viewer: sums.by_unit(viewer.work, viewer.year, viewer.here, _FUNNELS),
    "below.page": lambda viewer: below.page(viewer.work).rows,
}
AT_A_LEAF: Mapping[str, Question] = {
    **EVERYWHERE,
    "ages.ageing": lambda viewer: ages.ageing(viewer.work, viewer.year),
    "own_cases.per_handler": lambda viewer: own_cases.per_handler(viewer.work, viewer.year) is not None,
    "own_cases.by_hour": lambda viewer: own_cases.by_hour(viewer.work, viewer.year),
    "own_cases.durations": lambda viewer: own_cases.durations(viewer.work, viewer.year).days.size,
}


class Viewer:
    """A union's leader, who asks as the product does: its session, its policy, its queries, a transaction each."""

    def __init__(self, place: Place, tenant: int, word: str) -> None:
        self.database = Database(place.settings.database_url, pool_size=1)
        self._cipher = FieldCipher(place.settings.data_keys)
        self.tenant = tenant
        self.work: Work
        with self._asking():
            self.here: Around = around(self.work)
            today = self.work.clock.today()
            self.year = Wanted(
                today - timedelta(days=365), today, choose_scope(self.work, self.here, word), None, None
            )
            self.of_a_category = replace(self.year, category="01")
            self.of_a_channel = replace(self.year, channel="visit")

    def ask(self, question: Question) -> None:
        """Begin, ask, end; an answer without anything in it would measure nothing."""
        with self._asking():
            assert question(self)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        actor = Actor(self.tenant, LEADER, "测试领导", frozenset({Role.LEADER}))
        with self.database.transaction(self.tenant) as session:
            self.work = Work(session, actor, SystemClock(), self._cipher)
            yield

    def close(self) -> None:
        self.database.engine.dispose()


def measure(few: Place, many: Place, leaves: tuple[int, int], tenants: tuple[int, int], rounds: int) -> None:
    """Print every question at the root and at a leaf, ours among many beside ours among few (want at most 1.2)."""
    for where, unions, word, questions in (
        ("root, whole tree", (ROOT, ROOT), SUBTREE_WORD, AT_THE_ROOT),
        ("leaf, own cases", leaves, OWN_WORD, AT_A_LEAF),
    ):
        heading(f"{where}, one year: {tenants[0]:,} → {tenants[1]:,} tenants (want ≤ 1.2×; at the root ≤ 10 ms)")
        columns(f"{tenants[1]:,}", f"{tenants[0]:,}")
        small, large = Viewer(few, unions[0], word), Viewer(many, unions[1], word)
        slow: dict[str, float] = {}
        for label, question in questions.items():
            taken = race(
                {
                    "many": partial(large.ask, question),
                    "few": partial(small.ask, question),
                },
                rounds,
            )
            compare(label, taken["many"], taken["few"])
            slow[label] = median(taken["many"])
        late = [label for label, took in slow.items() if took > SLOW_MS]
        print(f"over {SLOW_MS} ms: {', '.join(late) or 'none'}", flush=True)
        for label in late:
            print(f"  {label}: {in_the_database(large, questions[label])}", flush=True)
        small.close()
        large.close()


def against_bare_sql(many: Place, rounds: int) -> None:
    """Print the root's year by month beside one statement over the facts, and one over all cases of all tenants."""
    viewer = Viewer(many, ROOT, SUBTREE_WORD)
    first, last = viewer.year.first, viewer.year.last
    heading("the whole tree's year by month beside bare SQL (medians in ms)")
    facts = psycopg.connect(libpq(many.settings.database_url))
    raw = many.admin.connect()
    with raw.begin():
        raw.execute(text("set work_mem = '64MB'"))

    def by_facts() -> list[Any]:
        with facts.transaction():
            facts.execute(f"set local app.tenant = '{ROOT}'")
            return facts.execute(
                "select date_trunc('month', day)::date, sum(due), sum(due_met), sum(notice_due), sum(notice_met), "
                "sum(registered), sum(closed) from daily_facts where tenant_id = %s and scope = 1 "
                "and subject_id = %s and day between %s and %s group by 1 order by 1",
                (ROOT, ROOT, first, last),
                prepare=True,
            ).fetchall()

    def by_cases() -> list[Any]:
        found = raw.execute(
            text(
                "select date_trunc('month', received_on)::date, count(*), count(closed_at) from cases "
                "where received_on between :first and :last group by 1 order by 1"
            ),
            {"first": first, "last": last},
        )
        return list(found.all())

    # The two do not disagree, or one of them would measure something else.
    assert [row[5] for row in by_facts()] == [row[1] for row in by_cases()]
    taken = race({"ours": lambda: viewer.ask(EVERYWHERE["queries.months"]), "facts": by_facts}, rounds)
    columns("ours", "bare SQL")
    compare("months beside SQL over facts", taken["ours"], taken["facts"])
    slow = race({"cases": by_cases}, 3)
    compare("months beside SQL over raw cases", taken["ours"], slow["cases"])
    print(f"(over the raw cases: {median(slow['cases']) / median(taken['ours']):,.0f} times as long as ours)")
    raw.close()
    facts.close()
    viewer.close()


def in_the_database(viewer: Viewer, question: Question) -> str:
    """Of a slow question: what PostgreSQL plans and executes, and how many rows it reads; the rest is ours."""
    said: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        said.append((statement, parameters))

    engine = viewer.database.engine
    event.listen(engine, "before_cursor_execute", note)
    viewer.ask(question)
    event.remove(engine, "before_cursor_execute", note)
    found = []
    for statement, parameters in said:
        if not statement.lstrip().lower().startswith(("select", "with")) or "set_config" in statement:
            continue
        with viewer.database.transaction(viewer.tenant) as session:
            rows = session.connection().exec_driver_sql(f"explain (analyze, timing off) {statement}", parameters)
            lines = [str(row[0]).strip() for row in rows]
        scan = max((line for line in lines if "rows=" in line and "Scan" in line), key=_rows, default="")
        found.append(f"{_rows(scan):,} rows, {'; '.join(line for line in lines if line.endswith(' ms'))}")
    return " | ".join(found)


def _rows(line: str) -> int:
    match = re.search(r"actual rows=(\d+)", line)
    return int(match.group(1)) if match else 0
