"""Small counts are not shown to people outside the unit that they are about (the NHS rule). Pure.

From outside, 1 to 7 are hidden, 0 is shown, everything else is rounded to 5. A sum must not give a hidden number
away, so there are two more functions beside the one for a number that stands alone:

- :func:`margin`, for parts shown with their total: the total is rounded as well, and moved to the next multiple of 5
  where its own interval would leave a hidden part one value only;
- :func:`apart`, for parts whose exact total is known anyway (a superior knows its own figures and those of its whole
  subtree): all of the parts are hidden where one would follow by subtraction.

Both hold against somebody who knows these rules: what is shown is shown for at least two values of every hidden part.
That is also why one word stands for every hidden number, whether it was small or hides another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

#: Counts from 1 to this are hidden; 0 is shown, because that nothing happened points at nobody.
HIDDEN_TO = 7
#: Everything else is shown as the nearest multiple of this: 8 to 12 read 10.
STEP = 5
#: How far a rounded count may lie from the true one.
SLACK = STEP // 2
#: How a hidden count reads in a table, a chart and an export alike.
HIDDEN = "隐去"

#: A count, or ``None`` where it is hidden.
Shown = int | None


def outside(count: int) -> Shown:
    """A count that stands alone, as somebody outside the unit may see it; a negative one is only rounded."""
    return None if 1 <= count <= HIDDEN_TO else rounded(count)


def rounded(count: int) -> int:
    """The nearest multiple of :data:`STEP`."""
    return (count + SLACK) // STEP * STEP


def margin(counts: Sequence[int]) -> tuple[tuple[Shown, ...], Shown]:
    """Parts (none negative) and their total, as somebody outside may see them together."""
    (shown,), total = margins(counts)
    return shown, total


def margins(*breakdowns: Sequence[int]) -> tuple[tuple[tuple[Shown, ...], ...], Shown]:
    """Several breakdowns of one total (by week, by channel), each as shown, and the total that suits them all.

    It is the nearest multiple of 5 to the true one that leaves every hidden part several values. Only an interval at
    an end of what is possible does not: everybody 1, or everybody 7. Without such a multiple the total is hidden.
    """
    shown = tuple(tuple(map(outside, counts)) for counts in breakdowns)
    hidden = [(seen.count(None), [part for part in seen if part]) for seen in shown if None in seen]
    told = outside(sum(breakdowns[0]))
    for candidate in _nearest(told):
        if not any(_pins(small, known, *_interval(candidate)) for small, known in hidden):
            return shown, candidate
    return shown, None


def _nearest(told: Shown) -> Iterator[Shown]:
    yield told
    for steps in range(1, 4):
        for other in ((told or STEP) + steps * STEP, (told or STEP) - steps * STEP):
            if other > HIDDEN_TO:
                yield other


def apart(counts: Sequence[int]) -> tuple[Shown, ...]:
    """Parts (none negative) of a total that is known exactly, as somebody outside may see them.

    Where a hidden part would follow from the total, all parts are hidden. Hiding the smallest shown part instead does
    not hold against somebody who knows the rule: 17, 17 and 7 would read 隐去, 15, 隐去, which of all tables with a
    sum of 41 only that one does. A rule that treats all places alike leaves at least its permutations. A single part
    is its total: it can only be treated as a number that stands alone.
    """
    shown, total = tuple(map(outside, counts)), sum(counts)
    small = shown.count(None)
    if not small or len(counts) == 1:
        return shown
    # All of them 1, or all of them 7, have no permutation: hidden whenever the total says that they might be.
    ends = total in (len(counts), HIDDEN_TO * len(counts))
    if ends or _pins(small, [seen for seen in shown if seen], total, total):
        return (None,) * len(counts)
    return shown


def uncover(wholes: Sequence[int], shown: Sequence[Shown], *parts: Sequence[Shown]) -> tuple[Shown, ...]:
    """Shown wholes beside their parts: one of 0 would say that a hidden part of it is 0 too, so it is hidden."""
    return tuple(
        None if whole == 0 and None in beside else seen
        for whole, seen, *beside in zip(wholes, shown, *parts, strict=True)
    )


def words(count: Shown) -> str:
    """A count as text."""
    return HIDDEN if count is None else f"{count:,}"


def _interval(told: Shown) -> tuple[int, int]:
    return (1, HIDDEN_TO) if told is None else (max(told - SLACK, HIDDEN_TO + 1 if told else 0), told + SLACK)


def _pins(small: int, known: Sequence[int], low: int, high: int) -> bool:
    """Whether a total between ``low`` and ``high`` leaves one value only to some hidden part."""
    visible, slack = sum(known), SLACK * len(known)
    least = max(small, low - visible - slack)
    most = min(small * HIDDEN_TO, high - visible + slack)
    return least >= most and (small == 1 or least <= small or most >= small * HIDDEN_TO)
