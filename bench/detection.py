"""``python -m bench.detection``: hotspots against EARS C2 and a plain threshold, on federations whose truth is known.

Prints false alarms a unit-year, the share of four-week outbreaks that is found while it lasts, and the median delay.
All methods see the same counts. An alarm counts once until its series has been silent for four weeks.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from bench.outbreaks import CATEGORIES, JUDGE, LEARN, OUTBREAK_DAYS, Federation, Outbreak, federation, strike
from measures.detection import Learned, findings, learn
from measures.expecting import Days, Ints, windowed

#: Tuned on seeds below 1,000; reported on these.
SEED = 90_000
FACTORS = (1.5, 2.0, 2.5, 3.0, 4.0)
#: Cases a week of one organisation, and how many organisations there are.
SIZES = ((3.0, 8), (10.0, 8), (30.0, 8), (100.0, 8), (300.0, 8), (1000.0, 8), (100.0, 1), (30.0, 40))
#: What an outbreak's own series registers in a usual week.
BANDS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 1e9)
#: Nights for which what was learned is kept.
BLOCK = 28
SILENCE = 28

#: alarms[row, column, night] of the judged days; ours has the sums as a last row and column.
Alarms = npt.NDArray[np.bool_]
Method = Callable[[Federation, Ints, Sequence[Learned], Ints], Alarms]


@dataclass(slots=True)
class Tally:
    """What one method did at one size, or for outbreaks of one band."""

    years: float = 0.0
    false: int = 0
    delays: dict[float, list[float]] = field(default_factory=lambda: defaultdict(list))


def ours(made: Federation, counts: Ints, learned: Sequence[Learned], nights: Ints) -> Alarms:
    """``measures.detection``, every night."""
    alarms = np.zeros((counts.shape[0] + 1, counts.shape[1] + 1, len(nights)), dtype=bool)
    blocks = (nights - LEARN) // BLOCK
    for block in np.unique(blocks):
        at = np.flatnonzero(blocks == block)
        until = int(nights[at].max()) + 1
        days = _until(made, until)
        for place, found in zip(at, findings(counts[..., :until], days, learned[block], nights[at]), strict=True):
            for one in found:
                alarms[one.row, one.column, place] = True
    return alarms


def ears(threshold: float, *, every_night: bool = False) -> Method:
    """EARS C2 (Hutwagner et al. 2003) on weeks: seven of baseline, two of guard; on Sundays, or every night."""

    def alarms(_made: Federation, counts: Ints, _learned: Sequence[Learned], nights: Ints) -> Alarms:
        now = windowed(counts.astype(float), nights, (7,))[:, :, 0]
        past = np.stack([windowed(counts.astype(float), nights - 7 * lag, (7,))[:, :, 0] for lag in range(3, 10)])
        # A standard deviation below half a case is none.
        score = (now - past.mean(axis=0)) / np.maximum(past.std(axis=0, ddof=1), 0.5)
        found: Alarms = score > threshold
        return found if every_night else found & (nights % 7 == 6)

    return alarms


def plain(_made: Federation, counts: Ints, _learned: Sequence[Learned], nights: Ints) -> Alarms:
    """Eight cases in four weeks and twice the mean of the twenty-two weeks before."""
    now = windowed(counts.astype(float), nights, (28,))[:, :, 0]
    before = windowed(counts.astype(float), nights - 28, (154,))[:, :, 0] * 28 / 154
    found: Alarms = (now >= 8) & (now >= 2 * before)
    return found


def episodes(alarms: Alarms) -> int:
    """Alarms that begin after ``SILENCE`` nights without one."""
    count = 0
    for row, column in zip(*np.nonzero(alarms.any(axis=-1)), strict=True):
        nights = np.flatnonzero(alarms[row, column])
        count += 1 + int((np.diff(nights) > SILENCE).sum())
    return count


def delay(alarms: Alarms, outbreak: Outbreak, first: int) -> float:
    """Days from the outbreak's first day to the night of its first alarm; ∞ when it passed unseen.

    An alarm of all organisations together names the category, not the unit: it does not count.
    """
    start = outbreak.begins - first
    nights = np.flatnonzero(alarms[outbreak.row, outbreak.column, start : start + OUTBREAK_DAYS])
    return float(nights[0] + 1) if len(nights) else float("inf")


Sizes = dict[tuple[str, tuple[float, int]], Tally]
Bands = dict[tuple[str, int], Tally]


def simulate(seed: int, runs: int, strikes: int, methods: dict[str, Method]) -> tuple[Sizes, Bands]:
    """Tallies by method and size, and by method and band of the outbreak's own volume."""
    by_size: Sizes = defaultdict(Tally)
    by_band: Bands = defaultdict(Tally)
    for size in SIZES:
        weekly, units = size
        for run in range(max(1, round(runs * 8 / units))):
            rng = np.random.default_rng([seed, int(weekly), units, run])
            made = federation(rng, units, weekly)
            starts = range(LEARN, LEARN + JUDGE, BLOCK)
            learned = [learn(made.counts[..., :start], _until(made, start)) for start in starts]
            year = np.arange(LEARN, LEARN + JUDGE)
            for name, method in methods.items():
                tally = by_size[name, size]
                tally.years += units
                tally.false += episodes(method(made, made.counts, learned, year))
            for _turn in range(strikes):
                for factor in FACTORS:
                    first = LEARN + int(rng.integers(JUDGE - OUTBREAK_DAYS - 7))
                    counts, outbreak = strike(rng, made, factor, first)
                    nights = np.arange(outbreak.begins, outbreak.begins + OUTBREAK_DAYS)
                    band = int(np.searchsorted(BANDS, outbreak.weekly, side="right")) - 1
                    for name, method in methods.items():
                        took = delay(method(made, counts, learned, nights), outbreak, int(nights[0]))
                        by_size[name, size].delays[factor].append(took)
                        by_band[name, band].delays[factor].append(took)
    return by_size, by_band


