"""被反映人 (条例 art. 30(3)): whom a report accuses does not see it, holds nothing of it and is told nothing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from access.roles import Role
from audit.services import history
from cases import accused, naming, queries, tasking
from cases.handling import CaseAccused
from cases.models import Case
from cases.queries import Filter
from cases.services import get
from dispatches import badges
from dispatches.policy import mentioned
from dispatches.services import escalate
from kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from notices.models import Notice, Task
from notices.services import for_actor, post
from notices.tasks import close_task, count_for, open_for, open_task
from tenants.accounts import create_user
from tests.builders import PASSWORD, Federation, cached_hash

REPORT: dict[str, Any] = {"purpose": "report", "category": "13.01", "tier": "hard"}


def second_head(federation: Federation) -> str:
    """A second head of the street's office, by login."""
    with federation.work_as_system("street") as work:
        federation.users["head2@street"] = create_user(
            work,
            username="head2",
            display_name="测试副负责人",
            password=PASSWORD,
            roles=(Role.OFFICE_HEAD,),
            must_change_password=False,
            hasher=cached_hash,
        )
    return "head2@street"


def ids(federation: Federation, *names: str) -> list[str]:
    return [str(federation.users[f"{name}@street"].id) for name in names]


def report(federation: Federation, *names: str, **changes: Any) -> Case:
    """A report that the clerk sorted as one against some of the street's own people."""
    case = federation.register(**changes)
    return federation.act("clerk@street", case.number, "triage", **REPORT, accused_staff=ids(federation, *names))


def sees(federation: Federation, login: str, case: Case) -> bool:
    """Whether list, count, page and object agree that somebody sees a case, and which way."""
    with federation.work(login) as work:
        listed = case.id in [found.id for found in queries.newest(work, Filter()).cases]
        assert queries.counts(work)["open"] == len(queries.newest(work, Filter()).cases)
        for way in (lambda: queries.file(work, case.number), lambda: get(work, case.id)):
            if listed:
                way()
                continue
            with pytest.raises(NotFoundError):
                way()
    return listed


@pytest.mark.parametrize(("named", "left"), [(("head",), "leader"), (("leader",), "head")])
def test_neither_head_nor_leader_sees_a_report_against_them(
    federation: Federation, named: tuple[str], left: str
) -> None:
    case = report(federation, *named)
    assert case.sealed
    assert not sees(federation, f"{named[0]}@street", case)
    assert sees(federation, f"{left}@street", case)


def test_naming_somebody_seals_a_matter_that_was_none(federation: Federation) -> None:
    case = federation.register()
    data = {"purpose": "request", "category": "01.01", "tier": "ordinary"}
    assert federation.act(
        "clerk@street", case.number, "triage", **data, accused_staff=ids(federation, "handler")
    ).sealed


def test_a_deputy_of_somebody_away_is_still_accused(federation: Federation) -> None:
    from tenants.delegations import begin

    second = second_head(federation)
    case = report(federation, "head2")
    federation.act("head@street", case.number, "accept", assignee=ids(federation, "head")[0])
    with federation.work("head@street") as work:
        today, users = work.clock.today(), federation.users
        away, deputy = users["head@street"].id, users["head2@street"].id
        begin(work, user_id=away, deputy_id=deputy, from_on=today, until_on=today, reason="出差")
    assert federation.actor(second).stands_in_for
    assert not sees(federation, second, case)


def test_a_report_against_everybody_who_could_handle_it_is_sent_to_the_union_above(federation: Federation) -> None:
    case = federation.register()
    with pytest.raises(InvalidError, match="请呈报上级工会（东区总工会"):
        federation.act(
            "clerk@street", case.number, "triage", **REPORT, accused_staff=ids(federation, "head", "leader")
        )
    with pytest.raises(InvalidError, match="请呈报上级工会"):
        federation.register(accused_staff=frozenset(federation.users[f"{n}@street"].id for n in ("head", "leader")))
    with pytest.raises(InvalidError, match="不是本会在用的工作人员"):
        federation.act("clerk@street", case.number, "triage", **REPORT, accused_staff=[str(case.id)])


