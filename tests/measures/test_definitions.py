"""What the figures mean is said where they are shown, also that a matter handed down counts at both unions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from measures.column_words import COUNT_WORDS
from measures.definitions import BY_KEY, CATALOGUE, Measure
from measures.measure import THEME_LABELS, Theme, before, channel_words, of
from measures.models import COUNTS
from tests.builders import Federation
from tests.dispatches.carried import sent, taken

KEYS = [measure.key for measure in CATALOGUE]


def _sums(measure: Measure, value: int = 0) -> dict[str, int]:
    return dict.fromkeys((part.label for part in (*measure.numerator, *(measure.denominator or ()))), value)


@pytest.mark.parametrize("key", ["registered", "closed", "open"])
def test_the_counts_say_that_a_matter_handed_down_is_one_file_at_each_union(key: str) -> None:
    assert "发函单位和收函单位各计一件" in BY_KEY[key].definition


def test_a_matter_that_was_handed_down_is_a_file_at_each_union_and_two_in_the_sum_above(
    federation: Federation, fold_all: Callable[[], int]
) -> None:
    letter = sent(federation)
    taken(federation, "head@street", letter)
    fold_all()
    statement = text("select sum(registered) from daily_facts where subject_id = :union and scope = :scope")
    for slug, scope, wanted in (("east", 0, 1), ("street", 0, 1), ("city", 1, 2)):
        with federation.work_as_system(slug) as work:
            found = work.session.execute(statement, {"union": federation.ids[slug], "scope": scope}).scalar()
        assert found == wanted, slug


@pytest.mark.parametrize("key", KEYS)
def test_every_measure_says_what_it_counts_who_says_so_and_how_it_is_gamed(key: str) -> None:
    measure = BY_KEY[key]
    assert measure.definition.endswith("。") and measure.gaming.endswith("。")
    assert measure.name and measure.english and measure.source and measure.cohort
    assert measure.unit in ("件", "人次", "批次", "日", "%")
    assert {part.column for part in (*measure.numerator, *(measure.denominator or ()))} <= set(COUNTS)
    assert measure.theme in Theme and THEME_LABELS[measure.theme]


@pytest.mark.parametrize("key", KEYS)
def test_every_measure_stands_beside_what_shows_its_gaming(key: str) -> None:
    measure = BY_KEY[key]
    assert measure.beside and key not in measure.beside and set(measure.beside) <= set(BY_KEY)


@pytest.mark.parametrize("key", [measure.key for measure in CATALOGUE if measure.denominator])
def test_nothing_over_nothing_is_no_hundred_percent(key: str) -> None:
    measure = BY_KEY[key]
    assert measure.value(_sums(measure)) is None
    assert "显示“—”" in measure.definition or key == "notice_on_time"


def test_keys_and_names_are_given_once_and_every_column_has_a_chinese_name() -> None:
    assert len(set(KEYS)) == len(KEYS) == len({measure.name for measure in CATALOGUE})
    assert tuple(COUNT_WORDS) == COUNTS
    assert len(set(COUNT_WORDS.values())) == len(COUNTS)


def test_a_count_adds_takes_away_and_may_look_before_the_period() -> None:
    count = before("registered", less=("closed",)) + of("registered", less=("closed",))
    assert [part.label for part in count] == ["registered[before]", "closed[before]", "registered", "closed"]
    measure = BY_KEY["open"]
    sums = _sums(measure) | {"registered[before]": 9, "closed[before]": 4, "registered": 3, "closed": 2}
    assert measure.amounts(sums) == (6, None)
    assert channel_words(BY_KEY["online_share"].numerator) == "网信"
