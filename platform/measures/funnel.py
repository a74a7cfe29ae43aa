"""Which unions differ by more than chance and size explain: a funnel of shares with overdispersion. Pure.

Spiegelhalter, “Funnel plots for comparing institutional performance” (Statistics in Medicine 2005) and “Handling
over-dispersion of performance indicators” (Quality and Safety in Health Care 2005): the shares are judged against the
common share, whose limits are widened by what unions differ anyway, estimated from winsorised scores so that the few
that really stand out do not hide themselves. The widening is added (a variance between unions) and not multiplied:
multiplied limits close in on large unions until nearly every one of them is outside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

#: Two-sided 95 % and 99.8 % points of the normal distribution: “worth a look” and “different”.
WARN, ALARM = 1.959963984540054, 3.090232306167813
#: Share of scores at either end that is pulled in before the overdispersion is estimated.
WINSOR = 0.1
#: Mean square of standard normal scores that were pulled in so: without it the estimate would be a third too small.
_PULLED = 0.6787
#: Fewer unions than this say nothing about how unions differ.
FEWEST = 5


@dataclass(frozen=True, slots=True)
class Funnel:
    """The common share and, for each union in the order given, its score; NaN for one without cases."""

    share: float
    #: Variance of the unions' true shares on the arcsine scale; 0 where chance explains how they differ.
    between: float
    scores: npt.NDArray[np.float64]

    def limits(self, trials: npt.ArrayLike, z: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Lower and upper limit of the share at so many cases, within 0 and 1."""
        reach = z * np.sqrt(_variance(np.asarray(trials, dtype=float)) + self.between)
        middle = np.arcsin(np.sqrt(self.share))
        lower, upper = np.maximum(middle - reach, 0), np.minimum(middle + reach, np.pi / 2)
        return np.square(np.sin(lower)), np.square(np.sin(upper))

    def places(self, z: float) -> tuple[int, ...]:
        """Places of the unions beyond the limits of ``z``, in the order given: never ranked."""
        return tuple(int(place) for place in np.flatnonzero(np.abs(np.nan_to_num(self.scores)) > z))


def funnel(successes: npt.ArrayLike, trials: npt.ArrayLike) -> Funnel | None:
    """Judge ``successes`` of ``trials``, one entry a union; ``None`` where no union has a case.

    Shares are compared as arcsines (Anscombe 1948), on which chance spreads them alike whatever the share: as they
    are, a union with none of two would look worse than it can be.

    :raises ValueError: for more successes than trials, or numbers below 0.
    """
    good, size = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    if good.shape != size.shape or (good < 0).any() or (good > size).any():
        raise ValueError("successes lie between 0 and the trials")
    total = float(size.sum())
    if total == 0:
        return None
    share = float(good.sum()) / total
    scores = np.full(size.shape, np.nan)
    there = size > 0
    away = np.arcsin(np.sqrt((good[there] + 3 / 8) / (size[there] + 3 / 4))) - np.arcsin(np.sqrt(share))
    variance = _variance(size[there])
    between = _between(away / np.sqrt(variance), variance)
    scores[there] = away / np.sqrt(variance + between)
    return Funnel(share, between, scores)


def _variance(size: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Of an arcsine of a share, by chance alone."""
    return 1 / (4 * size + 2)


def _between(scores: npt.NDArray[np.float64], variance: npt.NDArray[np.float64]) -> float:
    """Variance between unions by moments (DerSimonian and Laird 1986) from winsorised scores; never below 0."""
    if scores.size < FEWEST:
        return 0.0
    low, high = np.quantile(scores, [WINSOR, 1 - WINSOR])
    excess = float(np.square(np.clip(scores, low, high)).sum()) / _PULLED - (scores.size - 1)
    weights = 1 / variance
    return max(0.0, excess / float(weights.sum() - np.square(weights).sum() / weights.sum()))
