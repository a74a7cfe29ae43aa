"""Clocks as laws, whatever the dates: hypothesis looks for a history in which one breaks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.workdays import LIBRARY
from cases import clocks
from cases.clocks import add_years, carry_deadline, extend, go_on, interrupt, is_duty, move, pause, start, stop
from cases.models import Case, CaseClock
from cases.rules import CLOCK_LABELS, ClockKind, Purpose
from cases.terms import MET_AT_ONCE, ONCE, RIGHTS, TERMS, Unit, Whose
from kernel.errors import InvalidError
from kernel.ids import uuid7

#: The library's years, with room for the longest clock behind them.
DAYS = st.dates(min_value=date(2005, 1, 1), max_value=date(2026, 6, 1))
KINDS = st.sampled_from([kind for kind, term in TERMS.items() if term.unit is not Unit.SET])


def a_case(stage: str | None = None) -> Case:
    """A case of a request, sorted as simple, so that every clock may run."""
    return Case(id=uuid7(), purpose=Purpose.REQUEST.value, tier="simple", review_stage=stage)


def begun(kind: ClockKind, on: date, case: Case | None = None) -> CaseClock:
    """One clock of its own."""
    stage = {ClockKind.REVIEW: "review", ClockKind.RECHECK: "recheck"}.get(kind)
    found = start(case or a_case(stage), [], kind, on, rolling=LIBRARY)
    assert found is not None
    return found


def test_every_clock_has_a_word_and_a_term() -> None:
    assert set(TERMS) == set(CLOCK_LABELS) == set(ClockKind)
    assert all(term.basis and term.words for term in TERMS.values())
    assert all(TERMS[kind].whose is Whose.WORKER for kind in RIGHTS)
    assert all(not TERMS[kind].again for kind in ONCE)


@given(KINDS, DAYS)
def test_a_clock_never_ends_before_its_length_and_ends_soon_after(kind: ClockKind, on: date) -> None:
    term, clock = TERMS[kind], begun(kind, on)
    assert clock.due_on == clock.original_due_on
    if term.unit is Unit.DAYS:
        # The longest holiday so far had nine days.
        assert timedelta(term.length) <= clock.due_on - on <= timedelta(term.length + 10)
    elif term.unit is Unit.WORKDAYS:
        assert clock.due_on - on >= timedelta(term.length)
        assert LIBRARY.is_workday(clock.due_on)
        assert LIBRARY.working_days_between(on, clock.due_on) == term.length
    else:
        assert (clock.due_on.year - on.year, clock.due_on.month) == (term.length, on.month)


@given(KINDS, DAYS)
def test_rolling_over_a_holiday_only_ever_gives_days(kind: ClockKind, on: date) -> None:
    case = a_case({ClockKind.REVIEW: "review", ClockKind.RECHECK: "recheck"}.get(kind))
    plain = start(case, [], kind, on, rolling=None)
    rolled = start(case, [], kind, on, rolling=LIBRARY)
    assert plain is not None
    assert rolled is not None
    assert plain.due_on <= rolled.due_on
    if TERMS[kind].whose is Whose.WORKER:
        assert plain.due_on == rolled.due_on, "nobody waits for a day that a court may count otherwise"


@given(KINDS, DAYS, st.integers(min_value=1, max_value=400))
def test_no_clock_is_turned_back(kind: ClockKind, on: date, days: int) -> None:
    clock = begun(kind, on)
    before = clock.due_on
    with pytest.raises(InvalidError, match="不能倒改"):
        move(clock, before - timedelta(days=days), "倒改")
    assert (clock.due_on, clock.due_reason) == (before, None)
    move(clock, before + timedelta(days=days), "依法延长")
    assert (clock.due_on, clock.original_due_on, clock.due_reason) == (before + timedelta(days), before, "依法延长")


@given(DAYS, st.integers(min_value=-40, max_value=60))
def test_an_extension_is_one_of_one_to_thirty_days(on: date, days: int) -> None:
    case, found = a_case(), list[CaseClock]()
    handling = start(case, found, ClockKind.HANDLING, on, rolling=LIBRARY)
    assert handling is not None
    first = handling.due_on
    until = first + timedelta(days=days)
    if not 0 <= days <= 30:
        with pytest.raises(InvalidError):
            extend(case, found, until=until, reason="案情复杂")
        assert handling.due_on == first
        return
    extension = extend(case, found, until=until, reason="案情复杂")
    assert (extension.started_on, extension.due_on, handling.due_on) == (first, until, until)
    assert handling.original_due_on == first
    with pytest.raises(InvalidError, match="已经延期一次"):
        extend(case, found, until=until, reason="再次延期")


@given(DAYS, st.lists(st.integers(min_value=0, max_value=20), min_size=1, max_size=4))
def test_days_of_hearings_are_added_to_the_recheck_and_to_nothing_else(on: date, hearings: list[int]) -> None:
    case, found = a_case("recheck"), list[CaseClock]()
    recheck = start(case, found, ClockKind.RECHECK, on, rolling=LIBRARY)
    assert recheck is not None
    first, day = recheck.due_on, on
    for length in hearings:
        pause(found, ClockKind.RECHECK, day)
        assert not is_duty(case, recheck), "nobody is late while it does not count"
        go_on(found, ClockKind.RECHECK, day + timedelta(days=length))
        day += timedelta(days=length + 1)
    assert recheck.due_on - first == timedelta(days=sum(hearings))
    assert (recheck.paused_days, recheck.original_due_on) == (sum(hearings), first)


@given(DAYS, st.integers(min_value=0, max_value=365))
def test_an_interruption_gives_a_whole_year_anew_and_never_less(on: date, after: int) -> None:
    right = begun(ClockKind.ARBITRATION, on)
    day, before = min(on + timedelta(days=after), right.due_on), right.due_on
    interrupt(right, day)
    assert right.due_on == add_years(day, 1) >= before
    with pytest.raises(InvalidError):
        interrupt(right, on - timedelta(days=1))


@given(st.lists(st.tuples(KINDS, DAYS, st.booleans()), max_size=8))
def test_the_deadline_is_always_the_earliest_running_duty_of_the_union(
    history: list[tuple[ClockKind, date, bool]],
) -> None:
    case, found = a_case(), list[CaseClock]()
    for kind, on, ended in history:
        fresh = start(case, found, kind, on, rolling=LIBRARY)
        if fresh is not None and ended:
            stop([fresh], kind, on, "完成")
    carry_deadline(case, found)
    ours = [
        clock
        for clock in found
        if clock.stopped_on is None
        and TERMS[ClockKind(clock.kind)].whose is Whose.UNION
        and ClockKind(clock.kind) not in (*MET_AT_ONCE, ClockKind.REVIEW, ClockKind.RECHECK)
    ]
    assert case.due_on == min((clock.due_on for clock in ours), default=None)
    assert clocks.begun_on(case) is None or case.due_on is not None
    running = [clock.kind for clock in found if clock.stopped_on is None]
    assert len(running) == len(set(running)), "never two of a kind at once"


@given(KINDS, DAYS, st.integers(min_value=0, max_value=800))
def test_an_end_hides_no_deadline_that_was_missed(kind: ClockKind, on: date, after: int) -> None:
    clock = begun(kind, on)
    day = on + timedelta(days=after)
    stop([clock], kind, day, "信访人撤回", uncounted=True)
    assert clock.uncounted is (day <= clock.due_on)
