"""What a unit's own past lets expect of each of its series, and how surprising a count is then. Pure numpy.

The model is that of Noufaily et al., “An improved algorithm for outbreak detection in multiple surveillance systems”
(Statistics in Medicine 2013, after Farrington et al. 1996): a negative binomial count around a level from the own
past, with the last weeks left out so that an outbreak does not hide itself, and the uncertainty of the level in the
limits. Three things differ, because petition series are short and small: the level is a weighted mean that forgets
with ``HALF_LIFE`` instead of a regression on the same weeks of five years; series of few cases lean on the unit's
size times the category's share (gamma-Poisson shrinkage); and the season comes from all units together, on a year
that begins at the Spring Festival.

Arrays are ``counts[row, column, day]``: rows are organisations, columns categories, days consecutive, the last one
today. A *window* is the number of days that end with a day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Windows in days. The short ones find a steep rise early, the long one finds a slow rise at all.
WINDOWS = (3, 7, 14, 28)
#: Days before a window's end that the level does not look at.
GUARD = 28
#: After so many days a case weighs half in the level.
HALF_LIFE = 120.0
#: A year on which a season can be told from one event, and a little more.
SEASON_DAYS = 364 + GUARD
#: Places of the seasonal year, and how many on either side are averaged.
PLACES, REACH = 52, 3
#: Kinds of days: working, weekend, holiday.
KINDS = 3
#: So many cases weigh as much as the season of all categories together, or as no season at all.
SEASON_CASES, SEASON_CASES_ALL = 60.0, 200.0


@dataclass(frozen=True, slots=True)
class Days:
    """What is known of each day without looking at counts.

    ``kind`` 0 is a working day, other numbers are kinds of days off (weekend, holiday); ``phase`` in [0, 1) is the
    day's place in the seasonal year. Both have one entry a day.
    """

    kind: Ints
    phase: Floats

    @property
    def place(self) -> Ints:
        """The place of each day among the ``PLACES`` of the seasonal year."""
        return np.minimum((self.phase * PLACES).astype(np.int64), PLACES - 1)


def tail_score(counted: npt.ArrayLike, mean: npt.ArrayLike, spread: npt.ArrayLike) -> Floats:
    """Normal score of P(Y ≥ counted) for a negative binomial Y: large when so many are surprising.

    Peizer and Pratt's approximation of the binomial tail (JASA 1968), to which P(Y ≥ y) = I_p(y, 1/spread) leads;
    off by less than 0.02 in the score where it lies between 2 and 5. Numpy has no incomplete beta function, and a
    worker need not load one. Counts of 0 score −∞.
    """
    y = np.asarray(counted, dtype=float)
    mu = np.maximum(np.asarray(mean, dtype=float), 1e-9)
    size = np.maximum(1 / np.maximum(np.asarray(spread, dtype=float), 1e-6), 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = mu / (mu + size)
        q = 1 - p
        below, trials = y - 1, y + size - 1
        distance = below + 2 / 3 - (trials + 1 / 3) * p
        distance = distance + 0.02 * (q / (below + 1) - p / size + (q - 0.5) / (trials + 1))
        first = _bend((below + 0.5) / (trials * p))
        second = _bend((size - 0.5) / (trials * q))
        score = distance * np.sqrt((1 + q * first + p * second) / ((trials + 1 / 6) * p * q))
    found: Floats = np.where(y >= 1, score, -np.inf)
    return found


def _bend(x: Floats) -> Floats:
    """(1 − x² + 2x ln x) / (1 − x)², continued through 1 (0) and 0 (1)."""
    near = np.abs(x - 1) < 1e-4
    safe = np.where(near | (x <= 0), 2.0, x)
    bent = (1 - safe**2 + 2 * safe * np.log(safe)) / (1 - safe) ** 2
    found: Floats = np.where(near, (1 - x) / 3, np.where(x <= 0, 1.0, bent))
    return found


def kind_weights(total: Floats, days: Days) -> Floats:
    """How busy each kind of day is against a working day, from the sum of all series per day. Shape (kind,)."""
    weights = np.ones(KINDS)
    usual = total[days.kind == 0].mean() if (days.kind == 0).any() else 0.0
    for kind in range(1, KINDS):
        at = days.kind == kind
        if usual > 0:
            # One day half as busy as usual keeps a kind that was hardly seen from meaning much.
            weights[kind] = max((total[at].sum() + usual * 0.5) / (usual * (at.sum() + 1)), 0.01)
    return weights


def season_factors(columns: Floats, days: Days, weights: Floats) -> Floats:
    """Factors around 1 of each column for each place of the seasonal year; shape (column, ``PLACES``).

    ``columns[column, day]`` are sums over the rows, the last column all of them; ``weights`` one entry a day.

    Growth from year to year is taken out first, or the later half of the record would look like a season.
    """
    if columns.shape[1] < SEASON_DAYS:
        return np.ones((columns.shape[0], PLACES))
    place = days.place
    kernel = np.zeros(PLACES)
    kernel[: REACH + 1] = np.arange(REACH + 1, 0, -1)
    kernel[-REACH:] = np.arange(1, REACH + 1)

    def smooth(values: Floats) -> Floats:
        bins = np.bincount(place, weights=values, minlength=PLACES)
        around: Floats = np.real(np.fft.ifft(np.fft.fft(bins) * np.fft.fft(kernel)))
        smoothed: Floats = np.maximum(around / kernel.sum(), 0) * (2 * REACH + 1)
        return smoothed

    def factors(values: Floats, towards: Floats, cases: float) -> Floats:
        level = _growth(values) * weights
        usual = smooth(level * (values.sum() / level.sum()))
        found: Floats = (smooth(values) + cases * towards) / (usual + cases)
        return found

    common = factors(columns[-1], np.ones(PLACES), SEASON_CASES_ALL)
    return np.array([*(factors(column, common, SEASON_CASES) for column in columns[:-1]), common])


def _growth(values: Floats) -> Floats:
    """The level of each day by growth from year to year alone, 1 at the end; flat without two whole years."""
    length = len(values)
    if length < 2 * 364:
        return np.ones(length)
    last, before = values[-364:].sum(), values[-728:-364].sum()
    growth = np.clip((last + 50) / (before + 50), 0.5, 2.0)
    grown: Floats = growth ** ((np.arange(length) - length + 1) / 364)
    return grown


def windowed(per_day: Floats, ends: Ints, windows: tuple[int, ...] = WINDOWS) -> Floats:
    """Sums of the last axis over each window at each end, (…, window, end). Ends must be ≥ the longest window."""
    total = np.concatenate([np.zeros((*per_day.shape[:-1], 1)), np.cumsum(per_day, axis=-1)], axis=-1)
    found: Floats = np.stack([total[..., ends + 1] - total[..., ends + 1 - window] for window in windows], axis=-2)
    return found


def fading(per_day: Floats, half_life: float) -> Floats:
    """At each day the sum of everything up to it; a day weighs half after ``half_life`` days. Shape as given."""
    # One cumulative sum instead of a loop over days; terms grow to 2^(days/half_life), which ten years do not exceed.
    grown = 2.0 ** (np.arange(per_day.shape[-1]) / half_life)
    found: Floats = np.cumsum(per_day * grown, axis=-1) / grown
    return found