def _until(made: Federation, day: int) -> Days:
    return Days(made.days.kind[:day], made.days.phase[:day])


def threshold(seed: int, *, every_night: bool) -> float:
    """The lowest threshold of EARS C2 with at most one false alarm a unit-year over all sizes, on other seeds."""
    year = np.arange(LEARN, LEARN + JUDGE)
    made = [
        federation(np.random.default_rng([seed, int(weekly), units, run]), units, weekly)
        for weekly, units in SIZES
        for run in range(max(1, 16 // units))
    ]
    years = sum(each.counts.shape[0] for each in made)
    for wanted in np.arange(3, 20, 0.5):
        method = ears(float(wanted), every_night=every_night)
        if sum(episodes(method(each, each.counts, (), year)) for each in made) <= years:
            return float(wanted)
    return float("inf")


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.detection", description="热点发现：误报、发现率、延迟")
    parser.add_argument("--runs", type=int, default=8, help="每种规模的模拟次数")
    parser.add_argument("--strikes", type=int, default=8, help="每次模拟、每个倍数的爆发次数")
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args()
    began = time.perf_counter()
    weekly, nightly = (threshold(7, every_night=every_night) for every_night in (False, True))
    methods: dict[str, Method] = {
        "ours": ours,
        "EARS C2 > 3": ears(3.0),
        f"EARS C2 > {weekly:g}": ears(weekly),
        f"EARS C2 > {nightly:g} nightly": ears(nightly, every_night=True),
        "threshold": plain,
    }
    by_size, by_band = simulate(given.seed, given.runs, given.strikes, methods)
    print(f"{CATEGORIES} categories, {LEARN // 7} weeks to learn from, {JUDGE // 7} judged, outbreaks of 4 weeks")
    print("found/median delay in days (– more than half unseen)")
    for weekly_cases, units in SIZES:
        print(f"\n{units} unit(s) of about {weekly_cases:g} cases a week")
        _head("false alarms/unit-year")
        for name in methods:
            tally = by_size[name, (weekly_cases, units)]
            _line(name, f"{tally.false / tally.years:.2f}", tally)
    for band in range(len(BANDS) - 1):
        top = f"{BANDS[band]:g} to {BANDS[band + 1]:g}" if BANDS[band + 1] < 1e6 else f"{BANDS[band]:g} or more"
        print(f"\noutbreaks where {top} cases a week are usual")
        _head("outbreaks")
        for name in methods:
            tally = by_band[name, band]
            _line(name, str(sum(map(len, tally.delays.values()))), tally)
    print(f"\n({time.perf_counter() - began:.0f} s)")


def _head(second: str) -> None:
    print(f"{'':26}{second:>24}" + "".join(f"{factor:>12}×" for factor in FACTORS))


def _line(name: str, second: str, tally: Tally) -> None:
    cells = []
    for factor in FACTORS:
        took = tally.delays[factor]
        if not took:
            cells.append("")
            continue
        middle = float(np.median(took))
        cells.append(f"{np.isfinite(took).mean():.0%}/" + (f"{middle:.0f}" if np.isfinite(middle) else "–"))
    print(f"{name:26}{second:>24}" + "".join(f"{cell:>13}" for cell in cells))


if __name__ == "__main__":
    main()
