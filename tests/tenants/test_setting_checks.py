"""What was typed as a setting is read as people mean it, or refused in one sentence."""

from __future__ import annotations

import pytest

from kernel.errors import InvalidError
from tenants.setting_checks import choice, number, table


@pytest.mark.parametrize("typed", [" 7 ", "７", 7])
def test_a_number_is_read_with_spaces_and_full_width_digits(typed: object) -> None:
    assert number(typed, 1, 90) == 7


@pytest.mark.parametrize("typed", ["", "-1", "七", "1.5", True, "1234567", "91", "0"])
def test_what_is_no_whole_number_within_the_bounds_is_refused(typed: object) -> None:
    with pytest.raises(InvalidError):
        number(typed, 1, 90)


def test_a_table_names_each_value_that_is_wrong_and_misses_none() -> None:
    with pytest.raises(InvalidError) as error:
        table(
            "days", {"week": "0", "month": "x", "year": "3"}, ("week", "month", "year"), lambda one: number(one, 1, 9)
        )
    assert set(error.value.fields) == {"days.week", "days.month"}
    with pytest.raises(InvalidError, match="每一项"):
        table("days", {"week": "1"}, ("week", "month"), int)


def test_a_choice_is_one_of_the_choices() -> None:
    assert choice("off", ("off", "on")) == "off"
    with pytest.raises(InvalidError):
        choice("maybe", ("off", "on"))
