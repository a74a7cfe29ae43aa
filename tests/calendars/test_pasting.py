"""A list of holidays is read as people write it, and a mistake is named by its line."""

from __future__ import annotations

from datetime import date

import pytest

from calendars.pasting import read

NOTICE = """各省、自治区、直辖市人民政府：
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
"""


def test_the_published_notice_can_be_pasted_as_it_is() -> None:
    pasted = read(NOTICE, 2026)
    assert pasted.problems == {}
    assert pasted.days[date(2026, 1, 4)] == (True, "元旦")
    assert pasted.days[date(2026, 2, 23)] == (False, "春节")
    assert [day for day, (works, _name) in pasted.days.items() if works] == [
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
    ]
    assert len(pasted.days) == 3 + 1 + 9 + 2 + 3


@pytest.mark.parametrize(
    ("line", "days", "told"),
    [
        ("2027-01-01 休 元旦", 1, (False, "元旦")),
        ("2027/1/1 元旦 休", 1, (False, "元旦")),
        ("2月5日至11日休 春节", 7, (False, "春节")),
        ("2月5日—2月11日 放假", 7, (False, "")),
        ("2027-02-05~2027-02-11 休", 7, (False, "")),
        ("2月14日、2月28日 班", 2, (True, "")),
        ("9月30日至10月3日 休 国庆节", 4, (False, "国庆节")),
    ],
)
def test_a_line_of_ones_own(line: str, days: int, told: tuple[bool, str]) -> None:
    pasted = read(line, 2027)
    assert pasted.problems == {}
    assert len(pasted.days) == days
    assert set(pasted.days.values()) == {told}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("2月30日 休", "没有2027年2月30日这一天"),
        ("2026-12-31 休", "不是2027年的日期"),
        ("2月5日", "没有写明“休”还是“班”"),
        ("2月5日休，2月6日班", "请分成两行"),
        ("12 休", "没有看到日期"),
        ("2月11日至5日 休", "起止日期不对"),
        ("1月1日至6月1日 休", "起止日期不对"),
    ],
)
def test_a_mistake_is_named_by_its_line(line: str, words: str) -> None:
    pasted = read(f"1月1日 休\n{line}", 2027)
    assert words in pasted.problems[2]
    assert pasted.problems[2].startswith("第2行：")


def test_nothing_and_words_without_numbers_say_nothing() -> None:
    assert read("\n\n请各单位遵照执行。\n", 2027).days == {}
