"""When a series of counts says more than chance does: the individuals chart (XmR) with its four rules. Pure.

The rules are those of NHS England's “Making Data Count” and of Wheeler, “Understanding Variation”: one point outside
the limits, seven in a row on one side of the mean, seven in a row that rise (or fall), and two of three in the outer
third of one side. A single step up or down is never called a change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

#: 3 / d2 for moving ranges of two, d2 = 1.128: how far the limits of an individuals chart lie from its mean.
XMR_FACTOR = 2.66
#: Fewer points than this give limits that say more about the points than about the process.
XMR_SHORTEST = 12
#: Points in a row on one side, or in one direction, before that is called a change.
RUN = 7

Rule = Literal["outside", "side", "trend", "near"]


@dataclass(frozen=True, slots=True)
class Signal:
    """A rule that was met, by which points, and whether upward."""

    rule: Rule
    #: First and last place, both counted in.
    first: int
    last: int
    up: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """An XmR chart's lines, in the unit of the values, and what its four rules say."""

    mean: float
    lower: float
    upper: float
    signals: tuple[Signal, ...]

    @property
    def outside(self) -> tuple[int, ...]:
        """Places of the points beyond the limits."""
        return tuple(signal.first for signal in self.signals if signal.rule == "outside")

    @property
    def marked(self) -> frozenset[int]:
        """Places of every point that belongs to a signal."""
        return frozenset(place for signal in self.signals for place in range(signal.first, signal.last + 1))


def xmr(values: Sequence[float]) -> Limits | None:
    """Mean ± 2.66 × mean moving range; the lower limit of a count stops at 0. ``None`` for fewer than 12 points.

    The rules use the limits before they stop at 0, or seldom cases would never be few enough. Costs O(n).
    """
    if len(values) < XMR_SHORTEST:
        return None
    points = np.asarray(values, dtype=float)
    mean = float(points.mean())
    reach = XMR_FACTOR * float(np.abs(np.diff(points)).mean())
    found = (*_outside(points, mean, reach), *_side(points, mean), *_trend(points), *_near(points, mean, reach))
    return Limits(mean, max(0.0, mean - reach), mean + reach, tuple(sorted(found, key=lambda s: (s.first, s.rule))))


def _outside(points: npt.NDArray[np.float64], mean: float, reach: float) -> Iterator[Signal]:
    for place in np.flatnonzero(np.abs(points - mean) > reach):
        yield Signal("outside", int(place), int(place), bool(points[place] > mean))


def _side(points: npt.NDArray[np.float64], mean: float) -> Iterator[Signal]:
    """Seven or more in a row above, or below. A point on the mean breaks a run: it is on no side."""
    for first, last, sign in _runs(np.sign(points - mean)):
        if last - first + 1 >= RUN:
            yield Signal("side", first, last, sign > 0)


def _trend(points: npt.NDArray[np.float64]) -> Iterator[Signal]:
    """Seven or more in a row of which each is above the one before, or below it: six steps in one direction."""
    for first, last, sign in _runs(np.sign(np.diff(points))):
        if last - first + 1 >= RUN - 1:
            yield Signal("trend", first, last + 1, sign > 0)


def _near(points: npt.NDArray[np.float64], mean: float, reach: float) -> Iterator[Signal]:
    """Two of three in a row between two thirds of the way and the limit, on one side; overlapping threes are one."""
    for sign in (1, -1):
        distance = sign * (points - mean)
        close = (distance > reach * 2 / 3) & (distance <= reach)
        last = -1
        for place in range(len(points) - 2):
            hits = np.flatnonzero(close[place : place + 3]) + place
            if len(hits) >= 2 and hits[0] > last:
                last = int(hits[-1])
                yield Signal("near", int(hits[0]), last, sign > 0)


def _runs(signs: npt.NDArray[np.float64]) -> Iterator[tuple[int, int, float]]:
    """First and last place of every run of one sign that is not 0."""
    begin = 0
    for place in range(1, len(signs) + 1):
        if place == len(signs) or signs[place] != signs[begin]:
            if signs[begin] != 0:
                yield begin, place - 1, float(signs[begin])
            begin = place
