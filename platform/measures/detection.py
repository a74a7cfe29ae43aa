"""Where more is going on than a unit's own past explains: exceedances, and a scan of tree × category. Pure numpy.

Three steps, each after a paper and none of it their code:

1. ``measures.expecting``: what the past of each series lets expect (Noufaily et al. 2013), as a normal score.
2. Exceedances with control of the false discovery rate (Benjamini and Hochberg, JRSS B 1995) among the categories
   and windows of each organisation.
3. A scan over the organisation tree × category × window (tree scan: Kulldorff, Fang and Walsh, Biometrics 2003). Its
   null is not a Poisson process, which would cry wolf with overdispersed counts, but the same maximum over windows
   that slid through the past year, with a Gumbel tail (Abrams, Kulldorff and Kleinman 2010). Of branches that overlap
   only the most surprising one is told: a district's rise is not told again of its city.

A finding is a hint that goes to a person, about a category at an organisation; nothing here knows people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import erfc, log, sqrt
from statistics import NormalDist

import numpy as np

from measures.expecting import (
    GUARD,
    HALF_LIFE,
    WINDOWS,
    Days,
    Floats,
    Ints,
    fading,
    kind_weights,
    season_factors,
    tail_score,
    windowed,
)

#: False discovery rate of one night among one organisation's series.
FALSE_SHARE = 0.02
#: So many of the past windows' maxima may lie above the bar.
SCAN_SHARE = 0.011
#: Fewer cases than this, or less of a rise, are not worth a person's time, however surprising.
FEWEST, LEAST_RISE = 5, 1.3
SHORTEST = 56  # days of history before the guard; fewer say nothing
#: Series differ more from week to week than Poisson, always: a floor under what is estimated.
LEAST_SPREAD = 0.01
#: Scores beyond this are pulled in before the spread is estimated, or old outbreaks would hide new ones.
PULL = 4.0
#: How far back the past windows go, one a week, and how few of them say nothing.
PAST_WEEKS, FEWEST_PAST = 52, 20
#: The bar is never lower than this score, nor higher: one mad week must not blind anybody.
LOWEST_BAR, HIGHEST_BAR = 2.8, 6.0
#: The bar before anything is known, and how many past maxima weigh as much as it does.
USUAL_BAR, USUAL_WEIGHT = 5.0, 60
#: With fewer organisations there is no common share of a category to lean on.
FEWEST_UNITS = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """A hotspot (热点): row and column as in the counts; ``row`` = number of rows means all of them together, and
    ``column`` = number of columns all categories. ``hoped`` is in cases, ``score`` a normal score."""

    row: int
    column: int
    #: The window in days in which it is most surprising; ``counted`` and ``hoped`` are those of the longest window.
    window: int
    counted: int
    hoped: float
    #: The same two of the window itself.
    recent: int
    recent_hoped: float
    score: float

    @property
    def chance(self) -> float:
        """How probable so many are, by the model, in one window of one series."""
        return 0.5 * erfc(self.score / sqrt(2))


@dataclass(frozen=True, slots=True)
class Learned:
    """What the past taught; see :func:`learn`."""

    kinds: Floats
    #: (column, place)
    season: Floats
    #: (row, column, window): what counts differ beyond Poisson.
    spread: Floats
    #: How far series of one organisation lie from its size times the category's share; ∞ where nothing is known.
    between: float
    #: The score that a scan's maximum has to reach.
    bar: float


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores and their ingredients, shape (row, column, window, end)."""

    counted: Floats
    hoped: Floats
    score: Floats


def find(counts: Ints, days: Days) -> tuple[Finding, ...]:
    """What is a hotspot on the last day of ``counts[row, column, day]``; most surprising first.

    Nothing where the history is shorter than ``SHORTEST`` days before the last four weeks.

    :raises ValueError: when days and counts differ in length.
    """
    if counts.shape[-1] != len(days.kind) or len(days.kind) != len(days.phase):
        raise ValueError("days and counts differ in length")
    last = counts.shape[-1] - 1
    if last < SHORTEST + GUARD:
        return ()
    return findings(counts, days, learn(counts, days), np.array([last]))[0]


def findings(counts: Ints, days: Days, learned: Learned, ends: Ints) -> list[tuple[Finding, ...]]:
    """The hotspots of each of the days ``ends``, by what was learned before them."""
    table = _with_sums(counts)
    scored = _score(table, days, learned, ends)
    return [_choose(scored, place, learned.bar) for place in range(len(ends))]


