"""Sums by due day, for the calendar."""

from __future__ import annotations

from datetime import date

from cases import due_days, queries
from cases.due_days import Due
from cases.queries import Filter
from tests.builders import Federation

MARCH = (date(2026, 3, 1), date(2026, 3, 31))


def test_a_month_counts_what_the_list_of_each_day_shows(federation: Federation) -> None:
    for received in (date(2026, 3, 2), date(2026, 3, 2), date(2026, 2, 20), date(2026, 1, 5)):
        federation.register(received_on=received)
    federation.accepted()
    with federation.work("head@street") as work:
        found = due_days.between(work, *MARCH, Filter())
        assert found == [
            Due(date(2026, 3, 9), date(2026, 2, 20), 1),
            Due(date(2026, 3, 17), date(2026, 3, 2), 2),
        ]
        for due in found:
            wanted = Filter(open_only=True, due_from=due.due_on, due_to=due.due_on)
            assert len(queries.newest(work, wanted).cases) == due.count
        assert due_days.late(work, Filter()) == 1


def test_whose_cases_are_counted_is_the_policys_business(federation: Federation) -> None:
    federation.accepted()
    federation.register()
    days = (date(2026, 3, 1), date(2026, 5, 31))

    def count(who: str, wanted: Filter) -> int:
        with federation.work(who) as work:
            return sum(due.count for due in due_days.between(work, *days, wanted))

    assert count("head@street", Filter()) == 2
    assert count("handler@street", Filter()) == 1
    assert count("handler@street", Filter(mine=True)) == 1
    assert count("head@street", Filter(mine=True)) == 0
    assert count("head@east", Filter()) == 0
    assert count("admin@street", Filter()) == 0


def test_a_deadline_whose_first_day_was_not_kept_begins_where_the_lamp_says(federation: Federation) -> None:
    registered, accepted = federation.register(), federation.accepted()
    with federation.work("head@street") as work:
        for number in (registered.number, accepted.number):
            queries.file(work, number).case.due_begun_on = None
    with federation.work("head@street") as work:
        found = due_days.between(work, date(2026, 3, 1), date(2026, 5, 31), Filter())
    assert [due.begun for due in found] == [date(2026, 3, 2), date(2026, 3, 2)]
