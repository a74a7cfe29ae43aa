"""Numbers have neither gaps nor doubles; an issued paper stays as it was issued."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy.exc import ProgrammingError

from documents.models import Document
from documents.services import format_number, issue, of_subject, take_numbers
from kernel.ids import uuid7
from tests.builders import Federation
from tests.conftest import Stage


def take(stage: Stage, tenant: int, series: str, year: int, count: int = 1) -> list[int]:
    with stage.database.transaction(tenant) as session:
        return list(take_numbers(session, series, year, count))


def test_a_series_counts_from_one_in_every_year_tenant_and_series(clean: Stage) -> None:
    assert take(clean, 7, "case", 2026) == [1]
    assert take(clean, 7, "case", 2026, 3) == [2, 3, 4]
    assert take(clean, 7, "case", 2027) == [1]
    assert take(clean, 7, "letter", 2026) == [1]
    assert take(clean, 8, "case", 2026) == [1]


def test_takers_at_the_same_moment_get_different_numbers_without_a_gap(clean: Stage) -> None:
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: take(clean, 7, "case", 2026)[0], range(40)))
    assert sorted(taken) == list(range(1, 41))


def test_a_number_of_a_transaction_that_fails_is_given_again(clean: Stage) -> None:
    with pytest.raises(RuntimeError), clean.database.transaction(7) as session:
        take_numbers(session, "case", 2026)
        raise RuntimeError
    assert take(clean, 7, "case", 2026) == [1]


def test_a_number_reads_as_offices_write_it() -> None:
    assert format_number("测总工信", 2026, 123) == "测总工信〔2026〕000123"
    assert format_number("测总工信", 2026, 1234567) == "测总工信〔2026〕1234567"


def test_a_paper_is_numbered_in_its_own_series_and_found_by_its_subject(federation: Federation) -> None:
    subject = uuid7()
    with federation.work("head@street") as work:
        for kind, letters in (("decision", "意"), ("decision", "意"), ("refusal_notice", "不受")):
            issue(
                work,
                subject_id=subject,
                kind=kind,
                code=f"东一工信{letters}",
                title="测试文书",
                body=[{"heading": None, "text": kind}],
                issued_on=date(2026, 3, 2),
            )
    with federation.work("head@street") as work:
        papers = of_subject(work.session, subject)
        assert [paper.number for paper in papers] == [
            "东一工信意〔2026〕000001",
            "东一工信意〔2026〕000002",
            "东一工信不受〔2026〕000001",
        ]
        assert {paper.issued_by for paper in papers} == {work.actor.user_id}
    with federation.work("head@west") as work:
        assert of_subject(work.session, subject) == []


def test_an_issued_paper_cannot_be_changed_or_withdrawn_by_the_application(federation: Federation) -> None:
    federation.accepted()
    for change in ("change", "delete"):
        with pytest.raises(ProgrammingError, match="permission denied"), federation.work("head@street") as work:
            paper = work.session.query(Document).first()
            assert paper is not None
            if change == "change":
                paper.title = "改"
            else:
                work.session.delete(paper)
            work.session.flush()
