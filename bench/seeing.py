"""``python -m bench.seeing``: dashboards over 10,000 unions with 10,000,000 cases, everything as ratios in one run.

Fills two federations under ``--home``, the large one and one of ten unions whose root has the same rows, and goes on
where a killed run stopped. Ten million cases need 20 GB of disk; a second run with the same home only measures.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine, text

from access.passwords import hash_password
from bench import asking, charting, freshening
from bench.federating import ROOT, Federation, Filler
from bench.ground import Place, ground, heading, place
from bench.register_patterns import Registers
from bench.site import serving
from infra.servers import Environment
from kernel.clock import SystemClock
from measures import summing

PASSWORD = "Demo-bench-2026"
FEW = 10
PARTS = ("queries", "bare", "charts", "fold", "browser", "export")


@dataclass(frozen=True)
class Extent:
    """How much of everything."""

    tenants: int
    each: int
    patterns: int = 500
    rounds: int = 40
    seconds: float = 15
    deltas: int = 100_000
    rain: float = 30
    pause: float = freshening.FOLD_PAUSE
    export_rows: int = 100_000
    visits: int = 5


QUICK = Extent(40, 60, patterns=4, rounds=2, seconds=0.4, deltas=500, rain=0.5, pause=0.2, export_rows=50, visits=1)


def main() -> None:
    """Fill what is not filled yet, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.seeing", description="看板在一万个租户上的性能")
    parser.add_argument("--tenants", type=int, default=10_000)
    parser.add_argument("--each", type=int, default=1_000, help="每个租户的件数")
    parser.add_argument("--home", type=Path, help="数据目录：保留，可续；不给则用完即删")
    parser.add_argument("--quick", action="store_true", help="只验证能运行，数字没有意义")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="只测量其中几项")
    given = parser.parse_args()
    extent = Extent(given.tenants, given.each)
    if given.quick:
        extent = QUICK
    day, python = time.strftime("%Y-%m-%d"), platform.python_version()
    print(f"{day}, Python {python}, {platform.machine()}, {os.cpu_count()} cores", flush=True)
    with ExitStack() as opened:
        home = given.home or Path(opened.enter_context(TemporaryDirectory(prefix="lianxin-seeing-"))) / "home"
        run(opened.enter_context(ground(home)), extent, home, frozenset(given.only))


def run(environment: Environment, extent: Extent, home: Path, parts: frozenset[str]) -> None:
    """Both federations, then every part that is wanted."""
    large, small = Federation(extent.tenants, extent.each), Federation(FEW, extent.each)
    with ExitStack() as opened:
        many, few = place(environment, "seeing_many"), place(environment, "seeing_few")
        opened.callback(many.close)
        opened.callback(few.close)
        _fill(many, few, large, small, extent)
        leaves = small.leaf(extent.patterns), large.leaf(extent.patterns, like=small.tenants)
        if "queries" in parts:
            asking.measure(few, many, leaves, (FEW, extent.tenants), extent.rounds)
        if "bare" in parts:
            asking.against_bare_sql(many, extent.rounds)
        if parts & {"charts", "browser"}:
            _over_http(environment, extent, home, _leaders(many, leaves[1]), parts)
        # What changes the figures comes last.
        if "fold" in parts:
            freshening.freshness(many, extent.tenants, a_second=200, seconds=extent.rain, pause=extent.pause)
            freshening.folding(many, extent.tenants, extent.deltas)
    if "export" in parts:
        # A process of its own: the most memory that this one ever had says nothing about an export.
        export = (sys.executable, "-m", "bench.exporting", "--cases", str(extent.export_rows))
        subprocess.run(export, check=True, cwd=Path(__file__).parents[1])


def _over_http(
    environment: Environment, extent: Extent, home: Path, leaders: Mapping[str, str], parts: frozenset[str]
) -> None:
    env = {**os.environ, **environment.database("seeing_many").env, "LIANXIN_COOKIE_SECURE": "0"}
    for owner in ("LIANXIN_DATABASE_OWNER_URL", "LIANXIN_DATABASE_ROLLUP_URL"):
        env.pop(owner, None)
    with serving(env, home / "log" / "web.log") as site:
        if "charts" in parts:
            charting.over_http(site, leaders, PASSWORD, extent.seconds)
        if "browser" in parts:
            charting.in_a_browser(site, _pages(leaders), PASSWORD, extent.visits)


