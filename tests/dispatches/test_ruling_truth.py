"""For any state of a case, of the settings and of the unions above, a rule ends in exactly one way; and only once."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from access.actor import Work, system_actor
from cases.models import Case
from dispatches.models import Letter, RuleFiring
from dispatches.occasions import Occasion, scene_of
from dispatches.rules import Mode, Rule
from dispatches.ruling import evaluate, key_of, settle
from dispatches.watching import watch
from kernel.db import PLATFORM_TENANT
from notices.models import Task
from tenants import settings as house
from tests.builders import Federation
from tests.dispatches.test_collisions import until_somebody_waits
from tests.dispatches.test_queries import statements

HOME = ("registered", "triaged", "handling", "decided")
#: The street's line upward, nearest first, and what stands below each accused union.
ABOVE = ("east", "city")
BELOW = {
    "street": {"street"},
    "east": {"east", "street"},
    "city": {"city", "east", "west", "street"},
    "west": {"west"},
}
STATES = st.fixed_dictionaries(
    {
        "status": st.sampled_from((*HOME, "escalated", "closed")),
        "tier": st.sampled_from((None, "ordinary", "hard")),
        "late": st.integers(-5, 40),
        "headcount": st.integers(1, 12),
        "retaliation": st.booleans(),
        "conflict": st.booleans(),
        "sealed": st.booleans(),
        "accused": st.sampled_from((None, *BELOW)),
        "dissatisfied": st.integers(0, 3),
    }
)
MODES = st.fixed_dictionaries({rule.value: st.sampled_from(Mode).map(str) for rule in Rule})
ACTIVE = st.fixed_dictionaries({slug: st.booleans() for slug in ABOVE})


def true_rules(state: dict[str, Any]) -> set[str]:
    """The rules of the brief, once more and in plain Python."""
    home = state["status"] in HOME
    found = {
        "hard": state["status"] in ("triaged", "handling") and state["tier"] == "hard",
        "overdue": home and state["late"] > 15,
        "collective": home and state["headcount"] >= 5,
        "retaliation": home and state["retaliation"],
        "conflict": home and (state["conflict"] or state["accused"] in ("street", "east", "city")),
        "dissatisfied": state["dissatisfied"] >= 2,
    }
    return {rule for rule, true in found.items() if true}


def goes_to(state: dict[str, Any], active: dict[str, bool]) -> str | None:
    """The nearest union above that the case does not accuse, if it works."""
    unbarred = [slug for slug in ABOVE if slug not in BELOW.get(state["accused"], set())]
    return unbarred[0] if unbarred and active[unbarred[0]] else None


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(state=STATES, modes=MODES, active=ACTIVE)
def test_a_rule_ends_in_exactly_one_of_sent_reminded_stuck_and_off(
    federation: Federation, state: dict[str, Any], modes: dict[str, str], active: dict[str, bool]
) -> None:
    case = one_case(federation)
    with federation.database.transaction(PLATFORM_TENANT) as session:
        for slug, works in active.items():
            status = "active" if works else "suspended"
            session.execute(text("update tenants set status = :s where slug = :g"), {"s": status, "g": slug})
    tenant = federation.ids["street"]
    with federation.database.session(tenant) as session, session.begin() as transaction:
        work = Work(session, system_actor(tenant), federation.clock, federation.cipher, federation.bus)
        house.change(work, {"escalation_rules": modes})
        put(work, federation, case, state)
        evaluate(work)
        fired = list(session.scalars(select(RuleFiring).where(RuleFiring.rule.in_(list(Rule)))))
        outcomes = {row.rule: row.outcome for row in fired}
        assert len(outcomes) == len(fired), "one episode each"
        superior = goes_to(state, active)
        expected = {}
        for rule in true_rules(state):
            if modes[rule] == "remind":
                expected[rule] = "reminded"
            elif modes[rule] == "send":
                expected[rule] = "sent" if superior else "stuck"
        assert outcomes == expected
        sent = session.scalars(select(Letter)).all()
        assert len(sent) == list(expected.values()).count("sent")
        assert {letter.recipient_id for letter in sent} <= {federation.ids[superior or "street"]}
        open_keys = set(session.scalars(select(Task.key).where(Task.done_at.is_(None))))
        for row in fired:
            key = key_of(Occasion(row.rule, row.subject_id, row.episode))
            assert (key in open_keys) is (row.outcome != "sent" or row.rule in ("retaliation", "conflict"))
        assert evaluate(work) == 0, "an episode is settled once"
        transaction.rollback()


def one_case(federation: Federation) -> Case:
    with federation.work_as_system("street") as work:
        found = work.session.scalars(select(Case)).first()
    return found or federation.accepted()


def put(work: Work, federation: Federation, case: Case, state: dict[str, Any]) -> None:
    """Write a state into the file past every service: rules look at what is there, however it came about."""
    closed = state["status"] == "closed"
    today = work.clock.today()
    values = {
        "id": case.id,
        "status": state["status"],
        "closed": work.clock.now() if closed else None,
        "tier": state["tier"],
        "due": None if closed else today - timedelta(days=state["late"]),
        "registered": work.clock.now() - timedelta(days=100),
        "headcount": state["headcount"],
        "retaliation": state["retaliation"],
        "conflict": state["conflict"],
        "sealed": state["sealed"],
        "accused": federation.ids[state["accused"]] if state["accused"] else None,
        "dissatisfied": state["dissatisfied"],
        "decided": work.clock.now() if state["status"] == "decided" else None,
        "basis": "《信访工作条例》第三十二条" if state["status"] == "decided" else None,
        "replied": today if closed else None,
    }
    work.session.execute(
        text(
            "update cases set status = :status, closed_at = :closed, tier = :tier, due_on = :due, "
            "registered_at = :registered, headcount = :headcount, collective = true, retaliation = :retaliation, "
            "conflict = :conflict, sealed = :sealed, accused_tenant_id = :accused, "
            "dissatisfied = :dissatisfied, decided_at = :decided, basis = :basis, replied_on = :replied "
            "where id = :id"
        ),
        values,
    )


def test_two_evaluations_at_once_leave_one_letter(federation: Federation) -> None:
    case = federation.register(headcount=9)
    occasion = Occasion("collective", case.id, "once")
    outcomes: list[Any] = []

    def second() -> None:
        with federation.work_as_system("street") as work:
            found = work.session.scalars(select(Case).where(Case.id == case.id)).one()
            outcomes.append(settle(work, scene_of(work), found, occasion))

    thread = threading.Thread(target=second)
    with federation.work_as_system("street") as work:
        found = work.session.scalars(select(Case).where(Case.id == case.id)).one()
        assert settle(work, scene_of(work), found, occasion) == "sent"
        thread.start()
        until_somebody_waits(federation)
    thread.join(timeout=20)
    assert outcomes == [None]
    for slug in ("street", "east"):
        with federation.work_as_system(slug) as work:
            assert work.session.scalar(select(func.count()).select_from(Letter)) == 1
    with federation.work_as_system("street") as work:
        assert work.session.scalar(select(func.count()).select_from(RuleFiring)) == 1


def test_of_four_free_evaluations_each_episode_is_settled_by_one(federation: Federation) -> None:
    for _place in range(4):
        federation.register(headcount=9)

    def run() -> None:
        with federation.work_as_system("street") as work:
            evaluate(work)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    with federation.work_as_system("east") as work:
        assert work.session.scalar(select(func.count()).select_from(Letter)) == 4


@pytest.mark.parametrize("cases", [0, 12])
def test_an_evaluation_without_news_costs_the_same_few_statements_at_any_number_of_cases(
    federation: Federation, cases: int
) -> None:
    for _place in range(cases):
        federation.register(headcount=9)
    with federation.work_as_system("street") as work:
        evaluate(work)
    with statements(federation.database) as sql, federation.work_as_system("street") as work:
        assert evaluate(work) == 0
    assert len(sql) == 3, sql
    with statements(federation.database) as sql, federation.work_as_system("street") as work:
        assert watch(work) == 0
    # One of them is the working calendar.
    assert len(sql) <= 7, sql
