"""What a measure is: sums of count columns of the daily facts, one over another, and its definition. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cases.rules import CHANNEL_LABELS, Channel


class Theme(StrEnum):
    """Headings of the catalogue, in its order."""

    VOLUME = "volume"
    TIME = "time"
    OUTCOME = "outcome"
    GUARD = "guard"


THEME_LABELS: dict[Theme, str] = {
    Theme.VOLUME: "数量",
    Theme.TIME: "时限",
    Theme.OUTCOME: "质效",
    Theme.GUARD: "防线（与各率并列，防止做数）",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One column, added or taken away: of the period or of all days before it, of one channel or all."""

    column: str
    sign: int = 1
    before: bool = False
    channel: str | None = None

    @property
    def label(self) -> str:
        """``registered``, ``registered[visit]``, ``registered[before]``: how tables and the query name it."""
        marks = [mark for mark in ("before" if self.before else "", self.channel or "") if mark]
        return f"{self.column}[{','.join(marks)}]" if marks else self.column


Count = tuple[Part, ...]


def of(*columns: str, less: tuple[str, ...] = (), channel: Channel | None = None) -> Count:
    """Columns summed over the period, those of ``less`` taken away."""
    where = channel.value if channel else None
    return (
        *(Part(name, channel=where) for name in columns),
        *(Part(name, -1, channel=where) for name in less),
    )


def before(*columns: str, less: tuple[str, ...] = ()) -> Count:
    """The same over all days before the period: together with the period, a stock."""
    return (*(Part(name, before=True) for name in columns), *(Part(name, -1, before=True) for name in less))


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of the catalogue. Without a denominator it is a count; with one, numerator over denominator.

    ``beside`` names the measures that are shown next to it, because whoever improves it without improving anything
    moves one of those. ``assumed``: no published formula was found; ours is marked as such (domain.md C, [设]).
    """

    key: str
    name: str
    english: str
    theme: Theme
    numerator: Count
    denominator: Count | None
    #: Which day a case counts on.
    cohort: str
    #: 件、人次、批次、日 or %.
    unit: str
    #: The definition as printed under a chart.
    definition: str
    source: str
    #: How the figure gets better while nothing does.
    gaming: str
    beside: tuple[str, ...] = field(default=())
    assumed: bool = False

    @property
    def is_share(self) -> bool:
        """A part of its denominator, between 0 and 1; the others are counts and means."""
        return self.unit == "%"

    def amounts(self, sums: Mapping[str, int]) -> tuple[int, int | None]:
        """Numerator and denominator, from sums by :attr:`Part.label`."""
        return total(self.numerator, sums), None if self.denominator is None else total(self.denominator, sums)

    def value(self, sums: Mapping[str, int]) -> float | None:
        """The figure itself; ``None`` for 0/0, which reads “—” and never 100 %."""
        top, bottom = self.amounts(sums)
        if bottom is None:
            return float(top)
        return top / bottom if bottom else None


def total(count: Count, sums: Mapping[str, int]) -> int:
    """A count from sums by label."""
    return sum(part.sign * sums[part.label] for part in count)


def words(count: Count) -> str:
    """A count as a formula of column names, for the documentation."""
    text = ""
    for part in count:
        sign = ("" if not text else " + ") if part.sign > 0 else " − "
        text += f"{sign}`{part.label}`"
    return text


def channel_words(count: Count) -> str:
    """The channel to which a count is limited, in Chinese; empty for all of them."""
    named = {part.channel for part in count if part.channel}
    return "、".join(CHANNEL_LABELS[channel] for channel in Channel if channel.value in named)
