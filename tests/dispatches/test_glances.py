"""What the desk asks of the own copies: filtered boxes, letters in flight, the reach of a circular."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import text

from dispatches import glances
from dispatches.kinds import LetterKind
from dispatches.models import Letter
from dispatches.services import Draft, act, send
from dispatches.workflow import LetterStatus, Side
from kernel.clock import FixedClock
from tests.builders import Federation


def letter(federation: Federation, who: str, to: str, kind: LetterKind = LetterKind.ASSIST, **more: object) -> Letter:
    with federation.work(who) as work:
        draft = Draft(kind, federation.ids[to], "请协助核实", "涉及两区。", "请核实。", **more)  # type: ignore[arg-type]
        return send(work, draft)


def test_a_box_is_narrowed_by_what_is_open_who_is_late_and_with_whom(federation: Federation) -> None:
    done = letter(federation, "head@city", "east")
    late = letter(federation, "head@city", "east", LetterKind.ORDER, due_on=date(2026, 3, 4))
    other = letter(federation, "head@city", "west")
    with federation.work("head@city") as work:
        act(work, done.id, "withdraw", {"text": "发错单位了"})
    federation.clock = FixedClock(federation.clock.now() + timedelta(days=5))

    def found(**wanted: object) -> set[object]:
        with federation.work("head@city") as work:
            page = glances.box(work, side=Side.SENDER, **wanted)  # type: ignore[arg-type]
        return {view.letter.id for view in page.letters}

    assert found() == {done.id, late.id, other.id}
    assert found(open_only=True) == {late.id, other.id}
    assert found(overdue=True) == {late.id}
    assert found(other=federation.ids["east"]) == {done.id, late.id}
    assert found(kind=LetterKind.ASSIST, status=LetterStatus.SENT) == {other.id}
    with federation.work("head@city") as work:
        assert glances.box(work, side=Side.RECIPIENT).letters == []


def test_letters_in_flight_are_counted_by_direction_and_kind_and_only_our_own(federation: Federation) -> None:
    letter(federation, "head@city", "east")
    letter(federation, "head@city", "east", LetterKind.ORDER, due_on=date(2026, 3, 9))
    letter(federation, "head@east", "city", LetterKind.REPORT)
    letter(federation, "head@east", "street")
    ids = federation.ids
    with federation.work("head@city") as work:
        around = glances.in_flight(work, [ids["east"], ids["west"]])
        assert glances.in_flight(work, []) == {}
    assert around == {
        ids["east"]: {
            Side.SENDER: {LetterKind.ORDER: 1, LetterKind.ASSIST: 1},
            Side.RECIPIENT: {LetterKind.REPORT: 1},
        }
    }


def test_letters_that_follow_one_are_found_from_it(federation: Federation) -> None:
    first = letter(federation, "head@east", "street")
    second = letter(federation, "head@east", "street", LetterKind.URGE, refers_to=first.id)
    with federation.work("head@east") as work:
        assert [view.letter.id for view in glances.following(work, first.id)] == [second.id]
    with federation.work("head@city") as work:
        assert glances.following(work, first.id) == []


def test_the_reach_of_a_circular_counts_the_whole_subtree_and_names_who_is_left_out(federation: Federation) -> None:
    with federation.work("head@city") as work:
        assert glances.reach(work) == glances.Reach(3, 0, ())
    with federation.database.transaction(0) as session:
        session.execute(text("update tenants set status = 'suspended' where slug = 'west'"))
        session.execute(text("update tenants set status = 'closed' where slug = 'street'"))
    with federation.work("head@city") as work:
        assert glances.reach(work) == glances.Reach(1, 1, ("西区总工会",))
    with federation.work("head@street") as work:
        assert glances.reach(work) == glances.Reach(0, 0, ())
