"""The page about the workflows says what the tables say."""

from __future__ import annotations

from tests.architecture.workflow_docs import PAGE, page


def test_the_workflow_page_is_drawn_from_the_present_tables() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.architecture.workflow_docs"
