"""One reader of the time; a statutory day is a date in China."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from kernel.clock import FixedClock, SystemClock, china_date


def test_the_china_date_turns_at_sixteen_hours_utc() -> None:
    assert china_date(datetime(2026, 3, 1, 15, 59, tzinfo=UTC)) == date(2026, 3, 1)
    assert china_date(datetime(2026, 3, 1, 16, 0, tzinfo=UTC)) == date(2026, 3, 2)


def test_a_fixed_clock_stands_still_in_utc() -> None:
    clock = FixedClock(datetime(2026, 3, 2, 0, 30, tzinfo=timezone(timedelta(hours=8))))
    assert clock.now() == datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
    assert clock.now().tzinfo is UTC
    assert clock.today() == date(2026, 3, 2)


def test_the_system_clock_is_aware_and_agrees_with_itself() -> None:
    clock = SystemClock()
    before, now = datetime.now(UTC), clock.now()
    assert timedelta(0) <= now - before < timedelta(seconds=5)
    assert clock.today() in {china_date(now), china_date(clock.now())}
