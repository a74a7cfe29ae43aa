"""送达结果: one table, and what its parts cannot say together."""

from __future__ import annotations

import pytest

from documents.outcomes import OUTCOMES, RECEIVERS, SERVED, TAKERS, problems

FINE = {"way": "in_person", "outcome": "signed", "receiver": None, "tracking": "", "note": ""}


def test_what_counts_as_served_is_part_of_the_table() -> None:
    assert set(OUTCOMES) - set(SERVED) == {"sent", "returned"}
    assert set(RECEIVERS) - set(TAKERS) == {"self"}
    assert problems(**FINE) == {}
    assert problems(**FINE | {"outcome": "agent", "receiver": "family"}) == {}
    assert problems(**FINE | {"way": "post", "tracking": "EMS1234", "outcome": "returned"}) == {}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"outcome": "lost"}, "outcome"),
        ({"outcome": "agent"}, "receiver"),
        ({"outcome": "agent", "receiver": "self"}, "receiver"),
        ({"receiver": "unit"}, "outcome"),
        ({"receiver": "stranger"}, "receiver"),
        ({"outcome": "left", "receiver": "family"}, "receiver"),
        ({"way": "post"}, "tracking"),
        ({"tracking": "1" * 41}, "tracking"),
        ({"note": "字" * 501}, "note"),
    ],
)
def test_what_contradicts_itself_is_named(wrong: dict[str, str], field: str) -> None:
    assert list(problems(**FINE | wrong)) == [field]  # type: ignore[arg-type]
