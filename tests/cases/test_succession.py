"""A file goes over with its dates, its people and its clocks, and nobody but the system takes one over."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from cases.identity import reveal
from cases.intake import NewParty
from cases.models import CaseClock
from cases.queries import file
from cases.succession import carried, take_over
from kernel.errors import ForbiddenError
from tests.builders import Federation


def test_an_accepted_file_goes_on_where_it_stood(federation: Federation) -> None:
    case = federation.accepted("west", title="西区工资", received_on=date(2026, 2, 20))
    federation.act("handler@west", case.number, "note", note="已约谈用人单位")
    with federation.work("head@west") as work:
        told = carried(work, file(work, case.number), federation.ids["east"])
    assert told["notes"] == [{"on": "2026-03-02", "text": "已约谈用人单位"}]
    words = {"title": "西区工资", "content": "内容", "anonymous": False, "source": ("letter", "one")}
    with federation.work_as_system("east") as work:
        parties = (NewParty(name="测试甲", phone="13800001111"),)
        made = take_over(work, told=told, parties=parties, **words)  # type: ignore[arg-type]
        assert (made.status, made.received_on, made.arrived_on) == ("handling", date(2026, 2, 20), date(2026, 3, 2))
        assert made.accepted_at == case.accepted_at and made.due_on == case.due_on
        assert made.number.startswith("东总工信") and (made.purpose, made.tier) == ("request", "ordinary")
        running = work.session.scalars(select(CaseClock).where(CaseClock.case_id == made.id)).all()
        assert {(clock.kind, clock.stopped_on is None) for clock in running} == {("C-15", False), ("C-60", True)}
    with federation.work("head@east") as work:
        assert reveal(work, made.number, 1, "核对来访人身份").phone == "13800001111"
    with federation.work("head@east") as work, pytest.raises(ForbiddenError):
        take_over(work, told=told, parties=(), **words)  # type: ignore[arg-type]


def test_a_file_that_was_decided_and_not_told_is_decided_anew_under_its_old_date(federation: Federation) -> None:
    case = federation.decided("west")
    with federation.work("head@west") as work:
        told = carried(work, file(work, case.number), federation.ids["east"])
    assert told["claims"][0]["opinion"] == "support"
    with federation.work_as_system("east") as work:
        made = take_over(
            work, told=told, title="题", content="内容", parties=(), anonymous=True, source=("letter", "two")
        )
        assert made.status == "handling" and made.decided_at is None
        due = next(clock["due_on"] for clock in told["clocks"] if clock["kind"] == "C-60")
        assert made.due_kind == "C-60" and made.due_on == date.fromisoformat(due)
