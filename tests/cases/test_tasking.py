"""交部门办理: asked with a day of its own, answered by those who were asked, ended before the case ends."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from cases import tasking
from cases.handling import CaseTask
from cases.intake import NewParty
from cases.jobs import sweep
from cases.models import Case
from kernel.errors import ConflictError, ForbiddenError, IllegalTransitionError, InvalidError, NotFoundError
from notices.models import Notice
from tenants import departments
from tests.builders import Federation
from tests.cases.moments import later
from tests.ways import DIVERT, Ways

ASKED = {"task_asked": "请核对三月份工资发放表", "task_due": "2026-03-09"}


@pytest.fixture
def ways(federation: Federation) -> Ways:
    return Ways(federation)


def user(ways: Ways, who: str) -> UUID:
    return ways.federation.users[f"{who}@street"].id


@pytest.fixture
def place(ways: Ways) -> str:
    """A department in which the supervisor works and that the clerk heads."""
    with ways.federation.work("admin@street") as work:
        made = departments.create(work, {"name": "财务部", "head_id": user(ways, "clerk")}).id
        departments.move(work, user(ways, "supervisor"), made)
    return str(made)


def asked(ways: Ways, place: str, case: Case | None = None, **more: Any) -> tuple[Case, CaseTask]:
    case = ways.act("handler", case or ways.handling(), "ask_department", task_department=place, **(ASKED | more))
    with ways.federation.work("head@street") as work:
        found = [task for task in tasking.of_case(work, case.id) if task.status == "open"][-1]
        work.session.expunge_all()
    return case, found


def test_a_department_is_asked_told_and_answers_and_the_handler_hears_of_it(ways: Ways, place: str) -> None:
    case, task = asked(ways, place)
    assert (task.due_on, task.asked_on) == (date(2026, 3, 9), date(2026, 3, 2))
    for who in ("clerk", "supervisor"):
        with ways.federation.work(f"{who}@street") as work:
            assert [found.id for found, _case in tasking.waiting(work)] == [task.id]
    with ways.federation.work("supervisor@street") as work:
        tasking.answer(work, task.id, "已核对，三月份没有发放")
    with ways.federation.work("head@street") as work:
        links = set(work.session.scalars(select(Notice.link).where(Notice.user_id == user(ways, "clerk"))))
        assert f"/desk/tasks/{task.id}" in links
        assert tasking.open_count(work, case.id) == 0
        told = work.session.scalars(select(Notice).where(Notice.kind == "case.task_answered")).one()
        assert told.user_id == user(ways, "handler")


def test_only_those_who_were_asked_answer_and_only_once(ways: Ways, place: str) -> None:
    _case, task = asked(ways, place)
    with pytest.raises(ForbiddenError), ways.federation.work("leader@street") as work:
        tasking.answer(work, task.id, "领导不是被交办的部门")
    with pytest.raises(InvalidError), ways.federation.work("clerk@street") as work:
        tasking.answer(work, task.id, "好")
    with ways.federation.work("clerk@street") as work:
        tasking.answer(work, task.id, "已经核对完毕")
    with pytest.raises(ConflictError), ways.federation.work("supervisor@street") as work:
        tasking.answer(work, task.id, "第二个人的答复")


def test_a_task_is_for_somebody_by_a_day_that_the_case_allows(ways: Ways, place: str) -> None:
    case = ways.handling()
    with pytest.raises(InvalidError, match="请选择部门或者经办人"):
        ways.act("handler", case, "ask_department", task_department="", **ASKED)
    with pytest.raises(InvalidError, match="不能晚于本件的期限"):
        late = ways.due(case) + timedelta(days=1)
        ways.act("handler", case, "ask_department", task_department=place, **(ASKED | {"task_due": late}))
    with pytest.raises(InvalidError, match="不在所选部门"):
        ways.act("handler", case, "ask_department", task_department=place, task_handler=ways.handler, **ASKED)
    # A Saturday moves on to Monday, as the union lets deadlines roll over.
    _case, task = asked(ways, place, task_due="2026-03-14")
    assert task.due_on == date(2026, 3, 16)


def test_a_department_complained_of_is_not_asked(ways: Ways, place: str) -> None:
    parties = (NewParty(name="测试甲"), NewParty(role="respondent", organisation="财务部"))
    case = ways.act("head", ways.triaged(parties=parties), "accept", assignee=ways.handler)
    with pytest.raises(InvalidError, match="被反映部门"):
        ways.act("handler", case, "ask_department", task_department=place, **ASKED)


def test_an_open_task_asks_to_be_ended_before_a_person_ends_the_case(ways: Ways, place: str) -> None:
    case, task = asked(ways, place)
    with pytest.raises(IllegalTransitionError, match="部门办理的任务没有办结"):
        ways.act("handler", case, "divert", **DIVERT)
    ways.act("handler", case, "withdraw_task", open_task=str(task.id), reason="不再需要核对")
    with pytest.raises(IllegalTransitionError, match="没有未办结"):
        ways.act("handler", case, "withdraw_task", open_task=str(task.id), reason="再撤一次")
    assert ways.act("handler", case, "divert", **DIVERT).status == "diverted"


def test_what_time_or_a_letter_ends_leaves_nobody_with_a_task(ways: Ways, place: str) -> None:
    case = ways.explained()
    _case, task = asked(ways, place, case)
    later(ways, days=40)
    with ways.federation.work_as_system("street") as work:
        while sweep(work):
            pass
        again = work.session.get(CaseTask, (work.tenant_id, task.id), populate_existing=True)
        assert again is not None
        assert (again.status, "自动撤回" in (again.answer or "")) == ("withdrawn", True)


def test_an_overdue_task_is_told_once(ways: Ways, place: str) -> None:
    _case, task = asked(ways, place)
    later(ways, days=8)
    for _time in (1, 2):
        with ways.federation.work_as_system("street") as work:
            tasking.note_overdue(work, limit=10)
    with ways.federation.work("clerk@street") as work:
        titles = list(work.session.scalars(select(Notice.title).where(Notice.link == f"/desk/tasks/{task.id}")))
        assert len([title for title in titles if "超过期限" in title]) == 1


def test_a_sealed_case_is_asked_of_those_alone_who_may_see_it(ways: Ways, place: str) -> None:
    case = ways.registered()
    ways.act("clerk", case, "triage", purpose="report", category="13.01", tier="hard")
    head = str(user(ways, "head"))
    ways.act("head", case, "accept", assignee=head)
    with pytest.raises(InvalidError, match="不交部门办理"):
        ways.act("head", case, "ask_department", task_department=place, **ASKED)
    with pytest.raises(InvalidError, match="第三十条第三款"):
        ways.act("head", case, "ask_department", task_handler=ways.handler, **ASKED)
    ways.act("head", case, "ask_department", task_handler=str(user(ways, "leader")), **ASKED)
    for login, seen in (("leader", 1), ("head", 1), ("clerk", 0), ("handler", 0), ("supervisor", 0), ("admin", 0)):
        with ways.federation.work(f"{login}@street") as work:
            assert len(tasking.open_ones(work)) == seen, login


def test_a_case_that_is_sealed_later_hides_the_task_from_the_department(ways: Ways, place: str) -> None:
    case, task = asked(ways, place)
    with ways.federation.work_as_system("street") as work:
        work.session.get_one(Case, (work.tenant_id, case.id)).sealed = True
    for who in ("clerk", "supervisor"):
        with pytest.raises(NotFoundError), ways.federation.work(f"{who}@street") as work:
            tasking.get(work, task.id)
        with ways.federation.work(f"{who}@street") as work:
            assert tasking.waiting(work) == []


def test_no_administrator_sees_a_task_though_one_sits_in_the_department(ways: Ways, place: str) -> None:
    with ways.federation.work("admin@street") as work:
        for who in ("admin", "security", "auditor"):
            departments.move(work, user(ways, who), UUID(place))
    _case, task = asked(ways, place)
    for who in ("admin", "security", "auditor"):
        with ways.federation.work(f"{who}@street") as work:
            assert tasking.waiting(work) == []
            assert tasking.open_ones(work) == []
            with pytest.raises(NotFoundError):
                tasking.get(work, task.id)
    with pytest.raises(NotFoundError), ways.federation.work("head@east") as work:
        tasking.get(work, task.id)
