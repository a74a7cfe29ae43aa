"""A union's own daily facts, row by row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from kernel.errors import ForbiddenError
from measures.daily import daily
from tests.builders import Federation

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def test_rows_are_the_own_cases_only_and_pages_follow_by_key(
    federation: Federation, fold_all: Callable[[], int]
) -> None:
    for slug in ("east", "street", "west"):
        federation.accepted(slug)
    federation.register("clerk@east", channel="letter")
    fold_all()
    with federation.work("head@east") as work:
        rows = daily(work, first=YEAR[0], last=YEAR[1])
        assert sum(row.registered for row in rows) == 2
        keys = [(row.day, row.category, row.channel) for row in rows]
        assert keys == sorted(keys)
        rest = daily(work, first=YEAR[0], last=YEAR[1], after=keys[0])
        assert [(row.day, row.category, row.channel) for row in rest] == keys[1:]
        assert daily(work, first=YEAR[1], last=YEAR[1]) == []


def test_administrators_and_auditors_get_no_figures(federation: Federation) -> None:
    for login in ("admin@east", "security@east", "auditor@east"):
        with federation.work(login) as work, pytest.raises(ForbiddenError):
            daily(work, first=YEAR[0], last=YEAR[1])


def test_reports_against_officials_are_broken_out_for_those_who_may_read_them_only(
    federation: Federation, fold_all: Callable[[], int]
) -> None:
    case = federation.register("clerk@east")
    federation.act("clerk@east", case.number, "triage", purpose="report", category="13.01", tier="hard")
    fold_all()
    seen = {}
    for login in ("head@east", "clerk@east"):
        with federation.work(login) as work:
            seen[login] = {row.category for row in daily(work, first=YEAR[0], last=YEAR[1])}
    assert "13" in seen["head@east"]
    assert "13" not in seen["clerk@east"]
