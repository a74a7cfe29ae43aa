"""Chinese text cut into pairs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.words import is_identity, number_tokens, terms, tokens


def test_chinese_is_cut_into_pairs_and_its_last_character_stands_alone() -> None:
    assert tokens(["拖欠工资，3个月"]) == {"拖欠", "欠工", "工资", "资", "3", "个月", "月"}


def test_full_width_and_capitals_are_the_same_word() -> None:
    assert tokens(["ＡＢＣ厂"]) == tokens(["abc厂"]) == {"abc", "厂"}


def test_a_name_a_telephone_and_an_identity_number_are_no_words() -> None:
    found = tokens(["我叫欧阳测试，电话13800001111，证件11010519491231002X"], without=["欧阳测试"])
    assert found == {"我叫", "叫", "电话", "话", "证件", "件"}


def test_a_case_number_is_found_whole_and_by_its_figure_and_not_by_the_unions_mark() -> None:
    assert number_tokens("东一工信〔2026〕000012") == {"东一工信〔2026〕000012", "000012", "12"}


@pytest.mark.parametrize(
    ("typed", "exact", "beginnings", "needed"),
    [
        ("工资", ("工资",), (), 1),
        ("拖欠工资", ("拖欠", "欠工", "工资"), (), 3),
        ("拖欠工资三个月", ("拖欠", "欠工", "工资", "资三", "三个", "个月"), (), 5),
        ("薪", (), ("薪",), 1),
        ("12 薪", ("12",), ("薪",), 2),
        ("%_ 。", (), (), 0),
        ("13800001111", (), (), 0),
    ],
)
def test_what_somebody_types_becomes_terms(
    typed: str, exact: tuple[str, ...], beginnings: tuple[str, ...], needed: int
) -> None:
    asked = terms(typed)
    assert (asked.exact, asked.beginnings, asked.needed) == (exact, beginnings, needed)


@given(st.text(alphabet="工资拖欠劳动合同abc019 ，", max_size=60))
def test_every_text_is_found_by_itself(text: str) -> None:
    found = tokens([text])
    asked = terms(text)
    assert set(asked.exact) <= found
    assert all(any(token.startswith(begin) for token in found) for begin in asked.beginnings)


def test_a_telephone_in_the_search_box_is_known() -> None:
    assert is_identity("138 0000 1111")
    assert not is_identity("000012")
