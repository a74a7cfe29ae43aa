"""A rule that comes true is sent, reminded, stuck with a task, or off: exactly one of them, and once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from access.models import User
from audit.services import history
from cases.intake import NewParty
from cases.models import Case
from dispatches.models import Letter, RuleFiring
from dispatches.ruling import evaluate, ruled
from kernel.clock import FixedClock
from kernel.db import PLATFORM_TENANT
from notices.models import Notice, Task
from tenants import settings as house
from tenants.models import Tenant
from tests.builders import Federation

TRIAGE = {"purpose": "request", "category": "01.01", "tier": "ordinary"}


def later(federation: Federation, days: int) -> None:
    """Let days pass."""
    federation.clock = FixedClock(federation.clock.moment + timedelta(days=days))


def choose(federation: Federation, slug: str = "street", **modes: str) -> None:
    """What a union lets its rules do."""
    with federation.work_as_system(slug) as work:
        present = dict(house.of(work.session).escalation_rules)
        house.change(work, {"escalation_rules": present | modes})


def triaged(
    federation: Federation, slug: str = "street", triage: dict[str, Any] | None = None, **changes: Any
) -> Case:
    """A registered case that was triaged."""
    case = federation.register(f"clerk@{slug}", **changes)
    return federation.act(f"clerk@{slug}", case.number, "triage", **(TRIAGE | (triage or {})))


def run(federation: Federation, slug: str = "street") -> int:
    """One evaluation by the system."""
    with federation.work_as_system(slug) as work:
        return evaluate(work)


def fired(federation: Federation, slug: str = "street") -> dict[str, str]:
    """What became of each rule and trigger."""
    with federation.work_as_system(slug) as work:
        return {row.rule: row.outcome for row in work.session.scalars(select(RuleFiring))}


def letters(federation: Federation, slug: str) -> list[Letter]:
    with federation.work_as_system(slug) as work:
        return list(work.session.scalars(select(Letter).order_by(Letter.sent_at, Letter.id)))


def tasks(federation: Federation, slug: str = "street") -> dict[str, Task]:
    with federation.work_as_system(slug) as work:
        return {task.kind: task for task in work.session.scalars(select(Task).where(Task.done_at.is_(None)))}


def suspend(federation: Federation, slug: str) -> None:
    with federation.database.transaction(PLATFORM_TENANT) as session:
        session.execute(update(Tenant).where(Tenant.slug == slug).values(status="suspended"))


def test_a_hard_case_reminds_the_head_and_calls_the_supervisor(federation: Federation) -> None:
    case = triaged(federation, triage={"tier": "hard"})
    run(federation)
    assert fired(federation) == {"hard": "reminded", "hard_case": "reminded"}
    left = tasks(federation)
    assert (left["rule:hard"].role, left["trigger:hard_case"].role) == ("office_head", "supervisor")
    assert left["rule:hard"].link == f"/cases/{case.number}/do/escalate"
    assert "东区总工会" in left["rule:hard"].title
    assert letters(federation, "east") == []


def test_a_collective_visit_is_reported_upward_while_the_case_goes_on_at_home(federation: Federation) -> None:
    case = federation.register(headcount=7)
    run(federation)
    assert fired(federation) == {"collective": "sent"}
    (copy,) = letters(federation, "east")
    assert (copy.kind, copy.recipient_id) == ("submission", federation.ids["east"])
    assert "7人" in copy.reason
    with federation.work("head@street") as work:
        assert work.session.scalars(select(Case.status).where(Case.id == case.id)).one() == "registered"
        assert any("已按规则呈报" in title for title in work.session.scalars(select(Notice.title)))
        last = history(work.session, case.id)[-1]
        assert (last.action, last.data["rule"], last.data["outcome"]) == ("rule:fire", "collective", "sent")


@pytest.mark.parametrize(("headcount", "told"), [(9, False), (10, True)])
def test_the_threshold_of_a_collective_visit_is_the_unions_own(
    federation: Federation, headcount: int, *, told: bool
) -> None:
    with federation.work_as_system("street") as work:
        house.change(work, {"collective_threshold": 10})
    federation.register(headcount=headcount)
    run(federation)
    assert bool(fired(federation)) is told


def test_a_case_that_is_late_beyond_the_days_of_the_union_is_reported_once_a_deadline(federation: Federation) -> None:
    case = federation.accepted()
    assert case.due_on is not None
    # The deadline that the file shows, holidays considered; fifteen days late are not yet more than fifteen.
    later(federation, (case.due_on - date(2026, 3, 2)).days + 15)
    run(federation)
    assert fired(federation) == {"case_overdue": "reminded"}
    later(federation, 1)
    run(federation)
    assert fired(federation) == {"case_overdue": "reminded", "overdue": "sent"}
    assert run(federation) == 0
    (copy,) = letters(federation, "east")
    assert "16日" in copy.reason
    later(federation, 30)
    assert run(federation) == 0


def test_a_case_without_notice_in_time_is_told_as_that(federation: Federation) -> None:
    federation.register()
    later(federation, 16)
    run(federation)
    assert fired(federation) == {"no_notice": "reminded"}


def test_an_imported_case_that_was_late_when_it_was_registered_sends_nothing(federation: Federation) -> None:
    federation.register(received_on=date(2025, 1, 2))
    later(federation, 40)
    assert run(federation) == 0


def test_retaliation_is_reported_and_an_escalation_is_proposed(federation: Federation) -> None:
    triaged(federation, triage={"category": "13.03"})
    run(federation)
    assert fired(federation) == {"retaliation": "sent"}
    assert letters(federation, "east")[0].sealed
    assert "不宜继续办理" in tasks(federation)["rule:retaliation"].title


def test_a_conflict_of_interest_proposes_an_escalation(federation: Federation) -> None:
    case = triaged(federation, triage={"conflict": "1"})
    run(federation)
    assert fired(federation) == {"conflict": "reminded"}
    assert tasks(federation)["rule:conflict"].link == f"/cases/{case.number}/do/escalate"


@pytest.mark.parametrize(("accused", "goes_to"), [("street", "east"), ("east", "city")])
def test_a_sealed_case_against_us_or_our_superior_goes_to_the_next_that_it_does_not_accuse(
    federation: Federation, accused: str, goes_to: str
) -> None:
    choose(federation, conflict="send")
    case = triaged(federation, triage={"category": "13.01", "accused": accused})
    run(federation)
    assert fired(federation) == {"conflict": "sent"}
    (copy,) = letters(federation, goes_to)
    assert copy.sealed
    assert copy.skipped == (1 if accused == "east" else 0)
    others = {"east", "city", "west"} - {goes_to}
    assert all(letters(federation, slug) == [] for slug in others)
    with federation.work("clerk@street") as work:
        assert work.session.scalars(select(Task).where(Task.role == "supervisor")).all() == []
    assert case.sealed


def test_a_sealed_case_against_us_by_name_is_a_conflict_as_well(federation: Federation) -> None:
    named = (NewParty(name="测试甲"), NewParty(role="respondent", organisation="东一街道工会联合会"))
    triaged(federation, triage={"category": "13.01"}, parties=named)
    run(federation)
    assert fired(federation) == {"conflict": "reminded"}


def test_an_accused_root_leaves_the_leader_a_task_and_sends_nothing(federation: Federation) -> None:
    choose(federation, conflict="send")
    triaged(federation, triage={"category": "13.01", "accused": "city"})
    run(federation)
    assert fired(federation) == {"conflict": "stuck"}
    left = tasks(federation)["rule:conflict"]
    assert left.role == "leader"
    assert "纪检监察" in left.title
    assert [letters(federation, slug) for slug in ("east", "city", "street")] == [[], [], []]


def test_a_union_without_superior_is_stuck_with_a_task_for_its_leader(federation: Federation) -> None:
    federation.register("clerk@city", headcount=8)
    run(federation, "city")
    assert fired(federation, "city") == {"collective": "stuck"}
    assert tasks(federation, "city")["rule:collective"].role == "leader"


def test_a_suspended_superior_is_not_passed_over_in_silence(federation: Federation) -> None:
    suspend(federation, "east")
    federation.register(headcount=8)
    run(federation)
    assert fired(federation) == {"collective": "stuck"}
    assert "已停用" in tasks(federation)["rule:collective"].title
    assert letters(federation, "city") == []


def test_a_second_bad_rating_is_a_rule_and_each_one_a_trigger(federation: Federation) -> None:
    case = federation.register()
    federation.act("clerk@street", case.number, "answer", spot_purpose="inquiry", reply="当场答复了政策规定")
    rate = {"told_how": "call", "rating": "dissatisfied", "reason": "来访表示不满意"}
    federation.act("clerk@street", case.number, "rate", **rate)
    run(federation)
    assert fired(federation) == {"unsatisfied": "reminded"}
    federation.act("clerk@street", case.number, "rate", **rate)
    assert run(federation) == 2
    assert fired(federation)["dissatisfied"] == "reminded"


def test_a_bad_rating_of_the_petition_before_counts_when_this_one_repeats_it(federation: Federation) -> None:
    rate = {"told_how": "call", "rating": "dissatisfied", "reason": "来访表示不满意"}
    for repeat in (False, True):
        case = federation.register(repeat=repeat)
        federation.act("clerk@street", case.number, "answer", spot_purpose="inquiry", reply="当场答复了政策规定")
        federation.act("clerk@street", case.number, "rate", **rate)
        later(federation, 10)
    run(federation)
    with federation.work_as_system("street") as work:
        told = select(RuleFiring.subject_id).where(RuleFiring.rule == "dissatisfied")
        assert list(work.session.scalars(told)) == [case.id]


def test_a_repeat_soon_after_the_answer_calls_the_supervisor(federation: Federation) -> None:
    first = federation.register()
    federation.act("clerk@street", first.number, "answer", spot_purpose="inquiry", reply="当场答复了政策规定")
    later(federation, 20)
    federation.register(repeat=True, received_on=date(2026, 3, 20))
    federation.register(
        repeat=True, received_on=date(2026, 3, 20), parties=(NewParty(name="测试乙", phone="13900002222"),)
    )
    run(federation)
    assert fired(federation) == {"repeat": "reminded"}


def test_a_case_whose_handler_left_is_told(federation: Federation) -> None:
    case = federation.accepted()
    with federation.work_as_system("street") as work:
        work.session.execute(update(User).where(User.username == "handler").values(active=False))
    run(federation)
    assert fired(federation) == {"no_handler": "reminded"}
    assert case.number in tasks(federation)["trigger:no_handler"].title


def test_a_rule_that_is_off_does_nothing_and_fires_when_it_is_switched_on(federation: Federation) -> None:
    choose(federation, collective="off")
    federation.register(headcount=9)
    assert run(federation) == 0
    choose(federation, collective="remind")
    run(federation)
    assert fired(federation) == {"collective": "reminded"}


def test_a_message_about_one_case_looks_at_that_case_only(federation: Federation) -> None:
    mine, other = federation.register(headcount=9), federation.register(headcount=9)
    with federation.work_as_system("street") as work:
        ruled(work, {"case": str(mine.id)})
    with federation.work_as_system("street") as work:
        assert list(work.session.scalars(select(RuleFiring.subject_id))) == [mine.id]
    assert run(federation) == 1
    assert other.id != mine.id
