"""指定办理期限: started, moved, stopped and started again, beside the statutory clocks and never instead of them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from audit.services import history
from cases import deadlines
from cases.models import Case, CaseClock
from kernel.errors import NotFoundError
from tests.builders import Federation


def clock_of(federation: Federation, case: Case) -> CaseClock:
    with federation.work("head@street") as work:
        statement = select(CaseClock).where(CaseClock.case_id == case.id, CaseClock.kind == "C-AD")
        return work.session.scalars(statement).one()


def assign(federation: Federation, case: Case, due_on: date) -> Case:
    with federation.work_as_system("street") as work:
        return deadlines.assign(work, case.id, due_on=due_on, on=date(2026, 3, 2))


def test_the_nearest_date_is_the_deadline_whoever_set_it(federation: Federation) -> None:
    case = federation.accepted()
    changed = assign(federation, case, date(2026, 3, 20))
    assert (changed.due_on, changed.due_kind) == (date(2026, 3, 20), "C-AD")
    assert changed.version == case.version + 1, "a form drawn before notices it"
    assert "第二十二条" in clock_of(federation, case).basis
    assert assign(federation, case, date(2026, 6, 1)).due_kind == "C-60"


def test_an_extension_moves_the_date_and_keeps_the_first_one(federation: Federation) -> None:
    case = federation.accepted()
    assign(federation, case, date(2026, 3, 20))
    assign(federation, case, date(2026, 4, 10))
    assign(federation, case, date(2026, 4, 10))
    clock = clock_of(federation, case)
    assert (clock.started_on, clock.original_due_on, clock.due_on) == (
        date(2026, 3, 2),
        date(2026, 3, 20),
        date(2026, 4, 10),
    )
    with federation.work("head@street") as work:
        told = [event.data for event in history(work.session, case.id) if event.action == "case:assigned_deadline"]
    assert told == [{"from": "-", "to": "2026-03-20"}, {"from": "2026-03-20", "to": "2026-04-10"}]


def test_the_report_stops_it_and_work_sent_back_starts_it_again(federation: Federation) -> None:
    case = federation.accepted()
    assign(federation, case, date(2026, 3, 20))
    with federation.work_as_system("street") as work:
        stopped = deadlines.lift(work, case.id, "已反馈办理结果")
        assert deadlines.lift(work, case.id, "已反馈办理结果").version == stopped.version, "once"
    assert stopped.due_kind == "C-60"
    assert clock_of(federation, case).stop_reason == "已反馈办理结果"
    assert assign(federation, case, date(2026, 3, 20)).due_kind == "C-AD"


def test_a_case_without_the_clock_stays_as_it_is(federation: Federation) -> None:
    case = federation.accepted()
    with federation.work_as_system("street") as work:
        assert deadlines.lift(work, case.id, "已反馈办理结果").version == case.version


def test_another_unions_case_is_not_there(federation: Federation) -> None:
    case = federation.accepted()
    with pytest.raises(NotFoundError), federation.work_as_system("east") as work:
        deadlines.assign(work, case.id, due_on=date(2026, 3, 20), on=date(2026, 3, 2))


def test_a_closed_case_gets_no_clock(federation: Federation) -> None:
    case = federation.decided()
    closing = {
        "delivery": "in_person",
        "delivered_on": "2026-03-02",
        "executed_on": "2026-03-02",
        "result": "工资已补发到位",
    }
    closed = federation.act("handler@street", case.number, "close", **closing)
    assert assign(federation, closed, date(2026, 4, 1)).due_on is None
