"""The few statistics behind the dashboards. Pure numpy: arrays in, arrays or frozen results out."""

from __future__ import annotations

from math import sqrt

import numpy as np
import numpy.typing as npt

#: 97.5 % point of the normal distribution, for a 95 % interval.
Z95 = 1.959963984540054


def wilson(successes: int, trials: int) -> tuple[float, float] | None:
    """Wilson's 95 % interval of a proportion, ends in [0, 1]; ``None`` for no trials (0/0 is “—”, never 100 %)."""
    if trials == 0:
        return None
    share, z2 = successes / trials, Z95 * Z95
    middle = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    reach = Z95 / (1 + z2 / trials) * sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials))
    return max(0.0, middle - reach), min(1.0, middle + reach)


#: Rounds in which the expectation of hidden cells settles; a table of a page has settled after a few.
_ROUNDS = 200


def expected(counts: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """What each cell of a two-way table would hold if rows and columns had nothing to do with each other.

    Shape as given; zeros where the whole table is zero. A cell that is not known (NaN) is taken as what the others
    let expect of it (quasi-independence, Goodman 1968, by expectation and maximisation): nothing is made of it.
    """
    table = np.asarray(counts, dtype=float)
    unknown = np.isnan(table)
    if not unknown.any():
        return _product(table)
    known = table[~unknown]
    filled = np.where(unknown, known.mean() if known.size else 0.0, table)
    for _ in range(_ROUNDS):
        hoped = _product(filled)
        if np.allclose(filled[unknown], hoped[unknown], rtol=1e-6, atol=1e-6):
            break
        filled[unknown] = hoped[unknown]
    return _product(filled)


def _product(table: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    total = table.sum()
    if total == 0:
        return np.zeros_like(table)
    product: npt.NDArray[np.float64] = np.outer(table.sum(axis=1), table.sum(axis=0)) / total
    return product


def pearson(counts: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Pearson residuals (count − expected) / √expected, the table's shape; 0 where nothing is expected, NaN where a
    count is not known.

    Beyond about ±2 a cell is unusual; with overdispersed counts that happens more often than one time in twenty.
    """
    table, hoped = np.asarray(counts, dtype=float), expected(counts)
    residuals: npt.NDArray[np.float64] = np.divide(
        table - hoped, np.sqrt(hoped), out=np.zeros_like(table), where=hoped > 0
    )
    return residuals
