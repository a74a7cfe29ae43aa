"""Tests of one group are told apart from the others, whatever pytest calls their identifiers."""

from __future__ import annotations

from tests.scheduling import group_of


def test_a_group_is_read_from_the_file_that_names_it() -> None:
    assert group_of("tests/infra/test_federation.py") == group_of("tests/infra/test_living.py") == "demo"
    assert group_of("tests/journeys/test_desk.py") == "browser"
    assert group_of("tests/architecture/test_code.py") is None
