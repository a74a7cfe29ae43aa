"""Rules without a database: sections, comparisons in words, what is hidden from above, and the canonical form."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import InvalidError
from measures.suppression import HIDDEN_TO
from reports.canonical import canonical, digest
from reports.comparing import percent, trend
from reports.periods import Kind
from reports.sections import BY_KEY, MAX_TEXT, check_words, missing_words, sections_of
from reports.veiling import bounds, column, rate, told

COUNTS = st.integers(0, 400)


def test_the_yearly_report_has_the_four_parts_of_article_41() -> None:
    sources = " ".join(section.source for section in sections_of(Kind.YEAR, below=False))
    for part in ("第四十一条第一项", "第四十一条第二项", "第四十一条第三项", "第四十一条第四项"):
        assert part in sources.replace("第四十条、", "")


def test_a_weekly_report_is_shorter_and_only_a_superior_reports_about_those_below() -> None:
    weekly = {section.key for section in sections_of(Kind.WEEK, below=False)}
    monthly = {section.key for section in sections_of(Kind.MONTH, below=False)}
    assert weekly < monthly
    assert "below" not in monthly
    assert "below" in {section.key for section in sections_of(Kind.MONTH, below=True)}


def test_words_are_cleaned_and_words_that_are_too_long_are_refused() -> None:
    assert check_words(Kind.MONTH, {"overview": " 平稳。\r\n ", "matters": "", "no_section": "x"}) == {
        "overview": "平稳。"
    }
    with pytest.raises(InvalidError) as error:
        check_words(Kind.MONTH, {"advice": "字" * (MAX_TEXT + 1)})
    assert set(error.value.fields) == {"words.advice"}
    assert set(missing_words(Kind.MONTH, {})) == {f"words.{key}" for key, one in BY_KEY.items() if one.required}


@pytest.mark.parametrize(
    ("now", "before", "word"),
    [
        (100, 105, "保持稳定"),
        (100, 80, "略有增加"),
        (100, 60, "大幅增加"),
        (50, 60, "略有减少"),
        (40, 100, "大幅减少"),
        (4, 2, "—"),
        (12, 0, "大幅增加"),
        (12, None, "—"),
    ],
)
def test_two_figures_are_compared_in_the_words_of_the_field(now: int, before: int | None, word: str) -> None:
    assert trend(now, before) == word


def test_nothing_out_of_nothing_is_no_rate() -> None:
    assert [percent(0, 0), percent(0, 3), percent(2, 3), percent(3, 3)] == ["—", "0.0%", "66.7%", "100.0%"]


@given(COUNTS)
def test_a_told_count_is_hidden_or_rounded_and_its_bounds_hold_the_true_one(count: int) -> None:
    shown = told(count)
    low, high = bounds(shown)
    assert low <= count <= high
    assert shown is None if 1 <= count <= HIDDEN_TO else shown is not None and shown % 5 == 0
    assert told(shown or 0) == (shown or 0), "rounding again changes nothing"


@given(st.lists(COUNTS, max_size=8))
def test_a_column_never_hides_exactly_one_of_several_numbers(counts: list[int]) -> None:
    shown = column(counts)
    hidden = sum(each is None for each in shown)
    assert hidden != 1 or sum(count > 0 for count in counts) == 1
    assert all(each is None for each, count in zip(shown, counts, strict=True) if 1 <= count <= HIDDEN_TO)


@given(COUNTS, COUNTS)
def test_a_rate_tells_no_small_number_of_cases(met: int, late: int) -> None:
    told_met, told_due = rate(met, met + late)
    if 1 <= late <= HIDDEN_TO or 1 <= met <= HIDDEN_TO:
        assert told_met is None
    assert told_due == told(met + late)


def test_the_canonical_form_does_not_depend_on_the_order_and_refuses_fractions() -> None:
    data = {"乙": [1, None, {"b": "x", "a": True}], "甲": "字"}
    assert canonical(data) == canonical(json.loads(json.dumps(data, sort_keys=True)))
    assert digest(data) != digest(data | {"甲": "字 "})
    with pytest.raises(ValueError, match="whole number"):
        canonical({"rate": [0.5]})
