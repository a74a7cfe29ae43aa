"""The page about letters says what the tables say."""

from __future__ import annotations

from dispatches.workflow import LETTER_TABLE, LetterKind
from tests.architecture.letter_docs import PAGE, page


def test_the_page_about_letters_is_drawn_from_the_present_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.architecture.letter_docs"


def test_no_kind_and_no_action_is_missing_on_it() -> None:
    drawn = page()
    for kind in LetterKind:
        assert f"`{kind.value}`" in drawn
    for row in LETTER_TABLE:
        if row.sources:
            assert f"{row.label} `{row.action}`" in drawn
