"""The measurement of dashboards runs to its end, fills what it says, and goes on where it was killed."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from bench.federating import Federation
from bench.freshening import lags
from bench.register_patterns import COLUMNS, Registers
from measures.models import COUNTS

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 20)


def quick(*arguments: str, folder: Path) -> str:
    env = {name: value for name, value in os.environ.items() if not name.startswith("LIANXIN_")}
    env |= {"PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}", "TMPDIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-m", "bench.seeing", "--quick", *arguments],
        check=False,
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_a_quick_run_fills_and_prints_the_questions_the_limit_the_fold_and_the_export(tmp_path: Path) -> None:
    printed = quick("--only", "queries", "bare", "fold", "export", folder=tmp_path)
    for figure in (
        "2,400 cases",
        "queries.flow",
        "figuring.answers",
        "sums.by_unit",
        "own_cases.durations",
        "SQL over facts",
        "SQL over raw cases",
        "deltas a second",
        "longest",
        "xlsx",
    ):
        assert figure in printed
    # Its servers stopped with it and its home is gone.
    assert list(tmp_path.iterdir()) == []


def test_what_a_register_counts_is_what_its_cases_are() -> None:
    registers, union = Registers(TODAY, each=50, patterns=3), 7
    position = COLUMNS.index("registered")
    for month in range(registers.months):
        _lines, cases = registers.cases(union, month)
        counted = [line.split("\t") for line in registers.facts(union, month).splitlines()]
        assert sum(int(cells[4 + position]) for cells in counted) == cases
    assert sum(registers.cases(union, month)[1] for month in range(registers.months)) == 50
    assert set(COLUMNS) <= set(COUNTS)


def test_a_superior_has_the_sum_of_the_registers_below() -> None:
    registers = Registers(TODAY, each=30, patterns=2)
    total = registers.nothing(0)
    for union in (3, 4, 5):
        registers.add(total, union, 0)
    assert total[:, 0].sum() == sum(registers.cases(union, 0)[1] for union in (3, 4, 5))
    lines, count = registers.lines(total, 0)
    assert len(lines.splitlines()) == count == (total[:, 0] > 0).sum()


@pytest.mark.parametrize(("tenants", "districts"), [(10, 0), (40, 3), (10_000, 120)])
def test_every_union_stands_below_one_that_has_others_below(tenants: int, districts: int) -> None:
    federation = Federation(tenants, each=1)
    assert federation.districts == districts
    parents = {federation.parent(union) for union in range(2, tenants + 1)}
    assert parents <= set(range(1, federation.inner + 1))
    assert federation.parent(1) is None


def test_the_measured_leaves_of_both_federations_have_one_register() -> None:
    small, large = Federation(10, 1), Federation(10_000, 1)
    assert large.leaf(500, like=small.tenants) % 500 == small.leaf(500) % 500
    assert large.leaf(500, like=small.tenants) > large.inner


def test_an_events_age_runs_until_so_many_events_are_visible() -> None:
    assert lags([1.0, 2.0, 3.0], [(1.5, 0), (2.5, 2), (6.0, 3)]) == [1.5, 0.5, 3.0]
    with pytest.raises(AssertionError, match="1 events never"):
        lags([1.0, 2.0], [(3.0, 1)])
