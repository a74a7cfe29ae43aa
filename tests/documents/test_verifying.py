"""A code on a paper says whose books to look in, survives being typed, and tells nothing but that it is genuine."""

from __future__ import annotations

from datetime import date

import pytest

from documents import verifying
from documents.services import issue
from kernel.ids import uuid7
from tests.builders import Federation


@pytest.mark.parametrize("union", [0, 1, 4, 707_280])
def test_a_code_leads_back_to_its_union_however_it_is_typed(union: int) -> None:
    code = verifying.new_code(union)
    assert verifying.tenant_of(code) == union
    assert verifying.normal(f" {code[:4].lower()}-{code[4:]} ") == code


def test_what_cannot_be_a_code_is_none_and_a_union_too_many_is_an_error() -> None:
    code = verifying.new_code(4)
    assert [verifying.normal(typed) for typed in ("", code[:-1], f"{code[:-1]}0", f"{code}2")] == [None] * 4
    with pytest.raises(ValueError, match="too many unions"):
        verifying.new_code(707_281)


def test_only_the_books_of_the_union_that_issued_it_know_a_paper(federation: Federation) -> None:
    with federation.work("head@street") as work:
        paper = issue(
            work,
            subject_id=uuid7(),
            kind="decision",
            code="东一工信意",
            title="关于测试甲的处理意见书",
            body=[{"heading": None, "text": "测试"}],
            issued_on=date(2026, 3, 2),
        )
        assert paper.code is not None
        assert verifying.tenant_of(paper.code) == work.tenant_id
        found = verifying.find(work.session, paper.code)
    assert found == verifying.Genuine("decision", paper.number, date(2026, 3, 2))
    with federation.work("head@east") as work:
        assert verifying.find(work.session, paper.code) is None