def learn(counts: Ints, days: Days) -> Learned:
    """Season, kinds of days, spread and the scan's bar from all days given. Costs O(rows × columns × days)."""
    table = _with_sums(counts)
    kinds = kind_weights(table[-1, -1], days)
    # Without the last weeks: a rise that is everywhere would make itself a season.
    past = Days(days.kind[:-GUARD], days.phase[:-GUARD])
    season = season_factors(table[-1, :, :-GUARD], past, kinds[past.kind])
    start = Learned(kinds, season, np.full((*table.shape[:2], len(WINDOWS)), LEAST_SPREAD), np.inf, LOWEST_BAR)
    last = counts.shape[-1] - 1
    between = _between(table, days, start, last) if counts.shape[0] >= FEWEST_UNITS else np.inf
    ends = np.arange(last - GUARD, SHORTEST + GUARD, -7)[:PAST_WEEKS][::-1]
    start = Learned(kinds, season, start.spread, between, LOWEST_BAR)
    if len(ends) < FEWEST_PAST:
        # Too short a past for its windows to say how wild they are; be slow to speak.
        return Learned(kinds, season, np.full_like(start.spread, 0.1), between, USUAL_BAR)
    spread = _spread(table, days, start, ends)
    learned = Learned(kinds, season, spread, between, LOWEST_BAR)
    maxima = _score(table, days, learned, ends).score.max(axis=(1, 2))
    return Learned(kinds, season, spread, between, _bar(maxima[np.isfinite(maxima)]))


def discoveries(scores: Floats, share: float = FALSE_SHARE) -> float:
    """The score from which on Benjamini and Hochberg reject, of any shape; ∞ where they reject none."""
    found = np.sort(scores[~np.isnan(scores)], axis=None)[::-1]
    rank = np.arange(1, len(found) + 1)
    needed = _needed(len(found), share)
    passed = np.flatnonzero(found >= needed[: len(found)])
    return float(found[rank[passed[-1]] - 1]) if len(passed) else float("inf")


_NEEDED: dict[tuple[int, float], Floats] = {}


def _needed(tests: int, share: float) -> Floats:
    key = (tests, share)
    if key not in _NEEDED:
        normal = NormalDist()
        _NEEDED[key] = np.array([-normal.inv_cdf(share * rank / tests) for rank in range(1, tests + 1)])
    return _NEEDED[key]


def _with_sums(counts: Ints) -> Floats:
    """The counts with a last row of all rows and a last column of all columns."""
    table = counts.astype(float)
    table = np.concatenate([table, table.sum(axis=1, keepdims=True)], axis=1)
    return np.concatenate([table, table.sum(axis=0, keepdims=True)], axis=0)


def _level(table: Floats, days: Days, learned: Learned, ends: Ints) -> tuple[Floats, Floats, Floats]:
    """Cases and working days behind each level, both (row, column, end), and the days' weights (column, day)."""
    usual = learned.season[:, days.place] * learned.kinds[days.kind]
    begun = np.cumsum(table[:, -1], axis=-1) > 0
    busy = usual[None] * begun[:, None]
    at = ends - GUARD
    cases, worth = fading(table, HALF_LIFE)[..., at], fading(busy, HALF_LIFE)[..., at]
    # Weights that fade carry less information than their sum says: ρ² is the variance's fading.
    scale = worth / np.maximum(fading(busy, HALF_LIFE / 2)[..., at], 1e-9)
    return cases * scale, worth * scale, usual


def _score(table: Floats, days: Days, learned: Learned, ends: Ints) -> Scored:
    cases, worth, usual = _level(table, days, learned, ends)
    # Half a case more than there were: a category that never came is not impossible.
    cases = cases + 0.5
    if np.isfinite(learned.between):
        prior = _prior(cases, worth)
        strength = 1 / learned.between
        cases[:-1, :-1] += strength
        worth[:-1, :-1] += strength / np.maximum(prior, 1e-6)
    rate = cases / np.maximum(worth, 1e-9)
    counted, ahead = windowed(table, ends), windowed(usual, ends)
    hoped = rate[:, :, None] * ahead[None]
    spread = 1 / cases[:, :, None] + learned.spread[..., None]
    score = tail_score(counted, hoped, spread)
    known = np.cumsum(np.cumsum(table[:, -1], axis=-1) > 0, axis=-1)[:, ends - GUARD] >= SHORTEST
    score = np.where(known[:, None, None], score, -np.inf)
    return Scored(counted, hoped, score)


def _prior(cases: Floats, worth: Floats) -> Floats:
    """The rate of each series if every organisation had the common mix of categories: (row, column, end)."""
    rate = cases / np.maximum(worth, 1e-9)
    found: Floats = rate[:-1, -1:] * rate[-1:, :-1] / np.maximum(rate[-1:, -1:], 1e-9)
    return found


