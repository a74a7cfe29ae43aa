"""What of a report's figures a superior is told: small counts hidden, the others to the nearest five. Pure.

Which counts are hidden is the house's rule (``measures.suppression``). The others are rounded, or the superior's own
exact sum would tell a hidden number by subtraction; a column whose total is told keeps back a second number where one
alone is hidden.
"""

from __future__ import annotations

from collections.abc import Sequence

from measures.suppression import HIDDEN, HIDDEN_TO, STEP, Shown, outside

#: Said wherever told figures stand.
RULE = f"各单位1至{HIDDEN_TO}件的数不单列（记作{HIDDEN}），其余取整到{STEP}件"
#: What a told count may have been, at least and at most.
Bounds = tuple[int, int]


def told(count: int) -> Shown:
    """A count as the superior is told it: the house's rule, under the name that letters know."""
    return outside(count)


def column(counts: Sequence[int]) -> list[Shown]:
    """Counts of the parts of a told total, in the order given."""
    shown = [told(count) for count in counts]
    hidden = [place for place, each in enumerate(shown) if each is None]
    if len(hidden) == 1:
        rest = [place for place, count in enumerate(counts) if count and place not in hidden]
        if rest:
            # The smallest of the others: as little as possible is lost.
            shown[min(rest, key=lambda place: (counts[place], place))] = None
    return shown


def rate(met: int, due: int) -> tuple[Shown, Shown]:
    """How many were in time, of how many due; the first is hidden where the two together tell a small number."""
    if outside(met) is None or outside(due - met) is None:
        return None, told(due)
    return told(met), told(due)


def bounds(shown: Shown) -> Bounds:
    """Between which numbers the one lies that was told as ``shown``."""
    if shown is None:
        return 1, HIDDEN_TO
    if shown <= 0:
        return shown, shown
    return max(HIDDEN_TO + 1, shown - STEP // 2), shown + STEP // 2
