"""Periods are whole weeks, months, quarters and years; what somebody types wrong is said in words."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import InvalidError
from reports.periods import Kind, Period, containing, due_between, finished, read

TODAY, SINCE = date(2026, 3, 2), date(2024, 6, 15)
DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))


def refused(kind: str, first: str, last: str) -> dict[str, str]:
    with pytest.raises(InvalidError) as error:
        read(kind, first, last, today=TODAY, since=SINCE)
    return error.value.fields


@given(st.sampled_from(Kind), DAYS)
def test_a_day_lies_in_exactly_one_period_of_a_kind_and_periods_join_without_a_gap(kind: Kind, day: date) -> None:
    period = containing(kind, day)
    assert period.first <= day <= period.last
    assert containing(kind, period.first) == containing(kind, period.last) == period
    assert (period.first - period.before.last).days == 1
    assert period.year_ago.last < period.first


@pytest.mark.parametrize(
    ("kind", "first", "last", "name"),
    [
        ("week", "2026-02-23", "2026-03-01", "2026年第9周"),
        ("month", "2026-02-01", "2026-02-28", "2026年2月"),
        ("quarter", "2025-10-01", "2025-12-31", "2025年第四季度"),
        ("year", "2025-01-01", "2025-12-31", "2025年"),
    ],
)
def test_a_finished_period_is_taken_and_named(kind: str, first: str, last: str, name: str) -> None:
    period = read(kind, first, last, today=TODAY, since=SINCE)
    assert (period.kind, period.name) == (Kind(kind), name)


def test_a_period_that_ends_before_it_starts_is_refused_in_words() -> None:
    assert "早于开始日期" in refused("month", "2026-02-01", "2026-01-31")["last"]


def test_a_period_that_is_not_over_is_refused_in_words() -> None:
    assert "才结束" in refused("month", "2026-03-01", "2026-03-31")["last"]
    assert "才结束" in refused("quarter", "2026-01-01", "2026-03-31")["last"]


def test_a_period_before_the_union_is_refused_and_one_that_it_began_in_is_not() -> None:
    assert "2024-06-15" in refused("month", "2024-05-01", "2024-05-31")["first"]
    assert read("month", "2024-06-01", "2024-06-30", today=TODAY, since=SINCE).first == date(2024, 6, 1)


def test_days_that_are_no_whole_period_are_refused_with_an_example() -> None:
    assert "一个自然月" in refused("month", "2026-01-15", "2026-02-14")["first"]
    assert "周一至周日" in refused("week", "2026-02-24", "2026-03-02")["first"]


@pytest.mark.parametrize("typed", ["", "昨天", "2026-02-30", "1066-01-01", "9999-01-01"])
def test_what_is_no_date_is_refused_by_the_field(typed: str) -> None:
    assert set(refused("month", typed, "2026-02-28")) == {"first"}
    assert set(refused("fortnight", "2026-02-01", "2026-02-28")) == {"kind"}


def test_reports_are_due_some_days_after_their_period() -> None:
    march = (date(2026, 3, 1), date(2026, 3, 31))
    assert [period.name for period in due_between(Kind.MONTH, *march, 5)] == ["2026年2月"]
    assert [period.name for period in due_between(Kind.YEAR, *march, 90)] == ["2025年"]
    assert due_between(Kind.YEAR, *march, 31) == []
    assert len(due_between(Kind.WEEK, *march, 2)) == 5
    assert due_between(Kind.QUARTER, *march, 10) == []
    assert [period.name for period in due_between(Kind.QUARTER, *march, 90)] == ["2025年第四季度"]


def test_finished_periods_reach_back_to_the_first_day_of_the_union() -> None:
    found = list(finished(Kind.QUARTER, TODAY, SINCE))
    assert [found[0].name, found[-1].name] == ["2025年第四季度", "2024年第二季度"]
    assert list(finished(Kind.YEAR, TODAY, TODAY)) == []


def test_days_are_said_with_both_years_where_there_are_two() -> None:
    assert Period(Kind.WEEK, date(2025, 12, 29), date(2026, 1, 4)).days == "2025年12月29日至2026年1月4日"
