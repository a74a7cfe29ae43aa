"""What an act does beside the file: which acts ask for what, and what a page is told there is."""

from __future__ import annotations

from datetime import date

import pytest

from cases import presence
from cases.beside import DISPOSING
from cases.handling_fields import HANDLING_RULES
from cases.handling_rows import ASKED_FIRST, ASSIGNING, DECIDING
from cases.workflow import CASE_WORKFLOW
from kernel.errors import IllegalTransitionError, InvalidError
from notices.models import Notice
from tests.builders import Federation
from tests.ways import Ways

ACTIONS = {row.action: row for row in CASE_WORKFLOW}


def test_every_act_that_is_named_is_a_row_and_every_rule_a_field_of_one() -> None:
    assert set(ACTIONS) >= DISPOSING | ASKED_FIRST | ASSIGNING | DECIDING
    assert set(HANDLING_RULES) <= {name for row in CASE_WORKFLOW for name in row.fields}
    assert all("no_task_open" in ACTIONS[action].conditions for action in ASKED_FIRST)
    assert all("declared" in ACTIONS[action].fields for action in ASSIGNING)


@pytest.mark.parametrize("who", ["head", "handler"])
def test_a_page_is_told_what_there_is_and_asks_for_no_more(federation: Federation, who: str) -> None:
    ways = Ways(federation)
    case = ways.closed()
    with federation.work(f"{who}@street") as work:
        there = presence.of_case(work, case.id)
        assert (there.dispositions, there.follow_ups, there.assignments) == (True, True, True)
        assert (there.results, there.tasks, there.ratings, there.open_tasks) == (False, False, False, 0)


def test_a_supervised_case_has_a_date_until_its_handler_answers_and_may_be_supervised_again(
    federation: Federation,
) -> None:
    ways = Ways(federation)
    asked = {"supervise_reason": "受理已满一个月仍未联系信访人，请尽快办理。", "supervise_by": "2026-03-09"}
    case = ways.handling()
    with pytest.raises(IllegalTransitionError, match="没有正在督办"):
        ways.act("handler", case, "answer_supervision", supervision_answer="已经联系信访人")
    with pytest.raises(InvalidError, match="督办期限应在今天以后"):
        ways.act("supervisor", case, "supervise", **asked | {"supervise_by": "2026-03-01"})
    case = ways.act("supervisor", case, "supervise", **asked)
    assert (case.due_on, case.due_kind) == (date(2026, 3, 9), "C-DB")
    with ways.federation.work("handler@street") as work:
        told = work.session.query(Notice).filter(Notice.kind == "case.supervised").one()
        assert (told.user_id, told.link) == (case.assignee_id, f"/cases/{case.number}")
    with pytest.raises(IllegalTransitionError, match="正在督办"):
        ways.act("head", case, "supervise", **asked)
    case = ways.act("handler", case, "answer_supervision", supervision_answer="已经联系信访人，下周约谈单位")
    assert case.due_kind == "C-60"
    with ways.federation.work("head@street") as work:
        found = work.session.query(Notice).filter(Notice.kind == "case.supervised", Notice.user_id.is_(None))
        assert {each.role for each in found} == {"supervisor", "office_head"}
    assert ways.act("leader", case, "supervise", **asked).due_kind == "C-DB"