def test_a_clerk_may_register_it_and_does_not_see_it_again(federation: Federation) -> None:
    case = federation.register(accused_staff=frozenset([federation.users["head@street"].id]))
    assert case.sealed
    assert [
        login
        for login in ("clerk", "handler", "head", "leader", "supervisor")
        if sees(federation, f"{login}@street", case)
    ] == ["leader"]


def test_the_leader_sorts_a_report_against_the_head_and_takes_it_upward(federation: Federation) -> None:
    case = federation.register(accused_staff=frozenset([federation.users["head@street"].id]))
    federation.act("leader@street", case.number, "triage", **REPORT)
    assert not sees(federation, "head@street", case), "sorting without naming takes nobody off"
    with federation.work("leader@street") as work:
        letter = escalate(work, case.number, reason="反映本会信访部门负责人", request="请上级工会直接办理")
    for login, may in (("head@street", False), ("leader@street", True)):
        with federation.work(login) as work:
            from dispatches import queries as letters

            assert (letter.id in [view.letter.id for view in letters.outbox(work)]) is may, login


def test_the_leader_sorts_no_ordinary_matter(federation: Federation) -> None:
    from kernel.errors import IllegalTransitionError

    case = federation.register()
    with pytest.raises(IllegalTransitionError, match="登记员或者信访部门负责人"):
        federation.act("leader@street", case.number, "triage", **REPORT)


def test_the_accused_is_given_nothing_and_nobody_may_permit_it(federation: Federation) -> None:
    second_head(federation)
    case = report(federation, "head2", "clerk")
    head = federation.users["head@street"]
    with pytest.raises(InvalidError, match="本人是被反映人"):
        federation.act("head@street", case.number, "accept", assignee=ids(federation, "head2")[0])
    federation.act("head@street", case.number, "accept", assignee=str(head.id))
    with pytest.raises(InvalidError, match="不能批准不回避"):
        federation.act(
            "leader@street", case.number, "permit_handler", permitted=ids(federation, "head2")[0], reason="人手不足"
        )
    with pytest.raises(InvalidError, match="本人是被反映人"):
        federation.act(
            "head@street",
            case.number,
            "ask_department",
            task_handler=ids(federation, "head2")[0],
            task_asked="请说明有关情况",
            task_due="2026-03-10",
        )


def test_a_case_in_the_hands_of_the_accused_goes_to_another_head(federation: Federation) -> None:
    second = second_head(federation)
    case = federation.register()
    federation.act("clerk@street", case.number, "triage", **REPORT)
    federation.act("head@street", case.number, "accept", assignee=ids(federation, "head2")[0])
    with federation.work("leader@street") as work:
        moved = naming.change(work, case.number, {federation.users[second].id}, "来信人当面补充")
        assert moved.assignee_id == federation.users["head@street"].id
        event = history(work.session, case.id)[-1]
    assert event.action == "case:accused_staff"
    assert (event.data["before"], event.data["accused_staff"]) == ({"accused_staff": 0}, 1)
    assert event.data["assignee"] == ids(federation, "head")[0]


def test_without_another_head_it_waits_in_nobodys_hands_for_the_leader(federation: Federation) -> None:
    case = federation.register()
    federation.act("clerk@street", case.number, "triage", **REPORT)
    federation.act("head@street", case.number, "accept", assignee=ids(federation, "head")[0])
    with federation.work("leader@street") as work:
        assert (
            naming.change(work, case.number, {federation.users["head@street"].id}, "来信人补充").assignee_id is None
        )
    with federation.work("leader@street") as work:
        assert [task.kind for task in open_for(work.session, work.actor)] == ["case.unheld"]
        assert accused.desk_of(work, get(work, case.id)) is Role.LEADER


