"""回访: planned at closing, opened on its day, asked once, about revenge and about nobody's behaviour."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from cases import follow_ups
from cases.handling import FollowUp
from cases.handling_rules import CONTENT
from cases.models import Case
from cases.queries import file
from kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from kernel.outbox import OutboxMessage
from notices.models import Task
from tests.builders import Federation
from tests.cases.moments import later
from tests.ways import Ways

FINE = {"reached": "yes", "content": "yes", "retaliation": "no"}


@pytest.fixture
def ways(federation: Federation) -> Ways:
    return Ways(federation)


def planned(ways: Ways, case: Case) -> list[FollowUp]:
    with ways.federation.work("head@street") as work:
        found = list(follow_ups.of_case(work, case.id))
        work.session.expunge_all()
    return found


def opened(ways: Ways, days: int) -> int:
    later(ways, days=days)
    with ways.federation.work_as_system("street") as work:
        return follow_ups.open_due(work, limit=50)


def contact(ways: Ways, who: str, case: Case, follow: FollowUp, **data: str) -> FollowUp:
    with ways.federation.work(f"{who}@street") as work:
        return follow_ups.contact(work, follow.id, data, number=case.number)


def tasks(ways: Ways, kind: str) -> list[Task]:
    with ways.federation.work("head@street") as work:
        found = list(work.session.scalars(select(Task).where(Task.kind == kind, Task.done_at.is_(None))))
        work.session.expunge_all()
    return found


def test_a_closed_case_is_planned_for_by_the_unions_own_days(ways: Ways) -> None:
    case = ways.closed()
    assert [(row.place, row.due_on) for row in planned(ways, case)] == [(1, date(2026, 4, 1)), (2, date(2026, 5, 31))]
    ways.set(follow_up_first_days=10, follow_up_second_days=0)
    assert [row.due_on for row in planned(ways, ways.closed())] == [date(2026, 3, 12)]
    assert planned(ways, ways.withdrawn()) == []


def test_an_anonymous_petitioner_is_not_looked_for(ways: Ways) -> None:
    case = ways.federation.decided()
    with ways.federation.work_as_system("street") as work:
        work.session.get_one(Case, (work.tenant_id, case.id)).anonymous = True
    ways.act(
        "handler",
        case,
        "close",
        delivery="post",
        tracking="EMS1234",
        delivered_on="2026-03-02",
        executed_on="2026-03-02",
        result="已经补发到位",
    )
    assert planned(ways, case) == []


def test_on_its_day_a_task_is_opened_once_and_closed_by_the_contact(ways: Ways) -> None:
    case = ways.closed()
    assert opened(ways, 29) == 0
    assert opened(ways, 1) == 1
    assert opened(ways, 1) == 0
    (task,) = tasks(ways, "follow_up")
    first = planned(ways, case)[0]
    assert task.link == f"/cases/{case.number}/follow-ups/{first.id}"
    assert case.title not in task.title
    contact(ways, "clerk", case, first, **FINE)
    assert tasks(ways, "follow_up") == []
    with pytest.raises(ConflictError):
        contact(ways, "head", case, first, **FINE)


def test_retaliation_marks_the_case_runs_the_rule_and_leaves_a_task(ways: Ways) -> None:
    case = ways.closed()
    first = planned(ways, case)[0]
    contact(ways, "handler", case, first, **(FINE | {"retaliation": "yes", "note": "回访时说被调离岗位"}))
    with ways.federation.work("head@street") as work:
        again = file(work, case.number).case
        assert (again.retaliation, again.sealed, again.version) == (True, True, case.version + 1)
        assert again.assignee_id == ways.federation.users["head@street"].id
        topics = list(work.session.scalars(select(OutboxMessage.topic).order_by(OutboxMessage.id)))
        assert topics[-1] == "case.ruled"
    with ways.federation.work("handler@street") as work, pytest.raises(NotFoundError):
        file(work, case.number)
    (task,) = tasks(ways, "retaliation")
    assert "打击报复" in task.title
    assert case.title not in task.title


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "reached"),
        ({"reached": "yes", "retaliation": "no"}, "content"),
        ({"reached": "yes", "content": "yes"}, "retaliation"),
        ({"reached": "yes", "content": "no", "retaliation": "yes"}, "note"),
        ({"reached": "yes", "content": "angry", "retaliation": "no"}, "content"),
        ({"reached": "no", "note": "长" * 3000}, "note"),
    ],
)
def test_what_is_missing_is_said_at_its_field(ways: Ways, data: dict[str, str], field: str) -> None:
    case = ways.closed()
    with pytest.raises(InvalidError) as refused:
        contact(ways, "clerk", case, planned(ways, case)[0], **data)
    assert list(refused.value.fields) == [field]


def test_nobody_reached_leaves_nothing_said(ways: Ways) -> None:
    case = ways.closed()
    done = contact(ways, "clerk", case, planned(ways, case)[0], reached="no", content="no", retaliation="yes")
    assert (done.reached, done.content, done.retaliation) == (False, None, None)


def test_nothing_about_the_petitioners_behaviour_can_be_kept() -> None:
    kept = {column.name for column in FollowUp.__table__.columns}
    assert kept == {
        *("tenant_id", "id", "case_id", "place", "due_on", "opened_on", "contacted_at", "contacted_by"),
        *("reached", "content", "retaliation", "note"),
    }
    assert set(CONTENT) == {"yes", "partly", "no", "unsaid"}


def test_only_those_who_see_the_case_and_work_on_it_ask(ways: Ways) -> None:
    case = ways.closed()
    first = planned(ways, case)[0]
    for who in ("leader", "supervisor"):
        with pytest.raises(ForbiddenError):
            contact(ways, who, case, first, **FINE)
    for who in ("admin", "security", "auditor"):
        with pytest.raises(NotFoundError):
            contact(ways, who, case, first, **FINE)
    with pytest.raises(NotFoundError), ways.federation.work("head@east") as work:
        follow_ups.get(work, first.id, number=case.number)
    with pytest.raises(NotFoundError), ways.federation.work("head@street") as work:
        follow_ups.get(work, UUID(int=1), number=case.number)


def test_the_follow_up_of_a_sealed_case_is_the_heads_alone(ways: Ways) -> None:
    case = ways.closed()
    with ways.federation.work_as_system("street") as work:
        work.session.get_one(Case, (work.tenant_id, case.id)).sealed = True
    opened(ways, 30)
    (task,) = tasks(ways, "follow_up")
    assert (task.role, task.user_id) == ("office_head", None)
    with pytest.raises(NotFoundError):
        contact(ways, "clerk", case, planned(ways, case)[0], **FINE)
