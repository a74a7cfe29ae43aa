"""What the figures mean is said where they are shown, also that a matter handed down counts at both unions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from measures.definitions import BY_KEY, CATALOGUE
from tests.builders import Federation
from tests.dispatches.carried import sent, taken


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


def test_every_measure_has_a_definition_and_a_source() -> None:
    assert all(measure.definition.endswith("。") and measure.source for measure in CATALOGUE)
