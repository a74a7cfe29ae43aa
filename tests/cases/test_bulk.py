"""批量改派: each case by the single act, all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select

from access.roles import Role
from audit.models import AuditEvent
from cases import bulk, queries
from cases.bulk import KEEP, ChangedError
from cases.handling import CaseAssignment
from cases.intake import NewParty
from cases.models import Case
from cases.queries import Filter
from kernel.errors import ForbiddenError, InvalidError, NotFoundError
from tenants import departments
from tenants.accounts import create_user
from tests.builders import PASSWORD, Federation, cached_hash

REASON = "承办人休假，期间移交办理"


@pytest.fixture
def second(federation: Federation) -> UUID:
    """A second handler of the street."""
    with federation.work_as_system("street") as work:
        return create_user(
            work,
            username="second",
            display_name="测试二承办",
            password=PASSWORD,
            roles=(Role.HANDLER,),
            must_change_password=False,
            hasher=cached_hash,
        ).id


def give(federation: Federation, cases: Sequence[Case], to: UUID, who: str = "head@street", **more: Any) -> None:
    with federation.work(who) as work:
        giving = bulk.giving(work, str(to), more.get("department", KEEP), REASON)
        bulk.assign(work, {case.number: case.version for case in cases}, giving)


def holders(federation: Federation) -> set[UUID | None]:
    with federation.work("head@street") as work:
        return {case.assignee_id for case in queries.newest(work, Filter(open_only=True)).cases}


def test_all_go_to_one_handler_each_with_its_event_and_its_row(federation: Federation, second: UUID) -> None:
    cases = [federation.accepted() for _ in range(3)]
    give(federation, cases, second)
    assert holders(federation) == {second}
    with federation.work("head@street") as work:
        events = work.session.scalars(select(AuditEvent).where(AuditEvent.action == "case:assign")).all()
        assert {told.subject_id for told in events} == {case.id for case in cases}
        assert all(told.data["assignee"] == str(second) and told.data["reason"] == REASON for told in events)
        rows = work.session.scalars(select(CaseAssignment).where(CaseAssignment.user_id == second)).all()
        assert {row.case_id for row in rows} == {case.id for case in cases}


def test_a_case_that_changed_since_stops_all_of_them_and_is_named(federation: Federation, second: UUID) -> None:
    cases = [federation.accepted() for _ in range(3)]
    federation.act("handler@street", cases[1].number, "note", note="刚刚联系了信访人。")
    with pytest.raises(ChangedError) as refused:
        give(federation, cases, second)
    assert refused.value.numbers == (cases[1].number,)
    assert cases[1].number in refused.value.message
    assert second not in holders(federation)


def test_a_case_that_cannot_be_given_any_more_stops_all_of_them(federation: Federation, second: UUID) -> None:
    good, bad = federation.accepted(), federation.accepted()
    with federation.work("admin@street") as work:
        place = departments.create(work, {"name": "财务部"}).id
        departments.move(work, second, place)
    accused = federation.accepted(
        parties=(NewParty(name="测试乙"), NewParty(role="respondent", organisation="财务部"))
    )
    with pytest.raises(InvalidError, match=accused.number):
        give(federation, [good, bad, accused], second)
    assert second not in holders(federation)


def test_each_case_says_what_stands_in_its_way(federation: Federation, second: UUID) -> None:
    registered, fine, theirs = federation.register(), federation.accepted(), federation.accepted()
    federation.act("head@street", theirs.number, "assign", assignee=str(second), reason="另行安排承办")
    named = federation.accepted(parties=(NewParty(name="测试二承办"),))
    closed = federation.decided()
    served = {
        "delivery": "post",
        "tracking": "EMS1234",
        "delivered_on": "2026-03-02",
        "executed_on": "2026-03-02",
        "result": "已补发工资",
    }
    federation.act("handler@street", closed.number, "close", **served)
    sealed = federation.accepted()
    marked = federation.accepted()
    with federation.work("head@street") as work:
        work.session.get_one(Case, (work.tenant_id, sealed.id)).sealed = True
        work.session.get_one(Case, (work.tenant_id, marked.id)).avoid_id = second
    numbers = [case.number for case in (registered, fine, theirs, named, closed, sealed, marked)]
    with federation.work("head@street") as work:
        looks = bulk.look(work, bulk.chosen(work, numbers), bulk.giving(work, str(second), KEEP, REASON))
    told = {look.case.number: look.problem for look in looks}
    assert told[fine.number] == ""
    for case, words in (
        (registered, "还没有受理"),
        (theirs, "已经由所选承办人办理"),
        (named, "应当回避"),
        (closed, "不再改派"),
        (sealed, "检举控告件只能由信访部门负责人承办"),
        (marked, "已被标注需要回避"),
    ):
        assert words in told[case.number]


def test_a_look_costs_the_same_number_of_statements_for_one_and_for_many(
    federation: Federation, second: UUID
) -> None:
    cases = [federation.accepted() for _ in range(4)]

    def cost(wanted: Sequence[Case]) -> int:
        sent: list[str] = []
        engine = federation.database.engine
        note = lambda *told: sent.append(told[2])  # noqa: E731 - the event wants a function of many arguments
        event.listen(engine, "before_cursor_execute", note)
        try:
            with federation.work("head@street") as work:
                giving = bulk.giving(work, str(second), KEEP, REASON)
                bulk.look(work, bulk.chosen(work, [case.number for case in wanted]), giving)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(sent)

    assert cost(cases) == cost(cases[:1])


def test_the_department_stays_unless_one_is_named(federation: Federation, second: UUID) -> None:
    with federation.work("admin@street") as work:
        place = departments.create(work, {"name": "权益部"}).id
    one, two = federation.accepted(), federation.accepted()
    give(federation, [one], second, department=str(place))
    with federation.work("head@street") as work:
        assert queries.file(work, one.number).case.department_id == place
        again = queries.file(work, one.number).case
    give(federation, [again, two], federation.users["head@street"].id)
    with federation.work("head@street") as work:
        assert queries.file(work, one.number).case.department_id == place
        assert queries.file(work, two.number).case.department_id is None


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("assignee", ("", KEEP, REASON)),
        ("assignee", ("018f0000-0000-7000-8000-000000000001", KEEP, REASON)),
        ("department", (None, "018f0000-0000-7000-8000-000000000001", REASON)),
        ("department", (None, "nonsense", REASON)),
        ("reason", (None, KEEP, "短")),
        ("reason", (None, KEEP, "长" * 501)),
    ],
)
def test_what_is_filled_in_once_is_checked_once(
    federation: Federation, second: UUID, field: str, values: tuple[str | None, str, str]
) -> None:
    with federation.work("head@street") as work, pytest.raises(InvalidError) as refused:
        bulk.giving(work, values[0] if values[0] is not None else str(second), values[1], values[2])
    assert set(refused.value.fields) == {field}


def test_two_hundred_at_once_and_no_more(federation: Federation, monkeypatch: pytest.MonkeyPatch) -> None:
    with federation.work("head@street") as work:
        with pytest.raises(InvalidError, match="没有选择信访件"):
            bulk.chosen(work, [])
        with pytest.raises(InvalidError, match="一次最多改派200件"):
            bulk.chosen(work, [f"号{place}" for place in range(201)])
        with pytest.raises(InvalidError, match="没有符合条件"):
            bulk.matching(work, Filter(overdue=True))
    for _ in range(3):
        federation.register()
    monkeypatch.setattr(bulk, "MOST", 2)
    with federation.work("head@street") as work:
        with pytest.raises(InvalidError, match="一次最多改派2件"):
            bulk.matching(work, Filter())
        with pytest.raises(InvalidError, match="一次最多改派2件"):
            bulk.assign(work, dict.fromkeys("abc", 1), bulk.giving(work, str(work.actor.user_id), KEEP, REASON))


def test_whoever_may_not_give_one_case_may_not_give_many(federation: Federation, second: UUID) -> None:
    case = federation.accepted()
    for who in ("clerk@street", "handler@street", "supervisor@street", "admin@street"):
        with federation.work(who) as work:
            with pytest.raises(ForbiddenError):
                bulk.chosen(work, [case.number])
            with pytest.raises(ForbiddenError):
                bulk.matching(work, Filter())
        with pytest.raises(ForbiddenError):
            give(federation, [case], second, who)


def test_a_case_of_another_union_is_not_there(federation: Federation, second: UUID) -> None:
    mine, theirs = federation.accepted(), federation.accepted("east")
    with federation.work("head@street") as work, pytest.raises(NotFoundError):
        bulk.chosen(work, [mine.number, theirs.number])
    with pytest.raises(NotFoundError):
        give(federation, [mine, theirs], second)
    assert second not in holders(federation)


def test_of_two_who_confirm_at_once_one_wins_whole(federation: Federation, second: UUID) -> None:
    cases = [federation.accepted() for _ in range(4)]
    head = federation.users["head@street"].id
    lost: list[ChangedError] = []

    def run(order: Sequence[Case], to: UUID) -> None:
        try:
            give(federation, order, to)
        except ChangedError as error:
            lost.append(error)

    both = [Thread(target=run, args=(cases, second)), Thread(target=run, args=(cases[::-1], head))]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(timeout=30)
    assert len(lost) == 1
    assert len(holders(federation)) == 1
