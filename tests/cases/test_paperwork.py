"""From a case to a draft: what is not known yet stays a field, and what is wrong is an error and no empty paper."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cases import paperwork
from cases.issuing import begin
from cases.models import Claim
from cases.papers import TEMPLATES
from cases.standard import STANDARD
from cases.workflow import CASE_WORKFLOW
from documents import templates
from kernel.errors import InvalidError
from tests.builders import Federation
from tests.ways import DECIDE, Ways


def test_every_kind_is_drafted_before_its_step_and_leaves_fields_that_the_step_fills(federation: Federation) -> None:
    ways = Ways(federation)
    case = ways.handling()
    with federation.work("head@street") as work:
        sample = paperwork.sample(work)
        for kind in TEMPLATES:
            draft = begin(work, case.number, kind)
            assert draft.body, kind
            known = paperwork.known_fields(kind, sample)
            templates.check_fields(draft.body, known=known)
            assert not any("None" in str(part["text"]) for part in draft.body), kind


def test_a_draft_says_what_is_known_and_leaves_the_opinion_to_its_step(federation: Federation) -> None:
    case = federation.accepted()
    with federation.work("head@street") as work:
        told = {str(part["heading"]): str(part["text"]) for part in begin(work, case.number, "decision").body}
        assert told["投诉请求"] == "1. 反映三个月工资未发"
        assert (told["处理意见"], told["事实和理由"]) == ("{{处理意见}}", "{{事实和理由}}")


def test_an_error_of_a_text_is_an_error_and_not_an_empty_draft(
    federation: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = federation.accepted()
    for wrong in (KeyError("typo"), ValueError("typo"), TypeError("typo"), AttributeError("typo")):

        def broken(_facts: object, wrong: Exception = wrong) -> list[dict[str, object]]:
            raise wrong

        title, prefix, _words = TEMPLATES["decision"]
        monkeypatch.setitem(TEMPLATES, "decision", (title, prefix, broken))  # type: ignore[arg-type]
        with federation.work("head@street") as work:
            facts = paperwork.facts_of(work, case)
            with pytest.raises(type(wrong), match="typo"):
                paperwork.values("decision", facts)


def test_a_claim_that_says_none_is_printed_and_one_without_a_finding_stops_the_paper(federation: Federation) -> None:
    ways = Ways(federation)
    opinions = {place: {**told, "finding": "单位名称：None公司"} for place, told in DECIDE["opinions"].items()}
    case = ways.served(opinions=opinions)
    with federation.work("head@street") as work:
        facts = paperwork.facts_of(work, case)
        assert "None公司" in paperwork.values("execution_record", facts)["处理意见"]
        unsaid = replace(facts, claims=[Claim(position=1, text="补发工资", opinion="support", finding=None)])
        assert "处理意见" not in paperwork.values("execution_record", unsaid)
    case = ways.act("handler", case, "execute", execution_plan="督促单位财务部门补发")
    with federation.work("head@street") as work:
        work.session.query(Claim).where(Claim.case_id == case.id).update({"finding": None})
    with pytest.raises(InvalidError, match="请先补齐每项诉求的处理意见"):
        ways.act("head", case, "urge_execution", reason="请在十日内落实到位")


def test_the_kinds_are_those_of_the_table_and_those_written_by_hand() -> None:
    found = paperwork.kinds()
    assert [name for name, kind in found.items() if not kind.free] == list(TEMPLATES)
    assert [name for name, kind in found.items() if kind.free] == list(STANDARD)
    assert {row.document for row in CASE_WORKFLOW if row.document} == set(TEMPLATES)
