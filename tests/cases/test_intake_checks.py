"""What a registration asks for, before any rule of the database."""

from __future__ import annotations

from datetime import date

from cases.intake_checks import claims_of
from cases.matter import NewCase


def test_empty_lines_are_no_claims_and_without_any_the_title_is_one() -> None:
    new = NewCase(channel="visit", title=" 工资未发 ", content="三个月未发", received_on=date(2026, 3, 2))
    assert claims_of(new) == ["工资未发"]
    typed = NewCase(
        channel="visit", title="工资未发", content="", received_on=date(2026, 3, 2), claims=("补发 ", " ")
    )
    assert claims_of(typed) == ["补发"]
