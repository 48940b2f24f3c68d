"""Whether arms differ more than chance assignment of animals to them would make them."""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.analysis.resampling import Array

#: Up to so many assignments are all tried; of more, so many are drawn [-].
ALL, DRAWN = 20_000, 9_999
#: Of more units than this, a tenth of the assignments is drawn [-].
MANY = 1_000
#: Assignments that are computed at a time [-].
AT_A_TIME = 5_000
#: Differences that agree to this share of the largest are ties [-].
TIE = 1e-9


class Permutation(NamedTuple):
    """Two-sided ``p`` [-] of a difference of means, and how it was found."""

    p: float
    note: str


def permutation_test(treated: Array, control: Array, rng: np.random.Generator) -> Permutation:
    """Share of the assignments of units to two arms, of their sizes, whose difference of means is
    at least as large; exact where they are few.

    Parameters
    ----------
    treated, control : array
        One value per unit: animal, or mean of a cage.
    rng : Generator
        For the assignments drawn, where they are too many.

    Source: Fisher 1935; Monte Carlo p with the observed one by Phipson and Smyth 2010,
    doi:10.2202/1544-6115.1585.

    Examples
    --------
    >>> permutation_test(np.array([1.0, 2.0]), np.array([5.0, 6.0]), np.random.default_rng(1))
    Permutation(p=0.3333333333333333, note='all 6 assignments')
    """
    values, n = np.concatenate([treated, control]), len(treated)
    observed = abs(treated.mean() - control.mean())
    edge = observed - TIE * max(float(np.abs(values).max()), 1e-300)
    total, count = values.sum(), len(values)

    def as_large(chosen: NDArray[np.int64]) -> int:
        own = values[chosen].sum(axis=1)
        difference = own / n - (total - own) / (count - n)
        return int((np.abs(difference) >= edge).sum())

    ways = comb(count, n)
    if ways <= ALL:
        chosen = np.array(list(combinations(range(count), n)))
        return Permutation(as_large(chosen) / ways, f"all {ways} assignments")
    larger, drawn = 0, _drawn(count)
    for first in range(0, drawn, AT_A_TIME):
        size = min(AT_A_TIME, drawn - first)
        larger += as_large(np.argpartition(rng.random((size, count)), n - 1, axis=1)[:, :n])
    return Permutation((larger + 1) / (drawn + 1), f"{drawn} assignments drawn")


def _drawn(count: int) -> int:
    """How many assignments of so many units are drawn."""
    return DRAWN if count <= MANY else DRAWN // 10


def within_blocks(
    values: Array, is_treated: NDArray[np.bool_], block: Array, rng: np.random.Generator
) -> Permutation:
    """As :func:`permutation_test`, but assignments are shuffled within each block, such as a cage
    with animals of both arms; always drawn.
    """
    n = int(is_treated.sum())
    observed = abs(values[is_treated].mean() - values[~is_treated].mean())
    edge = observed - TIE * max(float(np.abs(values).max()), 1e-300)
    order = np.argsort(block, kind="stable")
    values, treated, block = values[order], is_treated[order], np.asarray(block)[order]
    larger, drawn = 0, _drawn(len(values))
    for first in range(0, drawn, AT_A_TIME):
        size = min(AT_A_TIME, drawn - first)
        # Blocks stay in place: each is sorted by random numbers within its own range.
        shuffled = np.argsort(rng.random((size, len(block))) + block, axis=1, kind="stable")
        own = np.where(treated[shuffled], values, 0.0).sum(axis=1)
        rest = values.sum() - own
        larger += int((np.abs(own / n - rest / (len(values) - n)) >= edge).sum())
    return Permutation((larger + 1) / (drawn + 1), f"{drawn} assignments drawn within cages")