def test_nobody_takes_themselves_off_and_whoever_is_not_accused_may(federation: Federation) -> None:
    case = report(federation, "head")
    with federation.work("head@street") as work, pytest.raises(NotFoundError):
        naming.change(work, case.number, (), "与本人无关")
    with federation.work("leader@street") as work:
        with pytest.raises(InvalidError, match="请写明理由"):
            naming.change(work, case.number, (), " ")
        with pytest.raises(ConflictError):
            naming.change(work, case.number, (), "核实系同名", version=case.version - 1)
    with federation.work("leader@street") as work:
        naming.change(work, case.number, (), "核实系同名", version=case.version)
    assert sees(federation, "head@street", case)
    with federation.work("head@street") as work:
        row = work.session.query(CaseAccused).one()
        assert (row.ended_by, row.reason) == (federation.users["leader@street"].id, "核实系同名")
        # Named again: the same row says so.
        naming.change(work, case.number, {federation.users["head@street"].id}, "信访人坚持")
    assert not sees(federation, "head@street", case)


def test_an_ordinary_case_accuses_nobody_and_a_supervisor_changes_nothing(federation: Federation) -> None:
    case = federation.register()
    with federation.work("head@street") as work, pytest.raises(InvalidError, match="只有检举控告件"):
        naming.change(work, case.number, (), "没有理由")
    with federation.work("supervisor@street") as work, pytest.raises(ForbiddenError):
        naming.change(work, case.number, (), "没有理由")


def test_who_was_named_and_who_took_them_off_cannot_be_forged(federation: Federation) -> None:
    case = report(federation, "handler")
    with pytest.raises(IntegrityError), federation.work_as_system("street") as work:
        work.session.execute(
            text("update case_accused set ended_at = now(), ended_by = user_id, reason = '无' where case_id = :c"),
            {"c": case.id},
        )


def test_no_notice_and_no_task_about_it_reaches_the_accused(federation: Federation) -> None:
    second = second_head(federation)
    case = report(federation, "head2")
    with federation.work_as_system("street") as work:
        for link in (f"/cases/{case.number}", f"/cases/{case.number}/do/escalate"):
            post(work.session, kind="note", title="有新登记的信访件", link=link, role=Role.OFFICE_HEAD)
        task = open_task(
            work, kind="note", title="请呈报", link=f"/cases/{case.number}", role=Role.OFFICE_HEAD, key="about"
        )
    for login, count in (("head@street", 1), (second, 0)):
        with federation.work(login) as work:
            hidden = mentioned(work.actor, Task.link)
            assert len(open_for(work.session, work.actor, but=hidden)) == count, login
            assert count_for(work.session, work.actor, but=hidden) == badges.of(work).tasks == count, login
            told = for_actor(work.session, work.actor, but=mentioned(work.actor, Notice.link))
            assert len([one for one in told if case.number in one.link]) == 2 * count, login
            if not count:
                with pytest.raises(NotFoundError):
                    close_task(work, task.id, "看看是什么", but=hidden)


def test_a_merged_and_a_split_file_keep_away_from_the_accused(federation: Federation) -> None:
    second = second_head(federation)
    lead = report(federation)
    federation.act("head@street", lead.number, "accept", assignee=ids(federation, "head2")[0])
    case = report(federation, "head2", claims=("反映其收受礼金", "反映其公车私用"))
    federation.act("head@street", case.number, "accept", assignee=ids(federation, "head")[0])
    fresh = federation.act("head@street", case.number, "split", claims_chosen=["2"], reason="另案调查")
    with federation.work("head@street") as work:
        number = history(work.session, fresh.id)[-1].data["destination"]
        assert accused.accused_of(work, queries.file(work, number).case.id) == {federation.users[second].id}
    federation.act("head@street", case.number, "merge", lead=lead.number, reason="同一事项")
    assert not sees(federation, second, lead)
    with federation.work("head@street") as work:
        assert get(work, lead.id).assignee_id == federation.users["head@street"].id


def test_tasks_of_a_file_that_closes_end_with_those_who_may_not_see_it(federation: Federation) -> None:
    case = federation.accepted()
    federation.act(
        "head@street",
        case.number,
        "ask_department",
        task_handler=ids(federation, "handler")[0],
        task_asked="请核实考勤",
        task_due="2026-03-10",
    )
    with federation.work_as_system("street") as work:
        tasking.withdraw_from(work, get(work, case.id), (), "本件已封闭")
    with federation.work("head@street") as work:
        assert tasking.open_count(work, case.id) == 0
