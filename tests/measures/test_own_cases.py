"""Figures of the own union's cases: hands, hours and durations, of what the actor may see and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from kernel.clock import FixedClock
from kernel.errors import ForbiddenError
from measures import own_cases
from tests.builders import Federation
from tests.measures.test_queries import asking

MONDAY = date(2026, 3, 2)


def test_open_cases_are_counted_by_whose_hands_they_are_in_and_unassigned_ones_last(federation: Federation) -> None:
    federation.accepted()
    federation.accepted()
    federation.register()
    with asking(federation, "head@street", unit="own") as (work, _here, wanted):
        loads = own_cases.per_handler(work, wanted)
    assert [(load.name, load.open) for load in loads] == [("测试承办人", 2), ("", 1)]
    assert loads[-1].user_id is None


def test_people_stand_by_the_sound_of_their_names_and_not_by_their_load() -> None:
    assert sorted(("赵丽", "王强", "安静", "陈晨"), key=own_cases.by_sound) == ["安静", "陈晨", "王强", "赵丽"]


@pytest.mark.parametrize("who", ["clerk@street", "handler@street", "supervisor@street"])
def test_who_holds_how_many_is_shown_to_those_who_give_out_the_work(federation: Federation, who: str) -> None:
    with asking(federation, who, unit="own") as (work, _here, wanted), pytest.raises(ForbiddenError):
        own_cases.per_handler(work, wanted)


def test_hours_are_those_of_china_and_need_eight_whole_weeks(federation: Federation) -> None:
    federation.register()
    federation.clock = FixedClock(datetime(2026, 3, 9, 2, 0, tzinfo=UTC))
    with asking(federation, "head@street", unit="own") as (work, _here, wanted):
        counts = own_cases.by_hour(work, wanted)
        assert counts is not None
        assert counts[0][9] == 1
        assert sum(map(sum, counts)) == 1
        assert own_cases.by_hour(work, replace(wanted, first=MONDAY - timedelta(weeks=6))) is None


def test_hours_count_what_was_typed_at_the_form_or_filed_online_and_no_import_or_letter(
    federation: Federation,
) -> None:
    for source in ("form", "portal", "import", "letter"):
        federation.register(source=source, source_key=f"{source}-1")
    federation.clock = FixedClock(datetime(2026, 3, 9, 2, 0, tzinfo=UTC))
    with asking(federation, "head@street", unit="own") as (work, _here, wanted):
        counts = own_cases.by_hour(work, wanted)
    assert counts is not None
    assert sum(map(sum, counts)) == 2


def test_durations_end_with_the_case_or_with_today(federation: Federation) -> None:
    federation.register()
    case = federation.decided()
    federation.clock = FixedClock(datetime(2026, 3, 12, 2, 0, tzinfo=UTC))
    federation.act(
        "handler@street",
        case.number,
        "close",
        delivery="post",
        tracking="EMS1234",
        delivered_on="2026-03-12",
        executed_on="2026-03-12",
        result="已补发工资",
    )
    federation.clock = FixedClock(datetime(2026, 3, 22, 2, 0, tzinfo=UTC))
    with asking(federation, "head@street", unit="own") as (work, _here, wanted):
        found = own_cases.durations(work, wanted)
        assert sorted(zip(found.days.tolist(), found.closed.tolist(), strict=True)) == [(10, True), (20, False)]
        assert own_cases.durations(work, replace(wanted, first=MONDAY + timedelta(1))).days.size == 0


def test_a_handler_is_told_of_own_cases_only(federation: Federation) -> None:
    federation.accepted()
    federation.register()
    with asking(federation, "handler@street", unit="own") as (work, _here, wanted):
        assert own_cases.durations(work, wanted).days.size == 1
