"""Weekday and hour as addresses carry them."""

from __future__ import annotations

import pytest

from cases import hours


@pytest.mark.parametrize("place", ["1-00", "3-09", "7-23"])
def test_a_weekday_and_hour_is_read_as_it_is_written(place: str) -> None:
    assert hours.checked(place) == place
    assert len(hours.came(place)) == 3


@pytest.mark.parametrize("place", ["", "0-09", "8-09", "1-24", "1-9", "3", "a-bc", "3-09 or 1=1"])
def test_anything_else_is_no_hour(place: str) -> None:
    with pytest.raises(ValueError, match="no weekday"):
        hours.checked(place)
