"""Lines of official paper: full width, no mark at a line head, no bracket at its end, numbers in one piece."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from documents.layout import NOT_FIRST, NOT_LAST, lines, spaced_code


def em(character: str) -> float:
    return 0.5 if character.isascii() else 1.0


def test_a_number_and_its_brackets_are_not_torn_apart() -> None:
    found = lines("甲乙丙丁戊己（编号河西总工信〔2026〕000385）已收悉", 15, em)
    assert "".join(found) == "甲乙丙丁戊己（编号河西总工信〔2026〕000385）已收悉"
    assert not any(line.startswith(("〕", "）")) or line.endswith(("〔", "（")) for line in found)
    assert any("2026" in line for line in found)


def test_the_first_line_is_shorter_by_the_indent() -> None:
    assert lines("一二三四五六七八九十", 5, em, indent=2) == ["一二三", "四五六七八", "九十"]


def test_a_mark_takes_its_neighbour_to_the_next_line() -> None:
    assert lines("一二三四五，六七", 5, em) == ["一二三四", "五，六七"]


@given(st.text(alphabet="一二三四，。《》（）〔〕：a1 “”", max_size=120), st.integers(4, 30))
def test_nothing_is_lost_and_no_line_is_too_long(text: str, width: int) -> None:
    found = lines(text, width, em)
    assert "".join(found) == text
    for line in found:
        # A row of marks only cannot be broken by any rule, so it may run over by what it carries along.
        if not set(line) <= NOT_FIRST | NOT_LAST | {"a", "1", " "}:
            assert sum(map(em, line)) <= width + 2 or any(mark in line for mark in NOT_FIRST | NOT_LAST)


def test_a_code_is_read_aloud_in_groups() -> None:
    assert spaced_code("ABCDEFGHJKMNPQ") == "ABCD-EFGHJ-KMNPQ"
