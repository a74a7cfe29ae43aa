"""The deadline sweep: each case is told once for each deadline, to the right person, and nobody's form is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from access.actor import system_actor
from audit.models import AuditEvent
from audit.services import verify
from cases import jobs
from cases.models import Case
from kernel.clock import FixedClock
from notices.models import Notice
from tenants import settings
from tests.builders import Federation

#: Received on 2026-03-02: the 15-day notice clock ends on 2026-03-17.
RECEIVED, DUE = date(2026, 3, 2), date(2026, 3, 17)


def sweep(federation: Federation, day: date, slug: str = "street", limit: int = jobs.BATCH) -> int:
    moment = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    with federation.work_as_system(slug) as work:
        return jobs.sweep(replace(work, clock=FixedClock(moment)), limit=limit)


def notices(federation: Federation, slug: str = "street") -> list[Notice]:
    with federation.database.transaction(federation.ids[slug]) as session:
        return list(session.scalars(select(Notice).order_by(Notice.id)))


def events(federation: Federation, slug: str = "street") -> list[AuditEvent]:
    with federation.database.transaction(federation.ids[slug]) as session:
        return list(session.scalars(select(AuditEvent).where(AuditEvent.action == "case:overdue")))


def file(federation: Federation, number: str, slug: str = "street") -> Case:
    with federation.database.transaction(federation.ids[slug]) as session:
        return session.scalars(select(Case).where(Case.number == number)).one()


def test_nothing_is_told_while_there_is_time(federation: Federation) -> None:
    federation.register()
    assert sweep(federation, DUE - timedelta(days=4)) == 0
    assert notices(federation) == []


@pytest.mark.parametrize(("days_before", "left"), [(3, "将在3日后"), (1, "将在1日后"), (0, "今天")])
def test_a_deadline_that_comes_near_is_told_once_and_is_no_event(
    federation: Federation, days_before: int, left: str
) -> None:
    case = federation.register()
    day = DUE - timedelta(days=days_before)
    assert [sweep(federation, day) for _ in range(3)] == [1, 0, 0]
    (notice,) = notices(federation)
    assert (notice.kind, notice.role, notice.link) == ("case.due_soon", "office_head", f"/cases/{case.number}")
    assert notice.title == f"受理告知期限{left}届满，请抓紧办理"
    assert events(federation) == []


def test_each_of_the_union_s_bands_from_the_second_on_is_told_once(federation: Federation) -> None:
    """Fifteen days: 75 % is the twelfth, 85 % the thirteenth, 99 % the fifteenth."""
    federation.register()
    begun = DUE - timedelta(days=15)
    assert [sweep(federation, begun + timedelta(days=n)) for n in range(8, 16)] == [0, 0, 0, 0, 1, 1, 0, 1]
    with federation.work("admin@street") as work:
        settings.change(work, {"warning_bands": [10, 20, 30, 100]})
    federation.register()
    assert [sweep(federation, begun + timedelta(days=n)) for n in range(1, 6)] == [0, 0, 1, 0, 1]


def test_a_deadline_that_passed_is_told_once_and_stands_in_the_log(federation: Federation) -> None:
    case = federation.register()
    day = DUE + timedelta(days=1)
    assert [sweep(federation, day), sweep(federation, day), sweep(federation, day + timedelta(days=9))] == [1, 0, 0]
    (notice,) = notices(federation)
    assert (notice.kind, notice.role) == ("case.overdue", "office_head")
    (event,) = events(federation)
    assert (event.subject_id, event.actor_name) == (case.id, "系统")
    assert event.data == {"clock": "C-15", "due_on": "2026-03-17"}
    assert file(federation, case.number).overdue_noted_on == day
    with federation.database.transaction(federation.ids["street"]) as session:
        assert verify(session)[1] is None


def test_the_handler_is_told_while_the_account_is_active(federation: Federation) -> None:
    federation.accepted()
    late = date(2026, 8, 1)
    assert sweep(federation, late) == 1
    assert notices(federation)[-1].user_id == federation.users["handler@street"].id


def test_the_office_is_told_when_the_handler_has_left(federation: Federation) -> None:
    federation.accepted()
    with federation.database.transaction(federation.ids["street"]) as session:
        # Nobody leaves open cases behind through the services; a row may still be closed by an operator's hand.
        session.execute(text("update users set active = false where username = 'handler'"))
    sweep(federation, date(2026, 8, 1))
    assert notices(federation)[-1].role == "office_head"


def test_a_closed_case_is_left_in_peace(federation: Federation) -> None:
    case = federation.register()
    federation.act("clerk@street", case.number, "answer", spot_purpose="inquiry", reply="已当场解释清楚。")
    assert sweep(federation, DUE + timedelta(days=30)) == 0


def test_a_new_deadline_is_told_anew(federation: Federation) -> None:
    case = federation.register()
    sweep(federation, DUE + timedelta(days=1))
    federation.act("clerk@street", case.number, "triage", purpose="request", category="01.01", tier="ordinary")
    handler = str(federation.users["handler@street"].id)
    federation.act("head@street", case.number, "accept", assignee=handler)
    assert file(federation, case.number).overdue_noted_on is None
    assert sweep(federation, date(2026, 8, 1)) == 1
    assert [notice.kind for notice in notices(federation)] == ["case.overdue", "case.overdue"]


def test_the_sweep_does_not_make_an_open_form_stale(federation: Federation) -> None:
    case = federation.register()
    seen = file(federation, case.number).version
    sweep(federation, DUE + timedelta(days=1))
    assert file(federation, case.number).version == seen


def test_a_case_that_somebody_works_on_is_left_for_the_next_round(federation: Federation) -> None:
    case = federation.register()
    day = DUE + timedelta(days=1)
    with federation.database.transaction(federation.ids["street"]) as session:
        session.scalars(select(Case).where(Case.id == case.id).with_for_update()).one()
        assert sweep(federation, day) == 0, "it neither waits nor tells"
    assert sweep(federation, day) == 1


def test_many_cases_are_told_in_batches(federation: Federation) -> None:
    for _ in range(5):
        federation.register()
    day = DUE + timedelta(days=1)
    assert [sweep(federation, day, limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert len(notices(federation)) == len(events(federation)) == 5


def test_the_sweep_of_one_tenant_touches_no_other(federation: Federation) -> None:
    federation.register("clerk@street")
    federation.register("clerk@east")
    assert sweep(federation, DUE + timedelta(days=1), "street") == 1
    assert notices(federation, "east") == []
    assert system_actor(federation.ids["east"]).user_id is None
