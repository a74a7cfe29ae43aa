"""Words that rise are joined again; names, numbers and rare words never come out."""

from __future__ import annotations

from measures.rising import FEWEST_CASES, rising

BEFORE = {"拖欠": 10, "欠工": 10, "工资": 30, "工伤": 20}


def test_pairs_that_rise_together_are_one_word() -> None:
    recent = {"外卖": 12, "卖骑": 12, "骑手": 12, "工资": 6}
    assert rising(recent, BEFORE, now=30, then=150) == ("外卖骑手",)


def test_a_word_that_is_as_frequent_as_before_does_not_rise() -> None:
    assert rising({"工资": 6, "工伤": 5}, BEFORE, now=30, then=150) == ()


def test_fewer_cases_than_five_show_no_word() -> None:
    assert rising({"外卖": FEWEST_CASES - 1}, {}, now=30, then=150) == ()
    assert rising({"外卖": FEWEST_CASES}, {}, now=30, then=150) == ("外卖",)


def test_names_of_people_and_employers_are_left_out() -> None:
    recent = {"瑞禾": 9, "禾制": 9, "制衣": 9, "欧阳": 9, "阳明": 9}
    assert rising(recent, {}, now=30, then=150, without=("瑞禾制衣厂", "欧阳明")) == ()


def test_what_begins_like_a_name_is_left_out_unless_it_is_a_known_word() -> None:
    assert rising({"张伟": 9, "高温": 9}, {}, now=30, then=150) == ("高温",)


def test_numbers_latin_and_single_characters_are_no_words() -> None:
    assert rising({"2026": 9, "abc": 9, "厂": 9, "的厂": 9}, {}, now=30, then=150) == ()


def test_without_cases_on_either_side_nothing_rises() -> None:
    assert rising({"外卖": 9}, {}, now=0, then=10) == ()
    assert rising({"外卖": 9}, {}, now=10, then=0) == ()
