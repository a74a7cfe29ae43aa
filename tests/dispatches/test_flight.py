"""Letters in flight: open ones by side, kind and age, of what the actor may see."""

from __future__ import annotations

from dispatches.flight import in_flight
from dispatches.workflow import LetterKind, Side
from tests.builders import Federation
from tests.dispatches.letters import on, post
from tests.dispatches.test_queries import later


def test_open_letters_are_counted_by_side_kind_and_age(federation: Federation) -> None:
    post(federation, "head@east", LetterKind.ORDER)
    later(federation, days=10)
    post(federation, "head@east", LetterKind.ORDER)
    later(federation, days=10)
    post(federation, "head@east", LetterKind.REPORT, to=federation.ids["city"])
    with federation.work("head@east") as work:
        found = {(flight.side, flight.kind): flight for flight in in_flight(work)}
    orders = found[Side.SENDER, LetterKind.ORDER]
    assert (orders.open, orders.overdue, orders.ages) == (2, 2, (0, 1, 1, 0))
    assert found[Side.SENDER, LetterKind.REPORT].ages == (1, 0, 0, 0)
    assert all(sum(flight.ages) == flight.open for flight in found.values())


def test_a_finished_letter_is_not_in_flight(federation: Federation) -> None:
    order = post(federation, "head@east", LetterKind.ORDER)
    with federation.work("head@east") as work:
        assert sum(flight.open for flight in in_flight(work)) == 1
    on(federation, "head@east", order, "withdraw", text="发函有误，收回重发")
    with federation.work("head@east") as work:
        assert in_flight(work) == []


def test_the_other_side_has_its_own_copy_and_nobody_else_any(federation: Federation) -> None:
    post(federation, "head@east", LetterKind.ORDER)
    with federation.work("head@street") as work:
        assert [(flight.side, flight.open) for flight in in_flight(work)] == [(Side.RECIPIENT, 1)]
    for who in ("head@west", "admin@east"):
        with federation.work(who) as work:
            assert in_flight(work) == []
