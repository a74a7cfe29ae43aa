"""Figures over letters, and what a list costs however many letters there are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from access.actor import Work
from dispatches import oversight, queries
from dispatches.circulars import send_circular
from dispatches.workflow import LetterKind, LetterStatus, Side
from tests.builders import Federation
from tests.dispatches.letters import on, post, sent
from tests.dispatches.test_queries import later, statements


def test_tallies_count_by_side_kind_and_status_and_say_what_is_late(federation: Federation) -> None:
    sent(federation)
    orders = [post(federation, "head@east", LetterKind.ORDER) for _ in range(3)]
    on(federation, "head@street", orders[0], "sign")
    post(federation, "head@east", LetterKind.REPORT, to=federation.ids["city"])
    later(federation, days=30)
    with federation.work("head@east") as work:
        found = {
            (tally.side, tally.kind, tally.status): (tally.count, tally.overdue) for tally in queries.tallies(work)
        }
    assert found == {
        (Side.RECIPIENT, LetterKind.ESCALATION, LetterStatus.SENT): (1, 1),
        (Side.SENDER, LetterKind.ORDER, LetterStatus.SENT): (2, 2),
        (Side.SENDER, LetterKind.ORDER, LetterStatus.SIGNED): (1, 1),
        (Side.SENDER, LetterKind.REPORT, LetterStatus.SENT): (1, 1),
    }


def test_what_only_informs_is_not_late_once_it_was_received(federation: Federation) -> None:
    report = post(federation, "head@street", LetterKind.REPORT)
    on(federation, "head@east", report, "sign")
    later(federation, days=60)
    with federation.work("head@east") as work:
        [tally] = queries.tallies(work)
        assert (tally.status, tally.overdue) == (LetterStatus.SIGNED, 0)
        assert not queries.get(work, report.id).overdue


def test_the_figures_of_a_list_and_of_a_tally_agree(federation: Federation) -> None:
    for kind in (LetterKind.ORDER, LetterKind.TRANSFER, LetterKind.SUPERVISION):
        letter = post(federation, "head@east", kind)
        on(federation, "head@street", letter, "sign")
        on(federation, "head@street", letter, "start")
        if kind is LetterKind.TRANSFER:
            on(federation, "head@street", letter, "ask_extension", text="当事人外出，无法联系", due_on="2026-04-01")
    for days in (0, 15, 20, 60):
        later(federation, days=days)
        with federation.work("head@east") as work:
            late = sum(copy.overdue for copy in queries.outbox(work))
            assert late == sum(tally.overdue for tally in queries.tallies(work))
            assert late == sum(other.overdue for other in queries.correspondents(work))


def test_correspondents_say_who_holds_how_many_open_letters(federation: Federation) -> None:
    for slug in ("east", "east", "west"):
        post(federation, "head@city", LetterKind.ORDER, to=federation.ids[slug])
    done = post(federation, "head@city", LetterKind.ORDER, to=federation.ids["west"])
    on(federation, "head@city", done, "withdraw", text="发函有误，收回重发")
    with federation.work("head@city") as work:
        found = {other.name: (other.open, other.overdue) for other in queries.correspondents(work)}
    assert found == {"东区总工会": (2, 0), "西区总工会": (1, 0)}


# A box says until when one may object, by the working calendar, which a session reads once.
READS: tuple[tuple[str, int, Callable[[Work], Any]], ...] = (
    ("inbox", 2, queries.inbox),
    ("outbox", 2, queries.outbox),
    ("waiting", 2, queries.waiting),
    ("tallies", 1, queries.tallies),
    ("correspondents", 1, queries.correspondents),
    ("skips", 1, lambda work: queries.skips(work, date(2026, 1, 1))),
    ("orders to anybody", 2, lambda work: queries.addressees(work, LetterKind.ORDER)),
)


@pytest.mark.parametrize(("name", "most", "read"), READS, ids=[name for name, _, _ in READS])
def test_a_read_costs_the_same_statements_for_one_letter_and_for_many(
    federation: Federation, name: str, most: int, read: Callable[[Work], Any]
) -> None:
    costs = []
    for more in (1, 8):
        for _ in range(more):
            post(federation, "head@east", LetterKind.ORDER)
            post(federation, "head@street", LetterKind.REPORT)
        with federation.work("head@east") as work:
            work.session.connection()
            with statements(federation.database) as sql:
                read(work)
            costs.append(len(sql))
    assert costs[0] == costs[1] <= most, name


def test_a_circular_of_nobody_is_none(federation: Federation) -> None:
    with federation.work("head@city") as work:
        assert oversight.batch(work, uuid4()) is None
        batch = send_circular(work, subject="通报排查情况", reason="请各单位对照排查")
        with statements(federation.database) as sql:
            assert oversight.batch(work, batch) is not None
        assert len(sql) == 2


def test_a_handler_counts_what_a_handler_sees(federation: Federation) -> None:
    sent(federation)
    with federation.work("handler@street") as work:
        assert [tally.count for tally in queries.tallies(work)] == [1]
    with federation.work("handler@east") as work:
        assert queries.tallies(work) == []