def _between(table: Floats, days: Days, learned: Learned, last: int) -> float:
    """By how much series differ from size × share, as the variance of the ratio (method of moments)."""
    cases, worth, _usual = _level(table, days, learned, np.array([last]))
    hoped = _prior(cases, worth) * worth[:-1, :-1]
    excess = ((cases[:-1, :-1] - hoped) ** 2 - hoped).sum() / max((hoped**2).sum(), 1e-9)
    return float(np.clip(excess, 0.05, 4.0))


def _spread(table: Floats, days: Days, learned: Learned, ends: Ints) -> Floats:
    """What counts of past windows differ beyond Poisson and the uncertainty of the level: (row, column, window).

    One number each for single series, for organisations' sums, for categories' sums and for the sum of all: what is
    wild in one series evens out in sums, unless everything rises together.
    """
    scored = _score(table, days, learned, ends)
    cases = _level(table, days, learned, ends)[0][:, :, None] + 0.5
    found = np.full((*table.shape[:2], len(WINDOWS)), LEAST_SPREAD)
    usable = np.isfinite(scored.score) | (scored.counted == 0)
    chance = scored.hoped + scored.hoped**2 / cases
    # Large series know their spread well and small ones hardly; neither may drown the other.
    weight = np.where(usable, 1 / (scored.hoped * (1 + 0.05 * scored.hoped) + 1e-9), 0)
    for rows, columns in _GROUPS:
        for _turn in range(3):
            limit = PULL**2 * (chance + found[..., None] * scored.hoped**2)
            off = np.minimum((scored.counted - scored.hoped) ** 2, limit) - chance
            top = (weight * off)[rows, columns].sum(axis=(0, 1, 3))
            bottom = (weight * scored.hoped**2)[rows, columns].sum(axis=(0, 1, 3))
            found[rows, columns] = np.clip(top / np.maximum(bottom, 1e-9), LEAST_SPREAD, 1.0)
    return found


_PARTS, _SUM = slice(None, -1), slice(-1, None)
_GROUPS = ((_PARTS, _PARTS), (_PARTS, _SUM), (_SUM, _PARTS), (_SUM, _SUM))


def _bar(maxima: Floats) -> float:
    """The score that one past maximum in ``1 / SCAN_SHARE`` reaches, by a Gumbel tail through median and 90 %."""
    if len(maxima) < FEWEST_PAST:
        return USUAL_BAR
    middle, high = np.quantile(maxima, (0.5, 0.9))
    scale = (high - middle) / (-log(-log(0.9)) + log(-log(0.5)))
    bar = middle + scale * (-log(-log(1 - SCAN_SHARE)) + log(-log(0.5)))
    # The tail of a single year's weeks is a guess; a federation's many years tell it well.
    bar = (len(maxima) * bar + USUAL_WEIGHT * USUAL_BAR) / (len(maxima) + USUAL_WEIGHT)
    return float(np.clip(bar, LOWEST_BAR, HIGHEST_BAR))


def _choose(scored: Scored, end: int, bar: float) -> tuple[Finding, ...]:
    score = scored.score[..., end]
    whole, every = score.shape[0] - 1, score.shape[1] - 1
    # One organisation alone is the whole: it is looked at once.
    rows = range(whole) if whole == 1 else range(whole + 1)
    found: list[Finding] = []
    for row in rows:
        needed = max(discoveries(score[row]), bar)
        for column, window in zip(*np.nonzero(score[row] >= needed), strict=True):
            made = _finding(scored, row, int(column), int(window), end)
            if (
                made.counted >= FEWEST
                and scored.counted[row, column, window, end] >= LEAST_RISE * (scored.hoped[row, column, window, end])
            ):
                found.append(made)
    return tuple(_apart(sorted(found, key=lambda one: -one.score), whole, every))


def _finding(scored: Scored, row: int, column: int, window: int, end: int) -> Finding:
    longest = len(WINDOWS) - 1
    return Finding(
        row=row,
        column=column,
        window=WINDOWS[window],
        counted=int(scored.counted[row, column, longest, end]),
        hoped=float(scored.hoped[row, column, longest, end]),
        recent=int(scored.counted[row, column, window, end]),
        recent_hoped=float(scored.hoped[row, column, window, end]),
        score=float(scored.score[row, column, window, end]),
    )


def _apart(found: Sequence[Finding], whole: int, every: int) -> Iterator[Finding]:
    """Those that do not contain, and do not lie in, one that is more surprising."""
    kept: list[Finding] = []
    for one in found:
        rows = [other for other in kept if other.row == one.row or whole in (other.row, one.row)]
        if not any(other.column == one.column or every in (other.column, one.column) for other in rows):
            kept.append(one)
            yield one
