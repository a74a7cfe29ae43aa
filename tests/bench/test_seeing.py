"""The measurement of dashboards runs to its end, fills what it says, and goes on where it was killed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bench import seeing
from bench.federating import Federation, Filler
from bench.freshening import lags
from bench.register_patterns import COLUMNS, Registers
from infra.servers import Environment
from measures.models import COUNTS
from tests import template

TODAY = date(2026, 11, 20)


@pytest.fixture
def ground(servers: Environment) -> Iterator[Environment]:
    """Databases of the names that the measurement wants."""
    names = ("seeing_many", "seeing_few")
    for name in names:
        template.copied(servers, name)
    yield servers
    for name in names:
        servers.drop(name)


def test_a_quick_run_goes_on_where_it_was_killed_and_prints_what_it_measured(
    ground: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    blocks = iter((True, True, False))
    leaves = Filler._leaves

    def killed(filler: Filler, *rest: Any) -> int:
        if not next(blocks):
            leaves(filler, *rest)
            raise KeyboardInterrupt
        return leaves(filler, *rest)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Filler, "_leaves", killed)
        seeing.run(ground, seeing.QUICK, tmp_path, frozenset())
    seeing.run(ground, seeing.QUICK, tmp_path, frozenset({"queries", "bare", "fold"}))
    printed = capsys.readouterr().out
    for figure in (
        # Nothing twice, nothing missing: 40 unions with 60 cases each.
        "2,400 cases",
        "queries.flow",
        "figuring.answers",
        "sums.by_unit",
        "own_cases.durations",
        "SQL over facts",
        "SQL over raw cases",
        "deltas a second",
        "longest",
    ):
        assert figure in printed


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
