"""Small drawings for the wall: a line without axes, as points of an SVG. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 600, 120
#: Room above and below, so that a thick line is not cut.
_EDGE = 8


@dataclass(frozen=True, slots=True)
class Spark:
    """Runs of known values as ``points`` of polylines, a level to compare with, and where the last value stands."""

    runs: tuple[str, ...]
    level: float | None
    last: tuple[float, float] | None


def spark(values: Sequence[float | None], *, level: float | None = None, lowest: float = 0.0) -> Spark:
    """Values from left to right, ``None`` leaving a gap; the height runs from ``lowest`` to the largest value."""
    known = [value for value in values if value is not None]
    highest = max([*known, level if level is not None else lowest, lowest + 1e-9])
    step = WIDTH / max(1, len(values) - 1)

    def height(value: float) -> float:
        return round(HEIGHT - _EDGE - (value - lowest) / (highest - lowest) * (HEIGHT - 2 * _EDGE), 1)

    runs: list[list[str]] = [[]]
    last = None
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        last = (round(place * step, 1), height(value))
        runs[-1].append(f"{last[0]},{last[1]}")
    return Spark(tuple(" ".join(run) for run in runs if len(run) > 1), None if level is None else height(level), last)
