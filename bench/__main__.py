"""``make bench``: everything in one run, on servers of its own, in minutes. ``--quick`` only proves that it runs."""

from __future__ import annotations

import argparse
import platform
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import doors, finding, growth, letters, papers, registers, tree, volume
from bench.ground import QUICK, Place, Sizes, ground, heading, place
from infra.federation.load import load_federation
from infra.servers import Environment

PASSWORD = "Demo-bench-2026"
_FOUNDED = "bench_founded"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="性能测量")
    parser.add_argument("--quick", action="store_true", help="只验证能运行，数字没有意义")
    sizes = QUICK if parser.parse_args().quick else Sizes()
    print(f"Python {platform.python_version()}, {platform.machine()}, medians of {sizes.rounds} rounds in turns")
    with TemporaryDirectory(prefix="lianxin-bench-") as folder, ground(Path(folder) / "home") as environment:
        _measure(environment, sizes, Path(folder))


def _measure(environment: Environment, sizes: Sizes, folder: Path) -> None:
    demo = place(environment, "bench_demo")
    _seed(demo, sizes)
    _found(environment, demo, sizes)
    doors.measure(demo, sizes, PASSWORD)
    registers.measure(demo, sizes, folder)
    letters.measure(demo, sizes)
    papers.measure(sizes)
    demo.close()
    few, many = place(environment, "bench_few"), place(environment, "bench_many")
    began = time.perf_counter()
    growth.fill(few, sizes.few, sizes.cases_each, sizes.days)
    growth.fill(many, sizes.many, sizes.cases_each, sizes.days)
    filled = time.perf_counter() - began
    growth.measure(few, many, sizes)
    print(f"(filled {sizes.many * sizes.cases_each:,} cases of {sizes.many:,} tenants in {filled:.0f} s)", flush=True)
    few.close()
    many.close()
    searched = {cases: place(environment, f"bench_search_{cases}") for cases in (sizes.search_few, sizes.search_many)}
    for cases, made in searched.items():
        finding.fill(made, cases // sizes.search_few, sizes.search_few)
    finding.measure(*searched.values(), sizes)
    for made in searched.values():
        made.close()
    offices = {
        cases: place(environment, f"bench_volume_{cases}", like=_FOUNDED)
        for cases in (sizes.search_few, sizes.search_many)
    }
    for cases, made in offices.items():
        volume.fill(made, cases)
    volume.measure(*offices.values(), sizes, PASSWORD)
    for made in offices.values():
        made.close()
    trees = {tenants: place(environment, f"bench_tree_{tenants}") for tenants in sizes.trees}
    for tenants, made in trees.items():
        growth.fill(made, tenants, tree.EACH, sizes.days)
    tree.measure(trees, sizes)
    for made in trees.values():
        made.close()


def _found(environment: Environment, demo: Place, sizes: Sizes) -> None:
    """The federation that both offices of ``volume`` are copies of: the demo's where it is as large, loaded once."""
    demo.close()
    if sizes.cases == volume.FOUNDED:
        place(environment, _FOUNDED, like="bench_demo").close()
        return
    founded = place(environment, _FOUNDED)
    volume.found(founded, PASSWORD)
    founded.close()


def _seed(demo: Place, sizes: Sizes) -> None:
    heading(f"演示数据（约{sizes.cases:,}件，30个工会）")
    began = time.perf_counter()
    outcome = load_federation(demo.settings, password=PASSWORD, cases=sizes.cases)
    seconds = time.perf_counter() - began
    with demo.admin.connect() as connection:
        connection.exec_driver_sql("vacuum analyze")
    rate = outcome.cases / seconds
    print(f"{outcome.cases:,} cases in {seconds:.1f} s, {rate:,.0f} a second, figures folded", flush=True)


if __name__ == "__main__":
    main()
