"""How long cases take, with those that are still open: the product-limit estimate (Kaplan–Meier 1958). Pure.

A mean of closed cases forgets the open ones, which are the long ones: in a simulation of 18,300 cases it said
15.8 days where the median was 20.6. Here an open case counts as “longer than until today” (censored).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

#: With fewer cases still at risk the curve is drawn by single cases: its tail is not shown.
TAIL = 10
#: 97.5 % point of the normal distribution, for a 95 % interval.
_Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Survival:
    """The share of cases that is still open after so many days.

    All arrays have one entry a step, in order of days. ``lower`` and ``upper`` are 95 % limits (log-log, so that they
    stay within 0 and 1).
    """

    days: npt.NDArray[np.int64]
    open_share: npt.NDArray[np.float64]
    lower: npt.NDArray[np.float64]
    upper: npt.NDArray[np.float64]
    at_risk: npt.NDArray[np.int64]
    cases: int
    closed: int

    def quantile(self, share: float) -> int | None:
        """Days until ``share`` of the cases is closed; ``None`` while the shown curve does not come that far."""
        reached = np.flatnonzero(self.open_share <= 1 - share + 1e-12)
        return int(self.days[reached[0]]) if reached.size else None

    @property
    def median(self) -> int | None:
        """Days until half of the cases is closed."""
        return self.quantile(0.5)


def survival(days: npt.ArrayLike, closed: npt.ArrayLike, *, tail: int = TAIL) -> Survival | None:
    """Estimate from ``days`` (whole days from registration to closing, or to today) and ``closed`` (whether it was).

    The curve ends where fewer than ``tail`` cases are at risk. ``None`` without cases. Costs O(n log n).

    :raises ValueError: for arrays of different length, or days below 0.
    """
    length, ended = np.asarray(days, dtype=np.int64), np.asarray(closed, dtype=bool)
    if length.shape != ended.shape:
        raise ValueError("days and closed differ in length")
    if length.size == 0:
        return None
    if length.min() < 0:
        raise ValueError("a case is closed before it came")
    steps, inverse = np.unique(length, return_inverse=True)
    deaths = np.bincount(inverse, weights=ended, minlength=steps.size)
    leaving = np.bincount(inverse, minlength=steps.size)
    at_risk = length.size - np.concatenate(([0], np.cumsum(leaving)[:-1]))
    shown = (deaths > 0) & (at_risk >= tail)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.cumprod(1 - deaths / at_risk)
        greenwood = np.cumsum(deaths / (at_risk * (at_risk - deaths)))
        spread = np.sqrt(greenwood) / np.log(share)
        lower, upper = share ** np.exp(-_Z95 * spread), share ** np.exp(_Z95 * spread)
    certain = (share <= 0) | (share >= 1)
    lower, upper = np.where(certain, share, lower), np.where(certain, share, upper)
    return Survival(
        days=steps[shown],
        open_share=share[shown],
        lower=np.minimum(lower, upper)[shown],
        upper=np.maximum(lower, upper)[shown],
        at_risk=at_risk[shown].astype(np.int64),
        cases=int(length.size),
        closed=int(ended.sum()),
    )
