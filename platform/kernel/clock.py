"""The only reader of the time. Everything else is handed a ``Clock``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

#: Statutory days are calendar dates where the union sits.
CHINA = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Tells the time; tests hand in a fixed one."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        ...

    def today(self) -> date:
        """The calendar date in the tenant's zone (Asia/Shanghai)."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return self.now().astimezone(CHINA).date()


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still, for tests, imports and replays."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment.astimezone(UTC)

    def today(self) -> date:
        return self.moment.astimezone(CHINA).date()


def china_date(moment: datetime) -> date:
    """The calendar date of an aware moment in Asia/Shanghai."""
    return moment.astimezone(CHINA).date()
