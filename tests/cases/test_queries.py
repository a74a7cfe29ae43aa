"""Lists: filters, keyset pages, the queue and its counts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from cases import queries
from cases.queries import Filter, day_start
from kernel.errors import InvalidError, NotFoundError
from tests.builders import Federation

ACCEPTED = date(2026, 3, 2)


def found(federation: Federation, login: str = "head@street", **wanted: Any) -> list[str]:
    with federation.work(login) as work:
        return [case.number[-6:] for case in queries.newest(work, Filter(**wanted)).cases]


@pytest.fixture
def three(federation: Federation) -> Federation:
    """1: registered, a letter, long overdue; 2: in handling; 3: closed."""
    federation.register(channel="letter", title="食堂卫生意见", received_on=date(2026, 1, 5))
    federation.accepted()
    case = federation.decided()
    federation.act(
        "handler@street",
        case.number,
        "close",
        delivery="post",
        tracking="EMS1234",
        delivered_on="2026-03-02",
        executed_on="2026-03-02",
        result="已补发工资",
    )
    return federation


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({}, ["000003", "000002", "000001"]),
        ({"status": "closed"}, ["000003"]),
        ({"open_only": True}, ["000002", "000001"]),
        ({"overdue": True}, ["000001"]),
        ({"channel": "letter"}, ["000001"]),
        ({"category": "01"}, ["000003", "000002"]),
        ({"category": "01.01"}, ["000003", "000002"]),
        ({"category": "-"}, ["000001"]),
        ({"category": "0"}, []),
        ({"registered_from": ACCEPTED}, ["000003", "000002", "000001"]),
        ({"registered_from": date(2026, 3, 3)}, []),
        ({"registered_to": date(2026, 3, 1)}, []),
        ({"registered_to": ACCEPTED}, ["000003", "000002", "000001"]),
        ({"closed_from": ACCEPTED, "closed_to": ACCEPTED}, ["000003"]),
        ({"due_to": date(2026, 2, 1)}, ["000001"]),
        ({"due_from": date(2026, 2, 1)}, ["000002"]),
        # Monday, half past nine in China.
        ({"arrived": "1-09"}, ["000003", "000002", "000001"]),
        ({"arrived": "1-01"}, []),
        ({"flag": "portal"}, []),
        ({"q": "食堂"}, ["000001"]),
        ({"q": "东一工信〔2026〕000002"}, ["000002"]),
        ({"q": "%"}, []),
        ({"q": "_"}, []),
        ({"status": "closed", "channel": "letter"}, []),
    ],
    ids=str,
)
def test_a_filter_narrows_the_list(three: Federation, wanted: dict[str, Any], numbers: list[str]) -> None:
    assert found(three, **wanted) == numbers


def test_an_assignee_filter_finds_the_handlers_cases(three: Federation) -> None:
    assert found(three, assignee=three.users["handler@street"].id) == ["000003", "000002"]


def test_a_status_that_does_not_exist_is_a_mistake_and_not_an_empty_list(federation: Federation) -> None:
    with pytest.raises(InvalidError):
        found(federation, status="lost")


def test_pages_join_without_a_gap_or_a_double(federation: Federation) -> None:
    for _ in range(7):
        federation.register()
    seen: list[str] = []
    with federation.work("head@street") as work:
        cursor = None
        for _ in range(10):
            page = queries.newest(work, Filter(), limit=3, cursor=cursor)
            seen += [case.number for case in page.cases]
            cursor = page.next_cursor
            if cursor is None:
                break
    assert len(seen) == len(set(seen)) == 7
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("cursor", ["x", "%%%", "", "aGVsbG8=", "MjAyNi0wMS0wMXxub3QtYS11dWlk", "\u4e2d"])
def test_a_cursor_that_nobody_gave_is_refused_or_starts_anew(federation: Federation, cursor: str) -> None:
    federation.register()
    with federation.work("head@street") as work:
        if cursor == "":
            assert len(queries.newest(work, Filter(), cursor=cursor).cases) == 1
        else:
            with pytest.raises(InvalidError, match="翻页"):
                queries.newest(work, Filter(), cursor=cursor)


def test_the_queue_puts_the_earliest_deadline_first(three: Federation) -> None:
    with three.work("head@street") as work:
        assert [case.number[-6:] for case in queries.todo(work)] == ["000001"]
    with three.work("handler@street") as work:
        assert [case.number[-6:] for case in queries.todo(work)] == ["000002"]
    with three.work("admin@street") as work:
        assert queries.todo(work) == []


def test_counts_tell_open_overdue_and_soon(three: Federation) -> None:
    three.register(received_on=date(2026, 2, 18))
    with three.work("head@street") as work:
        assert queries.counts(work) == {"open": 3, "overdue": 1, "soon": 1}
        assert queries.counts(work, assignee=three.users["handler@street"].id)["open"] == 1
    with three.work("head@west") as work:
        assert queries.counts(work) == {"open": 0, "overdue": 0, "soon": 0}


def test_a_file_holds_everything_that_its_page_shows(three: Federation) -> None:
    number = "东一工信〔2026〕000003"
    with three.work("head@street") as work:
        file = queries.file(work, number)
    assert file.case.number == number
    assert [claim.opinion for claim in file.claims] == ["support"]
    assert [party.role for party in file.parties] == ["petitioner", "respondent"]
    assert {clock.kind for clock in file.clocks} == {"C-15", "C-60", "C-RV30"}
    with three.work("head@street") as work, pytest.raises(NotFoundError):
        queries.file(work, "东一工信〔2026〕999999")


def test_a_day_begins_at_midnight_in_china_and_is_bound_as_an_aware_moment(three: Federation) -> None:
    assert day_start(ACCEPTED).isoformat() == "2026-03-01T16:00:00+00:00"
    sent: list[Any] = []

    def note(_c: Any, _cursor: Any, _statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        sent.append(parameters)

    event.listen(three.database.engine, "before_cursor_execute", note)
    try:
        found(three, registered_from=ACCEPTED, closed_to=ACCEPTED)
    finally:
        event.remove(three.database.engine, "before_cursor_execute", note)
    moments = [value for given in sent for value in dict(given).values() if hasattr(value, "tzinfo")]
    assert moments
    assert all(value.tzinfo is not None for value in moments)
