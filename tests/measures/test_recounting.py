"""Figures that are being corrected say so, from the first correction to the end, also when the count died."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from kernel.db import Database
from measures import recounting
from measures.rebuilding import rebuild, steps
from measures.recounting import Recount, is_due
from tests.builders import Federation
from tests.measures.histories import live

Fold = Callable[..., int]
#: 02:00 and 14:00 in China.
NIGHT, DAY = datetime(2026, 5, 1, 18, tzinfo=UTC), datetime(2026, 5, 2, 6, tzinfo=UTC)


def warning(federation: Federation) -> str:
    with federation.work("head@city") as work:
        return recounting.warning(work.session)


def break_facts(superuser: Engine) -> None:
    with superuser.begin() as connection:
        connection.execute(text("update daily_facts set registered = registered + 5 where scope = 0"))


@pytest.fixture
def broken(federation: Federation, fold_all: Fold, superuser: Engine) -> Federation:
    live(federation, 5, cases=8)
    fold_all()
    break_facts(superuser)
    return federation


def test_a_count_that_finds_nothing_wrong_marks_nothing(
    federation: Federation, rollup: Database, fold_all: Fold
) -> None:
    live(federation, 5, cases=4)
    fold_all()
    for _tenant, _cells in steps(federation.database, rollup.engine.begin):
        assert not warning(federation)


def test_from_the_first_correction_to_the_end_the_figures_say_so(broken: Federation, rollup: Database) -> None:
    said = []
    for _tenant, cells in steps(broken.database, rollup.engine.begin):
        said.append((cells, warning(broken)))
    first = next(place for place, (cells, _words) in enumerate(said) if cells)
    assert all(("正在重算" in words) == (place >= first) for place, (_cells, words) in enumerate(said))
    assert not warning(broken)
    with broken.work("head@city") as work:
        assert recounting.CORRECTED in recounting.beats(work.session)


def test_a_count_that_died_is_told_as_such_until_a_whole_one_ended(
    broken: Federation, rollup: Database, superuser: Engine
) -> None:
    dying = steps(broken.database, rollup.engine.begin)
    while not warning(broken):
        next(dying)
    dying.close()
    with superuser.begin() as connection:
        connection.execute(text("update heartbeats set at = at - interval '11 minutes'"))
    assert "中途停止" in warning(broken)
    with broken.work("head@city") as work:
        assert recounting.due(work.session)
    # A count of one union does not know what the dead one left elsewhere.
    rebuild(broken.database, rollup, [broken.ids["west"]])
    assert warning(broken)
    rebuild(broken.database, rollup)
    assert not warning(broken)


def test_a_count_of_one_union_takes_away_its_own_mark(broken: Federation, rollup: Database) -> None:
    assert rebuild(broken.database, rollup, [broken.ids["street"]])
    assert not warning(broken)


@pytest.mark.parametrize(
    ("last", "now", "recount", "due"),
    [
        (None, DAY, None, True),
        (NIGHT - timedelta(hours=24), NIGHT, None, True),
        (NIGHT - timedelta(hours=2), NIGHT, None, False),
        (DAY - timedelta(hours=13), DAY, None, False),
        (DAY - timedelta(hours=37), DAY, None, True),
        (NIGHT - timedelta(hours=24), NIGHT, Recount(NIGHT, dead=False), False),
        (DAY - timedelta(hours=1), DAY, Recount(DAY, dead=True), True),
    ],
)
def test_a_round_begins_at_night_or_when_one_was_missed_or_died(
    last: datetime | None, now: datetime, recount: Recount | None, due: bool
) -> None:
    assert is_due(last, now, recount) is due
