"""统一社会信用代码."""

from __future__ import annotations

import pytest

from cases.credit import check, check_character
from kernel.errors import InvalidError

# Made up: a check character of our own arithmetic on a region that does not exist.
FIRST = "91990000MA00000AA"


def test_a_good_code_is_kept_in_capitals_and_nothing_is_nothing() -> None:
    good = FIRST + check_character(FIRST)
    assert check(f" {good.lower()} ") == good
    assert check("") is None
    assert check(None) is None


def test_the_standards_own_example_holds() -> None:
    # GB 32100-2015 computes the sign of 91350100M000100Y4 as 3.
    assert check_character("91350100M000100Y4") == "3"


@pytest.mark.parametrize("code", ["123", "9" * 18, FIRST + "I", "91350100M000100Y44"])
def test_a_wrong_code_is_refused(code: str) -> None:
    with pytest.raises(InvalidError, match="统一社会信用代码"):
        check(code)
