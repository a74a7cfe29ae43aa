"""What rules read on a case: marks of the office, the union complained of, and what the petitioner says."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from audit.services import history
from cases import tasking
from cases.services import get
from cases.workflow import Status
from kernel.errors import ForbiddenError, IllegalTransitionError, InvalidError, NotFoundError
from kernel.outbox import OutboxMessage
from tests.builders import Federation

TRIAGE = {"purpose": "request", "category": "01.01", "tier": "ordinary"}


def test_the_category_of_retaliation_marks_the_case_and_nobody_can_take_the_mark_off(federation: Federation) -> None:
    case = federation.register()
    marked = federation.act("clerk@street", case.number, "triage", **(TRIAGE | {"category": "13.03"}))
    assert (marked.retaliation, marked.sealed) == (True, True)
    again = federation.act("head@street", case.number, "flag", reason="核对后重新标注", conflict="1")
    assert (again.retaliation, again.conflict) == (True, True)


def test_an_accused_union_is_kept_on_the_file_and_not_in_the_log(federation: Federation) -> None:
    case = federation.register()
    marked = federation.act("clerk@street", case.number, "triage", **TRIAGE, accused="东区总工会", retaliation="1")
    assert marked.accused_tenant_id == federation.ids["east"]
    with federation.work("head@street") as work:
        event = history(work.session, case.id)[-1]
    assert (event.data["accused"], event.data["retaliation"]) == (True, "True")
    assert event.data["before"] == {"retaliation": False, "conflict": False}
    assert "东区" not in str(event.data)
    assert str(federation.ids["east"]) not in str(event.data["accused"])


def test_only_the_office_marks_a_case_later(federation: Federation) -> None:
    case = federation.accepted()
    with pytest.raises(ForbiddenError):
        federation.act("handler@street", case.number, "flag", conflict="1", reason="承办人自己改标注")
    assert federation.act("leader@street", case.number, "flag", conflict="1", reason="承办人是被反映人亲属").conflict


def test_marking_retaliation_closes_the_case_and_takes_it_from_its_handler(federation: Federation) -> None:
    case = federation.accepted()
    handler = federation.users["handler@street"].id
    task = {"task_handler": str(handler), "task_asked": "请核实考勤", "task_due": "2026-03-10"}
    federation.act("head@street", case.number, "ask_department", **task)
    federation.act("leader@street", case.number, "flag", retaliation="1", reason="信访人反映被调离岗位")
    with federation.work("handler@street") as work, pytest.raises(NotFoundError):
        get(work, case.id)
    with federation.work("head@street") as work:
        held = get(work, case.id)
        assert held.sealed and held.assignee_id == federation.users["head@street"].id
        assert tasking.open_count(work, case.id) == 0, "a department that may not see it keeps no work for it"
        event = next(one for one in history(work.session, case.id) if one.action == "case:flag")
        assert (event.data["before_assignee"], event.data["assignee"]) == (str(handler), str(held.assignee_id))
        again = federation.act("head@street", case.number, "flag", retaliation="", reason="核实不属打击报复")
        assert again.sealed, "taking the mark off opens nothing: that is a correction with its own reason"


def test_staff_write_down_what_the_petitioner_says_of_the_answer(federation: Federation) -> None:
    case = federation.decided()
    with pytest.raises(IllegalTransitionError):
        federation.act(
            "handler@street", case.number, "rate", told_how="call", rating="satisfied", reason="电话回访时表示满意"
        )
    closing = {
        "delivery": "in_person",
        "delivered_on": "2026-03-02",
        "executed_on": "2026-03-02",
        "result": "工资已补发到位",
    }
    federation.act("handler@street", case.number, "close", **closing)
    rated = federation.act(
        "handler@street", case.number, "rate", told_how="call", rating="satisfied", reason="电话回访时表示满意"
    )
    assert (rated.rating, rated.rated_by_staff, rated.dissatisfied) == ("satisfied", True, 0)
    assert rated.rated_at == federation.clock.now()
    assert rated.status == Status.CLOSED
    for times in (1, 2):
        rated = federation.act(
            "clerk@street", case.number, "rate", told_how="call", rating="dissatisfied", reason="来访表示不满意"
        )
        assert rated.dissatisfied == times
    with pytest.raises(InvalidError) as refused:
        federation.act("clerk@street", case.number, "rate", told_how="call", rating="dissatisfied", reason="")
    assert set(refused.value.fields) == {"reason"}


def test_what_a_rule_may_be_true_of_is_looked_at_within_seconds(federation: Federation) -> None:
    case = federation.register(headcount=6)
    federation.act("clerk@street", case.number, "triage", **TRIAGE)
    federation.act("head@street", case.number, "note", note="与规则无关的记录")
    with federation.work_as_system("street") as work:
        topics = work.session.scalars(select(OutboxMessage.topic).order_by(OutboxMessage.id)).all()
    assert list(topics) == ["case.registered", "case.ruled", "case.ruled"]
