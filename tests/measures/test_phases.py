"""Working days, weekends and holidays; the year begins at the Spring Festival."""

from __future__ import annotations

from datetime import date

from measures.phases import days_between


def test_kinds_of_days_follow_the_calendar_with_make_up_days() -> None:
    # 2025: 春节 28 January to 4 February; Sunday 26 January and Saturday 8 February were worked.
    days = days_between(date(2025, 1, 25), date(2025, 2, 8))
    assert days.kind[0] == 1
    assert days.kind[1] == 0
    assert days.kind[4] == 2
    assert days.kind[-1] == 0


def test_the_phase_begins_at_the_festival_and_ends_before_the_next() -> None:
    days = days_between(date(2025, 1, 28), date(2026, 2, 17))
    assert days.phase[0] > 0.99
    assert days.phase[1] == 0
    assert days.phase[-2] > 0.99
    assert days.phase[-1] == 0


def test_years_beyond_the_calendar_and_the_table_still_have_days() -> None:
    days = days_between(date(2045, 1, 2), date(2045, 1, 8))
    assert days.kind.tolist() == [0, 0, 0, 0, 0, 1, 1]
    assert ((days.phase >= 0) & (days.phase < 1)).all()
