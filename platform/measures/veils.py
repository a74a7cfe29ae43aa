"""How the counts of one question may be shown: exact, rounded alone, or against those of all children. Pure.

A superior knows its own figures and those of its whole subtree, so what all direct children have together is no
secret. The figures of one child are therefore hidden exactly where the table of all children hides them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from measures.scopes import Scope
from measures.suppression import Shown, apart, margins, outside

#: A count of every subject that was read; a missing one has none.
BySubject = Mapping[int, int]


def mine(scope: Scope, counts: BySubject) -> int:
    """The true count of whom the question is about."""
    return counts.get(scope.subject_id, 0)


def tell(scope: Scope, counts: BySubject) -> Shown:
    """A count as the asker may see it."""
    if not scope.veiled:
        return mine(scope, counts)
    if not scope.beside:
        return outside(mine(scope, counts))
    return apart([counts.get(child, 0) for child in scope.beside])[scope.beside.index(scope.subject_id)]


def totalled(scope: Scope, *breakdowns: Sequence[BySubject]) -> tuple[tuple[tuple[Shown, ...], ...], Shown]:
    """Breakdowns of one total and the total, as the asker may see them together.

    Of one of several children the total is hidden where any part is: with the other parts it would tell whether that
    part is small or covers the other child's. Where none is, it is the sum of the shown parts: a total of its own
    would be an equation more for whoever knows what all children have in each part.
    """
    counts = [[mine(scope, part) for part in parts] for parts in breakdowns]
    if not scope.veiled:
        return tuple(map(tuple, counts)), sum(counts[0])
    if len(scope.beside) < 2:
        return margins(*counts)
    shown = tuple(tuple(tell(scope, part) for part in parts) for parts in breakdowns)
    hidden = any(count is None for parts in shown for count in parts)
    return shown, None if hidden else sum(count or 0 for count in shown[0])
