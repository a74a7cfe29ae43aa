"""Simulated federations whose outbreaks are known, for ``bench.detection``. Numpy only; a seed gives the same again.

Harder than the model that is measured: levels drift, season and mix differ between units, weeks are overdispersed and
correlated, weekends are quiet and two weeks a year nearly silent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from measures.expecting import Days, Floats, Ints

CATEGORIES = 12
#: Two years to learn from and one to be judged in, plus a month that the last outbreaks need.
LEARN, JUDGE = 728, 364
OUTBREAK_DAYS = 28


@dataclass(frozen=True, slots=True)
class Federation:
    """Counts without outbreaks and what made them."""

    counts: Ints
    days: Days
    #: The mean of each series and day, (row, column, day), to add outbreaks by.
    means: Floats


@dataclass(frozen=True, slots=True)
class Outbreak:
    """Where and when cases were added."""

    row: int
    column: int
    begins: int
    weekly: float


def federation(rng: np.random.Generator, units: int, weekly: float) -> Federation:
    """``units`` organisations that register about ``weekly`` cases a week each, over three years."""
    length = LEARN + JUDGE
    day = np.arange(length)
    festival = 30
    phase = ((day - festival) % 364) / 364
    kind = np.where(day % 7 >= 5, 1, 0)
    kind[phase < 10 / 364] = 2
    kind[(phase > 0.62) & (phase < 0.62 + 7 / 364)] = 2
    share = rng.dirichlet(np.linspace(3.0, 0.4, CATEGORIES))
    mix = np.array([rng.dirichlet(share * 30 + 0.05) for _ in range(units)])
    size = weekly * np.exp(rng.normal(0, 0.4, units))
    # Wages are fought for in the eight weeks before the festival; each category has its own strength of it.
    winter = np.exp(-(((phase - 0.9) / 0.08) ** 2))
    strength = rng.gamma(1.0, 0.3, CATEGORIES)
    season = 1 + strength[:, None] * winter + 0.1 * np.sin(2 * np.pi * (phase[None] + rng.random((CATEGORIES, 1))))
    drift = np.cumsum(rng.normal(0, 0.012, (units, length // 7 + 1)), axis=1)
    level = np.exp(drift - drift.mean(axis=1, keepdims=True))[:, day // 7]
    quiet = np.array([1.0, 0.25, 0.08])[kind]
    daily = quiet / quiet.mean() / 7
    means = size[:, None, None] * mix[:, :, None] * (season * daily)[None] * level[:, None]
    counts = rng.poisson(means * _wild(rng, units, length))
    return Federation(counts.astype(np.int64), Days(kind.astype(np.int64), phase), means)


def _wild(rng: np.random.Generator, units: int, length: int) -> Floats:
    """Overdispersion: a gamma factor of mean 1 that changes from week to week and remembers a third of the last."""
    spread = rng.uniform(0.02, 0.12, (units, CATEGORIES, 1))
    weeks = rng.gamma(1 / spread, spread, (units, CATEGORIES, length // 7 + 2))
    smooth = 0.35 * weeks[..., :-1] + 0.65 * weeks[..., 1:]
    found: Floats = smooth[..., np.arange(length) // 7]
    return found


def strike(
    rng: np.random.Generator, made: Federation, factor: float, first: int, *, row: int | None = None
) -> tuple[Ints, Outbreak]:
    """Counts with one category of one unit at ``factor`` times its mean for four weeks, within a week of ``first``.

    The category is drawn by its share, as the next case would be.
    """
    row = int(rng.integers(made.counts.shape[0])) if row is None else row
    mass = made.means[row].sum(axis=-1)
    column = int(rng.choice(len(mass), p=mass / mass.sum()))
    begins = first + int(rng.integers(7))
    stretch = slice(begins, begins + OUTBREAK_DAYS)
    counts = made.counts.copy()
    counts[row, column, stretch] += rng.poisson(made.means[row, column, stretch] * (factor - 1))
    weekly = float(made.means[row, column, LEARN:].mean() * 7)
    return counts, Outbreak(row, column, begins, weekly)
