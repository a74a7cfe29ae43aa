"""The page about the measures says what the catalogue says."""

from __future__ import annotations

from tests.architecture.measure_docs import PAGE, page


def test_the_page_of_measures_is_drawn_from_the_present_catalogue() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.architecture.measure_docs"
