"""回避: nobody handles or decides what they have an interest in, unless a superior says so and why."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from cases import avoidance
from cases.handling import CaseAssignment
from cases.intake import NewParty
from cases.models import Case
from cases.workflow import Status
from kernel.errors import ForbiddenError, IllegalTransitionError, InvalidError
from tenants import departments
from tests.builders import Federation
from tests.ways import DECIDE, Ways


@pytest.fixture
def ways(federation: Federation) -> Ways:
    return Ways(federation)


def user(ways: Ways, who: str) -> UUID:
    return ways.federation.users[f"{who}@street"].id


def against(ways: Ways, name: str, **changes: Any) -> Case:
    parties = (NewParty(name="测试甲", phone="13800001111"), NewParty(role="respondent", organisation=name))
    return ways.triaged(parties=parties, **changes)


def accept(ways: Ways, case: Case, who: str = "handler", **more: Any) -> Case:
    return ways.act("head", case, "accept", assignee=str(user(ways, who)), **more)


def test_an_ordinary_assignment_is_kept_with_what_was_declared(ways: Ways) -> None:
    case = ways.handling()
    with ways.federation.work("head@street") as work:
        rows = avoidance.of_case(work, case.id)
        assert [(row.kind, row.user_id, row.by_id, row.declared) for row in rows] == [
            ("assign", user(ways, "handler"), user(ways, "head"), None)
        ]


def test_somebody_of_the_petitioners_or_the_respondents_name_is_not_given_the_case(ways: Ways) -> None:
    for role in ("petitioner", "respondent"):
        parties = [NewParty(name="测试甲"), NewParty(role=role, name="测试承办人")]
        with pytest.raises(InvalidError, match="第二十八条第三款") as refused:
            accept(ways, ways.triaged(parties=tuple(parties)))
        assert "测试承办人" not in str(refused.value), "the refusal tells the ground and no name"


def test_a_department_complained_of_does_not_handle_it(ways: Ways) -> None:
    with ways.federation.work("admin@street") as work:
        place = departments.create(work, {"name": "财务部", "short_name": "财务"}).id
        departments.move(work, user(ways, "handler"), place)
    for name in ("财务部", "东一街道工会联合会财务部"):
        with pytest.raises(InvalidError, match="被反映部门"):
            accept(ways, against(ways, name))
    assert accept(ways, against(ways, "测试厂财务部")).status == Status.HANDLING


def test_the_own_union_complained_of_goes_up(ways: Ways) -> None:
    with pytest.raises(InvalidError, match="上报上级工会"):
        accept(ways, against(ways, "东一街道工会联合会"))


def test_what_the_handler_declares_refuses_the_assignment(ways: Ways) -> None:
    with pytest.raises(InvalidError) as refused:
        accept(ways, ways.triaged(), declared="与被反映单位负责人是亲属")
    assert list(refused.value.fields) == ["declared"]


def test_a_handler_who_declares_an_interest_decides_no_more_and_the_head_is_told(ways: Ways) -> None:
    case = ways.handling()
    with pytest.raises(IllegalTransitionError, match="只有本件的承办人"):
        ways.act("head", case, "declare_interest", interest="不是本人承办")
    case = ways.act("handler", case, "declare_interest", interest="与用人单位负责人是亲属")
    assert (case.conflict, case.avoid_id) == (True, user(ways, "handler"))
    with pytest.raises(IllegalTransitionError, match="回避"):
        ways.act("handler", case, "decide", **DECIDE)
    with pytest.raises(InvalidError, match="回避"):
        ways.act("head", case, "assign", assignee=ways.handler, reason="仍由其办理")
    case = ways.act("head", case, "assign", assignee=str(user(ways, "head")), reason="承办人回避")
    assert ways.act("head", case, "decide", **DECIDE).status == Status.DECIDED


def test_a_superior_lets_somebody_go_on_with_a_reason_and_nobody_else_does(ways: Ways) -> None:
    case = ways.triaged(parties=(NewParty(name="测试承办人"),))
    for who in ("head", "clerk"):
        with pytest.raises(ForbiddenError):
            ways.act(who, case, "permit_handler", permitted=ways.handler, reason="只是同名同姓")
    with pytest.raises(InvalidError, match="不需要批准"):
        ways.act("leader", case, "permit_handler", permitted=str(user(ways, "head")), reason="没有情形")
    ways.act("leader", case, "permit_handler", permitted=ways.handler, reason="经核实只是同名同姓")
    case = accept(ways, case)
    assert ways.act("handler", case, "decide", **(DECIDE | {"opinions": DECIDE["opinions"]})).status == Status.DECIDED
    with ways.federation.work("leader@street") as work:
        permit = next(row for row in avoidance.of_case(work, case.id) if row.kind == "permit")
        assert (permit.grounds, permit.reason) == (["person"], "经核实只是同名同姓")


def test_in_sql_too_nobody_permits_themselves(ways: Ways) -> None:
    case = ways.triaged()
    with pytest.raises(IntegrityError), ways.federation.work("leader@street") as work:
        me = user(ways, "leader")
        work.session.add(
            CaseAssignment(case_id=case.id, user_id=me, by_id=me, kind="permit", reason="自己批", at=work.clock.now())
        )


def test_whoever_takes_over_the_cases_of_a_leaver_is_checked_as_well(ways: Ways) -> None:
    ways.act("head", ways.triaged(parties=(NewParty(name="测试负责人"),)), "accept", assignee=ways.handler)
    with ways.federation.work("admin@street") as work:
        place = departments.create(work, {"name": "权益部"}).id
        departments.move(work, user(ways, "handler"), place)
    with pytest.raises(InvalidError, match="回避"), ways.federation.work("admin@street") as work:
        departments.move(work, user(ways, "handler"), None, successor_id=user(ways, "head"))


def test_the_first_receiver_stays_until_somebody_else_approves_the_change(ways: Ways) -> None:
    case = ways.handling()
    clerk = user(ways, "clerk")
    assert case.first_handler_id == clerk
    case = ways.act("head", case, "assign", assignee=str(user(ways, "head")), reason="工作调整")
    assert case.first_handler_id == clerk, "a new handler is no new first receiver"
    with pytest.raises(ForbiddenError):
        ways.act("clerk", case, "change_first", first_handler=ways.handler, reason="不想跟了")
    with pytest.raises(InvalidError, match="其他人"):
        ways.act("head", case, "change_first", first_handler=str(clerk), reason="没有变化")
    case = ways.act("head", case, "change_first", first_handler=str(user(ways, "head")), reason="登记员调离")
    with pytest.raises(IllegalTransitionError, match="不能自己变更"):
        ways.act("head", case, "change_first", first_handler=ways.handler, reason="自己变更自己")
    assert ways.act("leader", case, "change_first", first_handler=ways.handler, reason="领导批准").first_handler_id