def _fill(many: Place, few: Place, large: Federation, small: Federation, extent: Extent) -> None:
    filler = Filler(many, large, lambda day: Registers(day, extent.each, extent.patterns))
    other = Filler(few, small, lambda _day: filler.registers)
    heading(f"{large.tenants:,} tenants with {large.each:,} cases each, and {small.tenants} tenants")
    fresh = not filler.complete
    with closing(filler), closing(other):
        seconds = filler.fill()
        other.fill()
    if _root_rows(many) != _root_rows(few):
        _like_the_large_root(many, few)
    summed = _sum_up(many)
    _sum_up(few)
    with many.admin.connect() as connection:
        row = connection.execute(
            text(
                "select pg_database_size(current_database()), pg_total_relation_size('cases'), "
                "pg_total_relation_size('daily_facts'), pg_total_relation_size('summed_facts'), "
                "(select sum(rows) from bench_chunks where name like 'month%from%'), "
                "(select reltuples from pg_class where relname = 'daily_facts'), "
                "extract(epoch from (select max(finished_at) - min(finished_at) from bench_chunks))"
            )
        ).one()
    how = f"filled in {seconds:.0f} s" if fresh else f"was filled before, in {row[6]:.0f} s"
    print(
        f"{row[4]:,} cases {row[1] / 1e9:.1f} GB, {row[5]:,.0f} rows of figures {row[2] / 1e9:.1f} GB with indexes, "
        f"sums {row[3] / 1e9:.2f} GB; database {row[0] / 1e9:.1f} GB; {how}",
        flush=True,
    )
    if summed:
        print(f"{summed} lines summed, {summed.found:.1f} s to find them and {summed.each:.2f} s each", flush=True)


@dataclass(frozen=True)
class _Summed:
    """What the duty that moves borders on took: lines, seconds to find them, seconds each."""

    lines: int
    found: float
    each: float

    def __bool__(self) -> bool:
        return self.lines > 0

    def __str__(self) -> str:
        return f"{self.lines:,}"


def _sum_up(made: Place) -> _Summed:
    """As the worker's duty: up to the day before yesterday, a transaction a line."""
    rollup = create_engine(made.settings.database_rollup_url or "")
    until, began = SystemClock().today() - timedelta(days=1), time.perf_counter()
    with rollup.begin() as connection:
        lines = summing.behind(connection, until)
    found = time.perf_counter() - began
    for line in lines:
        with rollup.begin() as connection:
            summing.advance(connection, line, until)
    each = (time.perf_counter() - began - found) / max(1, len(lines))
    rollup.dispose()
    if lines:
        with made.admin.connect() as connection:
            connection.execute(text("vacuum analyze summed_facts"))
            connection.execute(text("vacuum analyze summed_lines"))
    return _Summed(len(lines), found, each)


def _root_rows(made: Place) -> tuple[int, int]:
    """How many rows the root reads, and how much they count; a measured fold has changed the large one's."""
    with made.admin.connect() as connection:
        row = connection.execute(
            text(f"select count(*), coalesce(sum(registered), 0) from daily_facts where tenant_id = {ROOT}")
        ).one()
    return int(row[0]), int(row[1])


def _like_the_large_root(many: Place, few: Place) -> None:
    """The root of ten reads the very rows that the root of ten thousand reads."""
    source, target = many.admin.raw_connection(), few.admin.raw_connection()
    try:
        target.cursor().execute(f"delete from daily_facts where tenant_id = {ROOT}")
        reading, writing = source.driver_connection, target.driver_connection
        assert reading is not None
        assert writing is not None
        with (
            reading.cursor().copy(f"copy (select * from daily_facts where tenant_id = {ROOT}) to stdout") as rows,
            writing.cursor().copy("copy daily_facts from stdin") as copy,
        ):
            for data in rows:
                copy.write(data)
        target.cursor().execute("vacuum analyze daily_facts")
    finally:
        source.close()
        target.close()


def _leaders(many: Place, leaf: int) -> Mapping[str, str]:
    """Accounts of the leaders that log in: of the root and of the leaf."""
    with many.admin.connect() as connection:
        for tenant in (ROOT, leaf):
            values = {"t": tenant, "id": asking.LEADER, "hash": hash_password(PASSWORD)}
            connection.execute(
                text(
                    "insert into users (tenant_id, id, username, display_name, password_hash) "
                    "values (:t, :id, 'leader', '测试领导', :hash) on conflict do nothing"
                ),
                values,
            )
            connection.execute(
                text(
                    "insert into user_roles (tenant_id, user_id, role) values (:t, :id, 'leader') "
                    "on conflict do nothing"
                ),
                values,
            )
    return {"whole tree": f"leader@u-{ROOT}", "leaf": f"leader@u-{leaf}"}


def _pages(leaders: Mapping[str, str]) -> Mapping[str, tuple[str, str]]:
    root, leaf = leaders["whole tree"], leaders["leaf"]
    return {
        "load, own cases of a leaf": (leaf, "/dashboards/load?unit=own"),
        "load, whole tree": (root, "/dashboards/load?unit=subtree"),
        "resolution, whole tree": (root, "/dashboards/resolution?unit=subtree"),
    }


if __name__ == "__main__":
    main()
