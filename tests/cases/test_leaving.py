"""Nobody leaves open cases behind; a deputy sees and acts while somebody is away, and then no longer."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from access import absence
from access.models import Delegation
from access.roles import Role
from audit.services import history, verify
from cases import jobs, leaving, queries
from cases.models import Case
from cases.services import perform
from kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from notices.models import Notice
from tenants import delegations, departments, routing, settings
from tenants.accounts import create_user, set_active, set_roles
from tests.builders import PASSWORD, Federation, cached_hash


def second_handler(federation: Federation, slug: str = "street") -> UUID:
    with federation.work_as_system(slug) as work:
        user = create_user(
            work,
            username="handler2",
            display_name="测试承办人二",
            password=PASSWORD,
            roles=(Role.HANDLER,),
            must_change_password=False,
            hasher=cached_hash,
        )
    federation.users[f"handler2@{slug}"] = user
    return user.id


def assignee(federation: Federation, case: Case) -> UUID | None:
    with federation.database.transaction(case.tenant_id) as session:
        return session.scalars(select(Case.assignee_id).where(Case.id == case.id)).one()


@pytest.mark.parametrize("act", ["deactivate", "roles"])
def test_whoever_holds_open_cases_stays_until_somebody_takes_them(federation: Federation, act: str) -> None:
    case, other = federation.accepted(), second_handler(federation)
    handler = federation.users["handler@street"].id

    def go(successor: UUID | None) -> None:
        with federation.work("admin@street") as work:
            if act == "deactivate":
                set_active(work, handler, active=False, successor_id=successor)
            else:
                set_roles(work, handler, (Role.CLERK,), successor_id=successor)

    with pytest.raises(InvalidError, match="还承办1件在办信访件") as refused:
        go(None)
    assert refused.value.code == "holds_cases"
    for wrong in (handler, federation.users["clerk@street"].id, federation.users["handler@east"].id):
        with pytest.raises(InvalidError, match="接手人应为"):
            go(wrong)
    assert assignee(federation, case) == handler, "a refusal leaves nothing half done"
    go(other)
    assert assignee(federation, case) == other
    with federation.database.transaction(case.tenant_id) as session:
        event = history(session, case.id)[-1]
        assert (event.action, event.data["assignee"]) == ("case:handover", str(other))
        notice = session.scalars(select(Notice).where(Notice.kind == "cases.handover")).one()
        assert notice.user_id == other and "1件" in notice.title
        assert verify(session)[1] is None


def test_closed_cases_hold_nobody(federation: Federation) -> None:
    case = federation.decided()
    federation.act(
        "handler@street",
        case.number,
        "close",
        delivery="in_person",
        delivered_on="2026-03-02",
        executed_on="2026-03-02",
        result="已补发工资",
    )
    with federation.work("admin@street") as work:
        assert leaving.open_count(work, federation.users["handler@street"].id) == 0
        set_active(work, federation.users["handler@street"].id, active=False)


def test_a_sealed_case_goes_only_to_somebody_who_may_see_it(federation: Federation) -> None:
    case, other = federation.accepted(), second_handler(federation)
    with federation.database.transaction(case.tenant_id) as session:
        session.execute(text("update cases set sealed = true"))
    handler, head = federation.users["handler@street"].id, federation.users["head@street"].id
    with pytest.raises(InvalidError, match="检举控告件"), federation.work("admin@street") as work:
        set_active(work, handler, active=False, successor_id=other)
    with federation.work_as_system("street") as work:
        # A leader sees it, and who handles cases holds some; the two together are still not the head of the office.
        set_roles(work, other, (Role.HANDLER, Role.LEADER))
    with pytest.raises(InvalidError, match="检举控告件"), federation.work("admin@street") as work:
        set_active(work, handler, active=False, successor_id=other)
    with federation.work("admin@street") as work:
        set_active(work, handler, active=False, successor_id=head)
    assert assignee(federation, case) == head


def test_no_case_reaches_somebody_whose_account_closes_at_that_moment(federation: Federation) -> None:
    """Twenty times: an assignment and a closing at once; the closed account never holds an open case."""
    other = second_handler(federation)
    for n in range(8):
        case = federation.accepted()
        gate = threading.Barrier(2)

        def assign(number: str = case.number, gate: threading.Barrier = gate, n: int = n) -> None:
            gate.wait()
            with contextlib.suppress(InvalidError, ConflictError):
                federation.act("head@street", number, "assign", assignee=str(other), reason=f"第{n}次改派")

        def close(gate: threading.Barrier = gate) -> None:
            gate.wait()
            try:
                with federation.work("admin@street") as work:
                    set_active(work, other, active=False)
            except InvalidError:
                pass

        people = [threading.Thread(target=one) for one in (assign, close)]
        for person in people:
            person.start()
        for person in people:
            person.join()
        with federation.database.transaction(federation.ids["street"]) as session:
            left = session.execute(
                text(
                    "select u.active, count(c.id) from users u left join cases c on c.tenant_id = u.tenant_id "
                    "and c.assignee_id = u.id where u.id = :id group by u.active"
                ),
                {"id": other},
            ).one()
        assert left[0] or left[1] == 0, "a closed account holds a case"
        with federation.work_as_system("street") as work:
            head = federation.users["head@street"].id
            if left[0] and left[1]:
                set_active(work, other, active=False, successor_id=head)
            set_active(work, other, active=True)


def away(federation: Federation, deputy: UUID, *, days: int = 3) -> Delegation:
    today = federation.clock.today()
    with federation.work("admin@street") as work:
        return delegations.begin(
            work,
            user_id=federation.users["handler@street"].id,
            deputy_id=deputy,
            from_on=today,
            until_on=today + timedelta(days=days),
            reason="年休假",
        )


def test_a_deputy_sees_and_acts_while_the_colleague_is_away_and_then_no_longer(federation: Federation) -> None:
    case, other = federation.accepted(), second_handler(federation)
    with pytest.raises(NotFoundError):
        federation.act("handler2@street", case.number, "note", note="还看不到")
    row = away(federation, other)
    federation.act("handler2@street", case.number, "note", note="代为走访核实")
    with federation.work("handler2@street") as work:
        assert [found.id for found in queries.todo(work)] == [case.id]
        event = history(work.session, case.id)[-1]
        assert event.data["on_behalf"] == str(federation.users["handler@street"].id)
    assert assignee(federation, case) == federation.users["handler@street"].id, "the case stays the colleague's"
    with federation.work("handler2@street") as work:
        later = replace(
            work.actor, stands_in_for=absence.stands_in_for(work.session, other, work.clock.now() + timedelta(days=4))
        )
        assert later.stands_in_for == frozenset(), "it ends by itself the day after"
    with federation.work("head@street") as work:
        delegations.end(work, row.id)
    with pytest.raises(NotFoundError):
        federation.act("handler2@street", case.number, "note", note="已经看不到")


def test_a_new_assignment_is_told_to_the_deputy_too(federation: Federation) -> None:
    other = second_handler(federation)
    away(federation, other)
    case = federation.accepted()
    handler = federation.users["handler@street"].id
    with federation.work_as_system("street") as work:
        jobs.assigned(work, {"case": str(case.id), "user": str(handler)})
        told = {
            row.user_id: row.title
            for row in work.session.scalars(select(Notice).where(Notice.kind == "case.assigned"))
        }
    assert set(told) == {handler, other} and "代测试承办人办理" in told[other]


def test_a_deputy_of_an_absence_does_not_leave_before_it_is_over(federation: Federation) -> None:
    other = second_handler(federation)
    row = away(federation, other)
    with pytest.raises(InvalidError, match="正代1位外出同事"), federation.work("admin@street") as work:
        set_active(work, other, active=False)
    with federation.work("admin@street") as work:
        delegations.end(work, row.id)
        set_active(work, other, active=False)


def test_two_absences_entered_at_once_about_one_person_meet(federation: Federation) -> None:
    other, head = second_handler(federation), federation.users["head@street"].id
    gate, told = threading.Barrier(2), []

    def enter(deputy: UUID) -> None:
        gate.wait()
        try:
            away(federation, deputy)
            told.append("done")
        except InvalidError:
            told.append("refused")

    people = [threading.Thread(target=enter, args=(deputy,)) for deputy in (other, head)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert sorted(told) == ["done", "refused"]


def test_routing_proposes_the_nearest_open_department_and_handler(federation: Federation) -> None:
    handler = federation.users["handler@street"].id
    with federation.work("admin@street") as work:
        one = departments.create(work, {"name": "一部"}).id
        two = departments.create(work, {"name": "二部"}).id
        routing.set_route(work, category_code="01", department_id=one, handler_id=handler)
        routing.set_route(work, category_code="01.02", department_id=two)
        suggest = routing.suggest
        assert suggest(work.session, "01.01") == routing.Suggestion(one, handler)
        assert suggest(work.session, "01.02") == routing.Suggestion(two, None)
        assert suggest(work.session, "02.01") == suggest(work.session, None) == routing.Suggestion()
        departments.change(work, one, {"name": "一部", "active": False})
        set_active(work, handler, active=False)
        assert suggest(work.session, "01.01") == routing.Suggestion()
        assert len(routing.routes(work.session)) == 2


def test_the_department_stands_on_the_case_and_a_machine_that_knows_none_keeps_it(federation: Federation) -> None:
    with federation.work("admin@street") as work:
        place = departments.create(work, {"name": "一部"}).id
        closed = departments.create(work, {"name": "旧部", "active": False}).id
    case = federation.register()
    federation.act("clerk@street", case.number, "triage", purpose="request", category="01.01", tier="ordinary")
    handler = str(federation.users["handler@street"].id)
    for wrong in (str(closed), "x", str(federation.users["head@street"].id)):
        with pytest.raises(InvalidError):
            federation.act("head@street", case.number, "accept", assignee=handler, department=wrong)
    accepted = federation.act("head@street", case.number, "accept", assignee=handler, department=str(place))
    assert accepted.department_id == place
    again = federation.act("head@street", case.number, "assign", assignee=handler, reason="继续由其办理")
    assert again.department_id == place
    none = federation.act("head@street", case.number, "assign", assignee=handler, reason="不分部门", department="")
    assert none.department_id is None


def test_only_the_office_and_the_administrator_enter_absences(federation: Federation) -> None:
    for who in ("handler@street", "clerk@street", "security@street", "auditor@street"):
        with pytest.raises(ForbiddenError), federation.work(who) as work:
            delegations.begin(
                work, user_id=None, deputy_id=None, from_on=date(2026, 3, 2), until_on=date(2026, 3, 2), reason=""
            )


def test_a_rollover_that_a_union_switched_off_stays_off_at_acceptance(federation: Federation) -> None:
    with federation.work("admin@street") as work:
        settings.change(work, {"holiday_rollover": False})
    assert federation.accepted().due_on == date(2026, 5, 1)
    case = federation.register()
    with federation.work("clerk@street") as work:
        perform(work, case.number, "triage", {"purpose": "request", "category": "01.01", "tier": "simple"})
