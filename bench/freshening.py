"""Figures flow up ten thousand unions: changes folded a second, how old a figure is in a steady rain of events."""

from __future__ import annotations

import random
import threading
import time
from statistics import median, quantiles

import psycopg
from sqlalchemy import create_engine, text

from bench.federating import ROOT
from bench.ground import Place, heading
from infra.urls import libpq
from measures.folding import fold
from worker.duties import DUTIES, FOLD_BATCH

_DELTAS = """
    insert into fact_deltas (tenant_id, id, day, category, channel, registered)
    select 1 + (n * 7919) % :tenants, uuidv7(), current_date - n % 30, lpad((1 + n % 16)::text, 2, '0'), 'visit', 1
    from generate_series(1, :deltas) n
"""
#: Seconds that the worker waits between two folds.
FOLD_PAUSE = next(duty.seconds for duty in DUTIES if duty.name == "fold")
#: The probe's cell: nobody else's figures change there.
_CELL = ("-", "visit")


def folding(place: Place, tenants: int, deltas: int) -> None:
    """Print deltas a second of every union, folded up as many levels as there are, in the batches of the worker."""
    heading(f"fold: {deltas:,} deltas of {tenants:,} tenants, batches of {FOLD_BATCH:,} (want ≥ 20,000/s)")
    rollup = create_engine(place.settings.database_rollup_url or "")
    rates = []
    for turn in range(4):
        with place.admin.connect() as connection:
            connection.execute(text(_DELTAS), {"tenants": tenants, "deltas": deltas})
        began, folded, batch = time.perf_counter(), 0, FOLD_BATCH
        while batch >= FOLD_BATCH:
            with rollup.begin() as connection:
                batch = fold(connection, limit=FOLD_BATCH)
            folded += batch
        rate = folded / (time.perf_counter() - began)
        rates.append(rate)
        print(f"{'  first, rows are new' if turn == 0 else '  again'}: {rate:,.0f} deltas a second", flush=True)
    print(f"median of all {median(rates):,.0f} deltas a second")
    rollup.dispose()


class _Rain:
    """Events of all unions, committed one by one by the application's role, and when each was."""

    def __init__(self, place: Place, tenants: int, a_second: int, seconds: float, writers: int) -> None:
        self._url = libpq(place.settings.database_url)
        self._tenants, self._writers = tenants, writers
        self._pause = writers / a_second
        self._until = time.perf_counter() + seconds
        self.committed: list[float] = []

    def fall(self) -> None:
        threads = [threading.Thread(target=self._write, args=(seed,), daemon=True) for seed in range(self._writers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _write(self, seed: int) -> None:
        chance, due = random.Random(seed), time.perf_counter()
        with psycopg.connect(self._url) as connection:
            while due < self._until:
                tenant = chance.randrange(1, self._tenants + 1)
                with connection.transaction():
                    connection.execute(f"set local app.tenant = '{tenant:d}'".encode())
                    connection.execute(
                        "insert into fact_deltas (tenant_id, id, day, category, channel, registered) "
                        "values (%s, uuidv7(), current_date, %s, %s, 1)",
                        (tenant, *_CELL),
                    )
                self.committed.append(time.perf_counter())
                due += self._pause
                time.sleep(max(0.0, due - time.perf_counter()))


def freshness(place: Place, tenants: int, *, a_second: int, seconds: float, pause: float = FOLD_PAUSE) -> None:
    """Print the longest time from an event's commit to the moment when the root's figure has it."""
    heading(f"freshness: {a_second} events/s for {seconds:.0f} s while the fold runs as in the worker (want ≤ 10 s)")
    stop, rain = threading.Event(), _Rain(place, tenants, a_second, seconds, writers=4)
    rollup = create_engine(place.settings.database_rollup_url or "")
    folds: list[float] = []
    seen: list[tuple[float, int]] = []

    def keep_folding() -> None:
        while not stop.is_set():
            began, batch = time.perf_counter(), FOLD_BATCH
            while batch >= FOLD_BATCH:
                with rollup.begin() as connection:
                    batch = fold(connection, limit=FOLD_BATCH)
            folds.append(time.perf_counter() - began)
            stop.wait(pause)

    def keep_looking(before: int) -> None:
        while not stop.is_set():
            seen.append((time.perf_counter(), _visible(place) - before))
            stop.wait(0.05)

    before = _visible(place)
    threads = [
        threading.Thread(target=keep_folding, daemon=True),
        threading.Thread(target=keep_looking, args=(before,), daemon=True),
    ]
    for thread in threads:
        thread.start()
    rain.fall()
    deadline = time.perf_counter() + 60
    while (not seen or seen[-1][1] < len(rain.committed)) and time.perf_counter() < deadline:
        time.sleep(0.05)
    stop.set()
    for thread in threads:
        thread.join()
    rollup.dispose()
    ages = lags(sorted(rain.committed), seen)
    print(
        f"{len(rain.committed):,} events ({len(rain.committed) / seconds:.0f}/s); from commit to the root's "
        f"figure: median {median(ages):.1f} s, p95 {quantiles(ages, n=20)[-1]:.1f} s, longest {max(ages):.1f} s; "
        f"{len(folds)} folds of at most {max(folds):.2f} s, {pause:g} s apart",
        flush=True,
    )


def lags(committed: list[float], seen: list[tuple[float, int]]) -> list[float]:
    """Seconds from each commit until so many events were visible; ``seen``: moments with the number visible.

    :raises AssertionError: for an event that never became visible.
    """
    ages, place = [], 0
    for number, at in enumerate(committed, 1):
        while place < len(seen) and seen[place][1] < number:
            place += 1
        assert place < len(seen), f"{len(committed) - number + 1} events never became visible"
        ages.append(max(0.0, seen[place][0] - at))
    return ages


def _visible(place: Place) -> int:
    """The root's figure of today in the probe's cell, as the application reads it."""
    with psycopg.connect(libpq(place.settings.database_url)) as connection, connection.transaction():
        connection.execute(f"set local app.tenant = '{ROOT:d}'".encode())
        row = connection.execute(
            "select coalesce(sum(registered), 0) from daily_facts where tenant_id = %s and subject_id = %s "
            "and scope = 1 and day = current_date and category = %s and channel = %s",
            (ROOT, ROOT, *_CELL),
        ).fetchone()
    assert row is not None
    return int(row[0])
