"""Every measure of the catalogue equals what an independent SQL makes of the raw cases, on two hundred histories.

Ten federations with twenty random histories each: repetitions, merges, splits, extensions, referrals that come back,
reviews, re-openings, ratings, and unions that move in the tree meanwhile. What a measure divides by what is written
down here a second time, by hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import Engine

from kernel.db import Database
from kernel.errors import InvalidError
from measures import figuring, scopes
from measures.definitions import BY_KEY, CATALOGUE
from measures.figuring import apart_answers
from measures.rebuilding import rebuild
from measures.suppression import outside
from tests.builders import Federation
from tests.measures.histories import UNION_SLUGS, Forest
from tests.measures.test_moves import assert_honest, hang
from tests.measures.truth import Cells, truths
from tests.measures.wandering import START, wander

Fold = Callable[..., int]
Amount = Callable[["Tally"], int]
#: Federations, and histories in each; one more federation has the rest of the two hundred.
FEDERATIONS, HISTORIES, REST = 7, 20, 60


class Tally:
    """Sums of true cells: of the period, before it, and of the period by channel."""

    def __init__(self, cells: Cells, first: date, last: date) -> None:
        self.period: Counter[str] = Counter()
        self.before: Counter[str] = Counter()
        self.by: Counter[tuple[str, str]] = Counter()
        for (day, _category, channel, name), amount in cells.items():
            if first <= day <= last:
                self.period[name] += amount
                self.by[name, channel] += amount
            elif day < first:
                self.before[name] += amount


def n(name: str) -> Amount:
    return lambda tally: tally.period[name]


def less(name: str, other: str) -> Amount:
    return lambda tally: tally.period[name] - tally.period[other]


def plus(name: str, other: str) -> Amount:
    return lambda tally: tally.period[name] + tally.period[other]


def _open_before(tally: Tally) -> int:
    return tally.before["registered"] + tally.before["moved"] - tally.before["closed"]


#: The catalogue by hand: numerator, and denominator where there is one.
BY_HAND: dict[str, tuple[Amount, Amount | None]] = {
    "registered": (n("registered"), None),
    "persons": (n("persons"), None),
    "closed": (n("closed"), None),
    "open": (lambda t: _open_before(t) + t.period["registered"] + t.period["moved"] - t.period["closed"], None),
    "firsts": (n("firsts"), None),
    "online_share": (lambda t: t.by["registered", "online"], n("registered")),
    "collectives": (n("collectives"), None),
    "collective_persons": (n("collective_persons"), None),
    "single_visits": (lambda t: t.by["registered", "visit"] - t.by["collectives", "visit"], None),
    "skip_levels": (n("skip_levels"), lambda t: t.by["registered", "visit"]),
    "skip_persons": (n("skip_persons"), None),
    "notice_on_time": (n("notice_met"), n("notice_due")),
    "office_acceptance": (less("notice_met", "unit_notice_met"), less("notice_due", "unit_notice_due")),
    "unit_acceptance": (n("unit_notice_met"), n("unit_notice_due")),
    "notice_overdue": (less("notice_due", "notice_met"), None),
    "on_time": (n("due_met"), n("due")),
    "overdue": (less("due", "due_met"), None),
    "clearance": (n("closed"), lambda t: _open_before(t) + t.period["registered"] + t.period["moved"]),
    "mean_days": (n("days_to_close"), n("closed")),
    "once": (n("once_met"), n("once_due")),
    "repeat_rate": (n("repeats"), n("registered")),
    "participation": (n("rating_met"), n("rating_due")),
    "office_satisfaction": (n("office_satisfied"), n("office_rated")),
    "unit_satisfaction": (n("unit_satisfied"), n("unit_rated")),
    "extension_rate": (n("due_extended"), n("due")),
    "withdrawal_rate": (n("withdrawn"), n("closed")),
    "merge_rate": (n("merged"), n("closed")),
    "termination_rate": (n("terminated"), n("closed")),
    "diversion_rate": (n("diverted"), n("closed")),
    "refusal_rate": (n("refused"), plus("accepted", "refused")),
    "split_rate": (n("split_off"), n("registered")),
    "referral_return_rate": (n("referred_back"), n("referred")),
    "reopened": (n("reopened"), None),
    "staff_rated_share": (n("staff_rated"), plus("office_rated", "unit_rated")),
}


def test_every_measure_is_written_down_by_hand() -> None:
    assert list(BY_HAND) == [measure.key for measure in CATALOGUE]


@pytest.mark.parametrize("seed", range(FEDERATIONS))
def test_every_measure_of_random_histories_is_what_raw_cases_say(
    federation: Federation, rollup: Database, fold_all: Fold, superuser: Engine, seed: int
) -> None:
    dice, forest = Random(seed), Forest()
    for turn in range(4):
        slug = dice.choice(UNION_SLUGS)
        wander(federation, slug, dice, histories=HISTORIES // 4, steps=10)
        if dice.random() < 0.5:
            fold_all(limit=40)
        if turn % 2:
            _move_somebody(federation, forest, dice, START.date() + timedelta(days=60 * turn))
    fold_all()
    _assert_measured(federation, rollup, superuser, forest, dice)


def test_two_hundred_histories_reach_every_column(
    federation: Federation, rollup: Database, fold_all: Fold, superuser: Engine
) -> None:
    """A differential test proves nothing about what never happens in it."""
    assert FEDERATIONS * HISTORIES + REST == 200
    seen: set[str] = set()
    dice, forest = Random(8), Forest()
    wander(federation, "street", dice, histories=REST, steps=12)
    for cells in truths(superuser).values():
        seen |= {name for *_cell, name in cells}
    assert set(_columns()) - seen <= {"moved"}, "no history moves a file to a successor; test_counting does"
    _move_somebody(federation, forest, dice, START.date() + timedelta(days=60))
    fold_all()
    _assert_measured(federation, rollup, superuser, forest, dice)


def _columns() -> set[str]:
    return {part.column for m in CATALOGUE for part in (*m.numerator, *(m.denominator or ()))}


def _move_somebody(federation: Federation, forest: Forest, dice: Random, day: date) -> None:
    """Hang a union elsewhere, unless that makes a knot or it hangs there already."""
    below = dice.choice(UNION_SLUGS[1:])
    parent = dice.choice([each for each in (*UNION_SLUGS, None) if each != below])
    with suppress(InvalidError):
        hang(federation, forest, below, parent, day)


def _assert_measured(
    federation: Federation, rollup: Database, superuser: Engine, forest: Forest, dice: Random
) -> None:
    """Every measure of every union and of what is below it, exactly and as it is shown."""
    assert_honest(federation, superuser, forest)
    assert rebuild(federation.database, rollup) == {}
    own = {slug: truths(superuser).get(federation.ids[slug], Counter()) for slug in UNION_SLUGS}
    first = START.date() + timedelta(days=dice.randrange(120))
    for viewer in UNION_SLUGS:
        subtree = forest.shown(own, viewer, viewer)
        last = first + timedelta(days=dice.choice((6, 30, 200)))
        with _asked(federation, viewer, first, last) as (work, wanted):
            for word, cells in ((scopes.OWN_WORD, own[viewer]), (scopes.SUBTREE_WORD, subtree)):
                scope = scopes.choose_scope(work, scopes.around(work), word)
                tally = Tally(cells, first, last)
                exact = {
                    key: (top(tally), bottom(tally) if bottom else None) for key, (top, bottom) in BY_HAND.items()
                }
                for found in figuring.answers(work, replace(wanted, scope=replace(scope, veiled=False))):
                    key = found.measure.key
                    assert (found.numerator, found.denominator) == exact[key], (viewer, word, key)
                for found in figuring.answers(work, replace(wanted, scope=scope)):
                    key = found.measure.key
                    shown = _veiled(*exact[key]) if scope.veiled else exact[key]
                    assert (found.numerator, found.denominator) == shown, (viewer, word, key)


def _veiled(top: int, bottom: int | None) -> tuple[int | None, int | None]:
    """What is shown of a union with one unit below: small numbers hidden, and all of a measure of a hidden whole."""
    if bottom is None:
        return outside(top), None
    return (None, None) if outside(bottom) is None else (outside(top), outside(bottom))


@contextmanager
def _asked(federation: Federation, viewer: str, first: date, last: date):  # type: ignore[no-untyped-def]
    with federation.work(f"head@{viewer}") as work:
        usual = scopes.usual(work, scopes.around(work))
        yield work, replace(usual, first=first, last=last)


def test_about_a_unit_below_numbers_are_hidden_and_a_rate_is_that_of_what_is_shown() -> None:
    rate = BY_KEY["on_time"]
    (few,) = apart_answers(rate, [{"due_met": 3, "due": 40}])
    assert (few.numerator, few.denominator, few.value, few.hidden) == (None, 40, None, True)
    (some,) = apart_answers(rate, [{"due_met": 33, "due": 41}])
    assert (some.numerator, some.denominator, some.value) == (35, 40, 35 / 40)
    (none,) = apart_answers(rate, [{"due_met": 0, "due": 0}])
    assert (none.numerator, none.denominator, none.value, none.hidden) == (0, 0, None, False)
    (count,) = apart_answers(BY_KEY["overdue"], [{"due_met": 3, "due": 7}])
    assert count.numerator == outside(4) is None


def test_a_0_of_one_child_is_hidden_where_it_would_tell_the_small_number_of_another() -> None:
    few, none = apart_answers(BY_KEY["registered"], [{"registered": 3}, {"registered": 0}])
    assert few.hidden and none.hidden
    few, none = apart_answers(BY_KEY["on_time"], [{"due_met": 2, "due": 3}, {"due_met": 0, "due": 0}])
    assert none.hidden and none.denominator is None
