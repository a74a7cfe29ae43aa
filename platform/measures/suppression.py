"""Small counts are not shown to people outside the unit that they are about (the NHS rule: 1 to 7). Pure.

The simple rule: each number by itself. Someone who subtracts shown numbers from a shown total can still find a hidden
one; hiding a second number for that (complementary suppression) is later work, see docs/decisions/0004.
"""

from __future__ import annotations

#: Counts from 1 to this are hidden; 0 is shown, because that nothing happened points at nobody.
HIDDEN_TO = 7
#: How a hidden count reads in a table, a chart and an export alike.
HIDDEN = "1–7"

#: A count, or ``None`` where it is hidden.
Shown = int | None


def outside(count: int) -> Shown:
    """A count as somebody outside the unit may see it."""
    return None if 1 <= count <= HIDDEN_TO else count


def words(count: Shown) -> str:
    """A count as text."""
    return HIDDEN if count is None else f"{count:,}"
