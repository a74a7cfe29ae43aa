"""Two months of figures at every union of the federation, and short ways to write, issue and submit a report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine

from reports import drafting, issuing, submitting
from reports.models import Report, ReportDraft
from tests.builders import Federation
from tests.measures.conftest import fold_all, rollup, superuser
from tests.measures.test_queries import add

__all__ = ["Desk", "desk", "fold_all", "rollup", "superuser"]

FEBRUARY = ("month", "2026-02-01", "2026-02-28")
WORDS = {"overview": "本期信访总量平稳。", "advice": "建议加强欠薪隐患排查。"}


class Desk:
    """The federation's people at their reports."""

    def __init__(self, federation: Federation, add_facts: Callable[..., None], fold: Callable[[], int]) -> None:
        self.federation = federation
        self._add, self._fold = add_facts, fold

    def count(self, slug: str, day: date, **counts: Any) -> None:
        """Figures of one union on one day, folded."""
        self._add(self.federation.ids[slug], day, **counts)
        self._fold()

    def begin(self, slug: str, period: tuple[str, str, str] = FEBRUARY) -> ReportDraft:
        """A draft of a union's handler."""
        with self.federation.work(f"handler@{slug}") as work:
            return drafting.begin(work, *period)

    def issue(self, slug: str, period: tuple[str, str, str] = FEBRUARY) -> Report:
        """A report, written and signed."""
        return self.sign(slug, self.begin(slug, period).id)

    def sign(self, slug: str, draft_id: UUID, **words: str) -> Report:
        """Words for a draft, and the leader's signature."""
        with self.federation.work(f"head@{slug}") as work:
            drafting.edit(work, draft_id, WORDS | words, version=None)
        with self.federation.work(f"leader@{slug}") as work:
            return issuing.issue(work, draft_id, version=None)

    def submit(self, slug: str, to: str, period: tuple[str, str, str] = FEBRUARY) -> Report:
        """A report, written, signed and sent upward."""
        report = self.issue(slug, period)
        self.send(slug, to, report)
        return report

    def send(self, slug: str, to: str, report: Report) -> UUID:
        """An issued report, sent upward."""
        with self.federation.work(f"head@{slug}") as work:
            return submitting.submit(work, report.id, to=self.federation.ids[to]).id


@pytest.fixture
def desk(federation: Federation, superuser: Engine, fold_all: Callable[..., int]) -> Desk:
    """Figures of January and February at every union: the city 40 and 30 of its own, and so on downward."""

    def add_facts(tenant: int, day: date, **counts: Any) -> None:
        add(superuser, tenant, day, **counts)

    made = Desk(federation, add_facts, fold_all)
    for slug, size in (("city", 10), ("east", 20), ("west", 30), ("street", 40)):
        add_facts(federation.ids[slug], date(2026, 1, 10), registered=size + 2, closed=size, category="01")
        add_facts(
            federation.ids[slug],
            date(2026, 2, 10),
            registered=size,
            closed=size - 8,
            persons=size * 2,
            due=size,
            due_met=size - 9,
            notice_due=size,
            notice_met=size,
            category="02",
        )
    fold_all()
    return made
