"""What of a report's figures a superior is told: small counts hidden, the others to the nearest five. Pure.

Which counts are hidden is the house's rule (``measures.suppression``). The others are rounded, or the superior's own
exact sum would tell a hidden number by subtraction; a column whose total is told keeps back a second number where one
alone is hidden.

In the figures themselves a hidden number is the word for it, because nothing at all (``None``) means that there is
nothing to compare with. Numbers that are told again are hidden and rounded as before.
"""

from __future__ import annotations

from collections.abc import Sequence

from measures.suppression import HIDDEN, HIDDEN_TO, STEP, Shown, outside

#: Said wherever told figures stand.
RULE = f"各单位1至{HIDDEN_TO}件的数不单列（记作{HIDDEN}），其余取整到{STEP}件"
#: What a told count may have been, at least and at most.
Bounds = tuple[int, int]
#: A number of the figures; a text is one that is hidden already.
Frozen = int | str


def frozen(shown: Shown) -> Frozen:
    """A number as the figures hold it."""
    return HIDDEN if shown is None else shown


def told(count: Frozen) -> Shown:
    """A count as the superior is told it: the house's rule, under the name that letters know."""
    return None if isinstance(count, str) else outside(count)


def column(counts: Sequence[Frozen]) -> list[Shown]:
    """Counts of the parts of a told total, in the order given."""
    shown = [told(count) for count in counts]
    hidden = [place for place, each in enumerate(shown) if each is None]
    if len(hidden) == 1:
        rest = [(each, place) for place, each in enumerate(shown) if each]
        if rest:
            # The smallest of the others: as little as possible is lost.
            shown[min(rest)[1]] = None
    return shown


def rate(met: Frozen, due: Frozen) -> tuple[Shown, Shown]:
    """How many were in time, of how many due; the first is hidden where the two together tell a small number."""
    if isinstance(met, str) or isinstance(due, str) or outside(met) is None or outside(due - met) is None:
        return None, told(due)
    return told(met), told(due)


def bounds(shown: Shown) -> Bounds:
    """Between which numbers the one lies that was told as ``shown``."""
    if shown is None:
        return 1, HIDDEN_TO
    if shown <= 0:
        return shown, shown
    return max(HIDDEN_TO + 1, shown - STEP // 2), shown + STEP // 2
