"""Samples of animals and percentile intervals."""

from __future__ import annotations

import math
from zlib import crc32

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenosim.errors import TableError

Array = NDArray[np.float64]
Limits = tuple[float, float]
UNDEFINED = (math.nan, math.nan)
#: Fewest animals whose resampling says anything of the spread of others like them; from two, every
#: sample is one of them, the other or both, and the interval is as wide as chance put them apart.
FEWEST = 3


def generator(seed: int, samples: str) -> np.random.Generator:
    """Generator of the bootstrap samples of one endpoint, by its name: another endpoint never moves
    its interval. Endpoints that are functions of each other share ``samples``, so that their
    intervals agree.
    """
    return np.random.default_rng([seed, crc32(samples.encode())])


def shared(*arms: pd.DataFrame) -> list[pd.DataFrame]:
    """The animals found in every arm, in one order (paired arms), perhaps none; tables are indexed
    by animal.
    """
    keys = arms[0].index
    for arm in arms[1:]:
        keys = keys.intersection(arm.index)
    return [arm.loc[keys.sort_values()] for arm in arms]


def same_animals(*arms: pd.DataFrame) -> list[pd.DataFrame]:
    """The animals of paired arms, as :func:`shared`; TableError if there are none: the arms are not
    paired.
    """
    found = shared(*arms)
    if found[0].empty:
        raise TableError(
            "the arms share no animal", where="observations", remedy="compare them unpaired"
        )
    return found


def resample(n: int, n_boot: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Bootstrap samples of ``n`` animals, shape (n_boot, n).

    Examples
    --------
    >>> resample(6, 1000, generator(1, "tc_pct")).shape
    (1000, 6)
    """
    return rng.integers(0, n, (n_boot, n))


def interval(samples: Array) -> Limits:
    """Percentile interval, 95 % [unit of the samples]; NaN when nothing is finite.

    Examples
    --------
    >>> interval(np.arange(101.0))
    (2.0, 98.0)
    """
    finite = samples[~np.isnan(samples)]
    if finite.size == 0:
        return UNDEFINED
    low, high = np.quantile(finite, [0.025, 0.975], method="nearest")
    return float(low), float(high)
