"""What goes along with a letter: chosen papers as veiled copies, and files of a circular within bounds."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from cases.models import Case
from dispatches import carriage
from dispatches.files import of_letter, open_file
from dispatches.models import Letter
from dispatches.services import NewFile, send_circular
from documents.services import of_subject
from kernel.errors import InvalidError
from kernel.ids import uuid7
from tests.builders import Federation
from tests.dispatches.carried import NAME, copy_of, matter, sent
from tests.documents.uploads import PDF


def accepted(federation: Federation) -> Case:
    case = matter(federation)
    handler = str(federation.users["handler@east"].id)
    return federation.act("head@east", case.number, "accept", assignee=handler, procedure=f"由承办人联系{NAME}核实")


def test_chosen_papers_travel_as_copies_with_the_names_masked(federation: Federation) -> None:
    case = accepted(federation)
    with federation.work("head@east") as work:
        paper = of_subject(work.session, case.id)[0]
    letter = sent(federation, case=case, papers=(paper.id,))
    for slug in ("east", "street"):
        (told,) = copy_of(federation, slug, letter).snapshot["papers"]
        assert (told["title"], told["number"]) == ("信访事项受理告知书", "东总工信受〔2026〕000001")
        assert "由承办人联系赵*核实" in str(told["body"])
        assert NAME not in str(told)


def test_no_paper_goes_along_unasked_nor_another_cases(federation: Federation) -> None:
    case = accepted(federation)
    with pytest.raises(InvalidError) as refused:
        sent(federation, case=case, papers=(uuid7(),))
    assert list(refused.value.fields) == ["papers"]
    assert "papers" not in sent(federation, case=case).snapshot


def test_a_circular_carries_its_file_to_everybody_below(federation: Federation) -> None:
    with federation.work("head@city") as work:
        send_circular(work, subject="高温天气劳动保护", reason="请各级工会落实", files=(NewFile("通知.pdf", PDF),))
    for slug in ("east", "west", "street"):
        with federation.work_as_system(slug) as work:
            letter = work.session.scalars(select(Letter)).one()
            (line,) = of_letter(work, letter.id)
            assert open_file(work, letter.id, line.id).content == PDF


def test_a_circular_to_thousands_carries_no_large_file() -> None:
    carriage.check_circular((NewFile("a.pdf", b"x" * 10_000),), 10_000)
    with pytest.raises(InvalidError, match="附件合计不能超过"):
        carriage.check_circular((NewFile("a.pdf", b"x" * 1_000_000),), 10_000)
