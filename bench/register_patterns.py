"""Invented registers of two years, and the exact figures that they make; a few hundred, shared by all tenants."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

DAYS = 730
#: Days that one chunk covers; not calendar months, but as long.
_STEP = 31
CATEGORIES = tuple(f"{code:02d}" for code in range(1, 17))
CHANNELS = ("visit", "letter", "call", "online")
#: 拖欠工资 and its like are most of what unions hear.
_CATEGORY_WEIGHTS = (30, 14, 10, 8, 7, 6, 5, 4, 3, 3, 2, 2, 2, 2, 1, 1)
_CHANNEL_WEIGHTS = (40, 10, 25, 25)
#: What a case is counted as here, a selection of ``measures.models.COUNTS``.
COLUMNS = (
    *("registered", "persons", "repeats", "accepted", "closed", "due", "due_met", "notice_due", "notice_met"),
    *("days_to_close", "firsts", "office_rated", "office_satisfied", "once_due", "once_met"),
)
_NULL = r"\N"

Counts = npt.NDArray[np.int32]
_Cell = tuple[date, str, str]


class Registers:
    """``patterns`` registers of ``each`` cases up to ``today``; union ``n`` has register ``n % patterns``."""

    def __init__(self, today: date, each: int, patterns: int) -> None:
        first = today - timedelta(days=DAYS)
        working = [first + timedelta(days=n) for n in range(DAYS) if (first + timedelta(days=n)).weekday() < 5]
        self._today, self._first, self.patterns = today, first, patterns
        self.months = -(-DAYS // _STEP)
        self._days: list[list[date]] = [[] for _ in range(self.months)]
        for day in working:
            self._days[(day - first).days // _STEP].append(day)
        self._places = {
            (day, category, channel): place
            for days in self._days
            for place, (day, category, channel) in enumerate(_cells(days))
        }
        self._cases: list[list[tuple[str, int]]] = []
        self._facts: list[list[str]] = []
        self._sparse: list[list[tuple[npt.NDArray[np.int64], Counts]]] = []
        for pattern in range(patterns):
            self._make(random.Random(pattern), working, each)

    def cases(self, union: int, month: int) -> tuple[str, int]:
        """Lines of COPY for ``cases``: ``@T`` stands for the tenant, ``@X`` for its eight hexadecimal digits."""
        return self._cases[union % self.patterns][month]

    def facts(self, union: int, month: int) -> str:
        """Lines of COPY for ``daily_facts``: ``@K`` stands for tenant, subject and scope."""
        return self._facts[union % self.patterns][month]

    def nothing(self, month: int) -> Counts:
        """All cells of a month, empty: one row a cell, one column a count."""
        return np.zeros((len(self._days[month]) * len(CATEGORIES) * len(CHANNELS), len(COLUMNS)), dtype=np.int32)

    def add(self, total: Counts, union: int, month: int) -> None:
        """Add a union's own month to the cells of :meth:`nothing`."""
        places, counts = self._sparse[union % self.patterns][month]
        total[places] += counts

    def lines(self, total: Counts, month: int) -> tuple[str, int]:
        """Lines of COPY for the cells that are not empty, as in :meth:`facts`, and how many."""
        found = [
            _line(cell, counts)
            for cell, counts in zip(_cells(self._days[month]), total.tolist(), strict=True)
            if counts[0]
        ]
        return "".join(found), len(found)

    def _make(self, chance: random.Random, working: list[date], each: int) -> None:
        days = sorted(chance.choices(working, k=each))
        categories = chance.choices(CATEGORIES, _CATEGORY_WEIGHTS, k=each)
        channels = chance.choices(CHANNELS, _CHANNEL_WEIGHTS, k=each)
        cases: list[list[str]] = [[] for _ in range(self.months)]
        cells: list[dict[_Cell, list[int]]] = [defaultdict(lambda: [0] * len(COLUMNS)) for _ in range(self.months)]
        for n, (day, category, channel) in enumerate(zip(days, categories, channels, strict=True), 1):
            month = (day - self._first).days // _STEP
            age, took = (self._today - day).days, min(int(chance.expovariate(1 / 30)) + 1, 120)
            closed = took < age
            cases[month].append(self._case(chance, n, day, category, channel, took if closed else None))
            counts = cells[month][day, category, channel]
            met = closed and took <= 60
            for place, amount in enumerate(
                (
                    *(
                        1,
                        chance.choice((1, 1, 1, 2, 5)),
                        chance.random() < 0.1,
                        1,
                        closed,
                        age > 60,
                        met and age > 60,
                    ),
                    *(age > 15, age > 15 and chance.random() < 0.97, took if closed else 0, chance.random() < 0.8),
                    *(closed and chance.random() < 0.5, closed and chance.random() < 0.4, age > 200, age > 200),
                )
            ):
                counts[place] += int(amount)
        self._cases.append([("".join(lines), len(lines)) for lines in cases])
        self._facts.append(["".join(_line(cell, counts) for cell, counts in month.items()) for month in cells])
        self._sparse.append(
            [
                (
                    np.array([self._places[cell] for cell in month], dtype=np.int64),
                    np.array(list(month.values()), dtype=np.int32).reshape(-1, len(COLUMNS)),
                )
                for month in cells
            ]
        )

    def _case(self, chance: random.Random, n: int, day: date, category: str, channel: str, took: int | None) -> str:
        came = f"{day} {chance.randrange(9, 17):02d}:{chance.randrange(60):02d}:00+08"
        ended = None if took is None else day + timedelta(days=took)
        values: tuple[Any, ...] = (
            *("@T", f"@X-0000-7000-8000-{n:012x}", f"测@T〔2026〕{n:06d}", "反映三个月工资未发"),
            *("单位自去年十二月起未发工资，多次讨要未果。", channel, category),
            *("handling" if ended is None else "closed", day, came, came),
            *((_NULL, _NULL) if ended is None else (f"{ended} 17:00:00+08", ended)),
            *((day + timedelta(days=60), "C-60") if ended is None else (_NULL, _NULL)),
            *(2, "t"),
        )
        return "\t".join(map(str, values)) + "\n"


def _cells(days: list[date]) -> list[_Cell]:
    return [(day, category, channel) for day in days for category in CATEGORIES for channel in CHANNELS]


def _line(cell: _Cell, counts: list[int]) -> str:
    day, category, channel = cell
    return f"@K\t{day}\t{category}\t{channel}\t" + "\t".join(map(str, counts)) + "\n"
