"""Every document of the table has a title of its own, a number of its own and words for the case."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from cases.combining import TOGETHER
from cases.conditions import CONDITIONS, Standing
from cases.effects import EFFECTS
from cases.field_kit import read_day
from cases.models import Case, CaseClock, Claim
from cases.paper_kit import Facts, chinese_date, outcomes
from cases.papers import TEMPLATES, TITLES
from cases.procedure_fields import PROCEDURE_RULES
from cases.procedure_papers import PROCEDURE_TEMPLATES
from cases.review_papers import REVIEW_TEMPLATES
from cases.turning import target_of
from cases.workflow import CASE_WORKFLOW, Status
from documents.services import of_subject
from kernel.errors import InvalidError
from kernel.ids import uuid7
from tests.builders import Federation
from tests.ways import Ways

DAY = date(2026, 3, 2)
#: One value for every field that a document draws on.
DATA: dict[str, Any] = {
    **{name: f"填写的{name}" for row in CASE_WORKFLOW for name in row.fields},
    **{name: DAY for name in PROCEDURE_RULES if name.endswith("_on") or name in ("extend_to", "redo_by")},
    **{"refusal": "N1", "refusal_again": "X1", "simple_ground": "clear", "hearing_form": "hearing", "way": "order"},
    **{
        "route": "arbitration",
        "receipt": "agent",
        "receiver": "family",
        "delivery_word": "邮寄送达",
        "withdrawal": "written",
        "termination": "died",
    },
    **{"review_outcome": "uphold", "review_decision": "redo", "suggestion": "policy", "claims_chosen": (1,)},
    "lead": Case(number="东一工信〔2026〕000009"),
}


def test_numbers_and_titles_are_one_kinds_own() -> None:
    assert len({prefix for _title, prefix, _words in TEMPLATES.values()}) == len(TEMPLATES)
    assert len({title for title, _prefix, _words in TEMPLATES.values()}) == len(TEMPLATES)
    assert set(REVIEW_TEMPLATES) < set(PROCEDURE_TEMPLATES) < set(TEMPLATES)
    assert {row.document for row in CASE_WORKFLOW if row.document} == set(TEMPLATES)


@pytest.mark.parametrize("kind", TEMPLATES)
@pytest.mark.parametrize("stage", [None, "review", "recheck"])
def test_every_document_is_filled_from_the_case(kind: str, stage: str | None) -> None:
    case = Case(id=uuid7(), number="东一工信〔2026〕000001", title="反映欠薪", received_on=DAY, review_stage=stage)
    claims = [Claim(position=1, text="补发工资", opinion="support", finding="十日内补发")]
    running = [
        CaseClock(kind=kind, started_on=DAY, due_on=DAY, original_due_on=DAY, due_reason="复杂")
        for kind in ("C-60", "C-EXT", "C-10W", "C-15W", "C-RV30", "C-FH30", "C-R30", "C-F30")
    ]
    facts = Facts(case, claims, running, "测试工会", "上级工会", DAY, DATA)
    body = TEMPLATES[kind][2](facts)
    assert body
    assert all(paragraph["text"].strip() and "None" not in paragraph["text"] for paragraph in body)
    assert chinese_date(DAY) == "2026年3月2日"
    assert outcomes(facts) == "1. 予以支持：十日内补发"


def test_a_paper_that_may_be_one_of_two_is_called_what_it_is(federation: Federation) -> None:
    told = {}
    for form in ("hearing", "conference"):
        ways = Ways(federation)
        case = ways.handling()
        day = (ways.today + timedelta(days=3)).isoformat()
        ways.act("handler", case, "hear", hearing_form=form, hearing_on=day, participants="信访人、用人单位")
        with federation.work("head@street") as work:
            told[form] = of_subject(work.session, case.id)[-1].title
    assert told == {"hearing": "信访事项听证通知", "conference": "信访事项会商会诊通知"}
    facts = Facts(Case(review_stage="recheck"), [], [], "测试工会", None, DAY, {"way": "order"})
    assert TITLES["review_opinion"](facts) == "信访事项复核意见书"
    assert TITLES["referral_notice"](facts) == "信访事项交办告知书"
    assert set(TITLES) < set(TEMPLATES)


def test_the_tables_beside_the_table_name_its_rows() -> None:
    actions = {row.action for row in CASE_WORKFLOW}
    assert set(EFFECTS) | set(TOGETHER) <= actions
    assert CONDITIONS["urgent"].holds(Standing(Case(urgent=True), None, DAY))  # type: ignore[arg-type]


def test_a_way_back_leads_to_where_it_left_and_to_the_usual_place_otherwise() -> None:
    row = next(row for row in CASE_WORKFLOW if row.action == "end_mediation")
    assert target_of(Case(came_from="extended"), row) is Status.EXTENDED
    assert target_of(Case(), row) is Status.HANDLING


def test_what_is_no_day_is_refused_by_its_name() -> None:
    with pytest.raises(InvalidError, match="请填写举行日期"):
        read_day("举行日期", "下周")
