"""Samples of animals, and the intervals that they give."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist
from zlib import crc32

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenosim.errors import TableError

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Limits = tuple[float, float]
#: A number of samples of animals: index arrays, one per arm, whose last axis is reduced.
Statistic = Callable[..., Array]
UNDEFINED = (math.nan, math.nan)
_NORMAL = NormalDist()
#: Fewest animals whose resampling says anything of the spread of others like them; from two, every
#: sample is one of them, the other or both, and the interval is as wide as chance put them apart.
FEWEST = 3
#: Most animals of an arm whose influence is looked at one by one: with more the correction of an
#: interval for skewness is below a hundredth of its width.
SKEWED = 400
#: Animals in the samples that are looked at together [-].
AT_ONCE = 2_000_000
#: Animals that the samples of one interval hold together, and the fewest samples: of thousands of
#: animals an interval takes fewer samples, whose noise is small beside what the animals tell [-].
DRAWN, FEWEST_SAMPLES = 1_000_000, 400


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


def resample(n: int, n_boot: int, rng: np.random.Generator) -> Indices:
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


def bootstrap(
    statistic: Statistic,
    sizes: Sequence[int],
    n_boot: int,
    rng: np.random.Generator,
    *,
    paired: bool = False,
) -> tuple[Limits, Array]:
    """A 95 % interval of a statistic of the animals of one or more arms, and its samples.

    Bias-corrected and accelerated (BCa), at the level at which the interval of a mean of as few
    animals covers as Student's t does (:func:`tail`): at n = 8 a BCa interval at its nominal level
    covers in 90 of 100 studies, this one in 93 to 98.

    Parameters
    ----------
    statistic : callable
        Of one index array per arm, shape (..., n) each; returns shape (...).
    sizes : sequence of int
        Animals of every arm; no interval below :data:`FEWEST` of one.
    n_boot : int
        Samples; fewer of arms of more than 500 animals (:data:`DRAWN`).
    rng : Generator
        Draws them, arm by arm.
    paired : bool
        True: the same animals in every arm, drawn together.

    Returns
    -------
    (float, float)
        The limits [unit of the statistic]; samples without a number are left out.
    array (samples,)
        The statistic of every sample.

    Examples
    --------
    >>> animals = np.arange(8.0)
    >>> limits, _ = bootstrap(lambda i: animals[i].mean(axis=-1), [8], 999, generator(1, "mean"))
    >>> limits
    (1.75, 5.5)
    """
    if min(sizes) < FEWEST:
        return UNDEFINED, np.empty(0)
    n_boot = min(n_boot, max(FEWEST_SAMPLES, DRAWN // max(sizes)))
    drawn = [resample(n, n_boot, rng) for n in (sizes[:1] if paired else sizes)]
    drawn = drawn * len(sizes) if paired else drawn
    # In parts, for memory: thousands of animals on many days.
    at_once = max(1, AT_ONCE // max(sizes))
    parts = [
        np.atleast_1d(statistic(*(each[k : k + at_once] for each in drawn)))
        for k in range(0, n_boot, at_once)
    ]
    samples = np.concatenate(parts)
    every = [np.arange(n)[None] for n in sizes]
    value = float(np.ravel(statistic(*every))[0])
    independent = sizes[:1] if paired else sizes
    left_out = [
        np.ravel(statistic(*([_each_left_out(n)] * len(sizes) if paired else _but(every, k, n))))
        for k, n in enumerate(independent)
        if max(sizes) <= SKEWED
    ]
    return bca(samples, value, left_out, tail(independent)), samples


def _each_left_out(n: int) -> Indices:
    """All animals but one, shape (n, n - 1)."""
    return np.array([np.delete(np.arange(n), k) for k in range(n)])


def _but(every: list[Indices], k: int, n: int) -> list[Indices]:
    """All animals of all arms, but one of arm ``k``."""
    return [*every[:k], _each_left_out(n), *every[k + 1 :]]


def tail(sizes: Sequence[int]) -> float:
    """The share of samples beyond each limit of a 95 % interval of arms of ``sizes`` animals [-].

    Samples of n animals vary too little by sqrt((n - 1)/n), and their tails are those of a normal
    distribution; both are mended by the share beyond sqrt(n/(n - 1)) t.

    Source: Hesterberg 2015, doi:10.1080/00031305.2015.1089789, the expanded percentile interval.

    Examples
    --------
    >>> [round(tail(sizes), 4) for sizes in ([1000], [8], [8, 8])]
    [0.0248, 0.0057, 0.0109]
    """
    from scipy.special import stdtrit

    fewest, freedom = min(sizes), sum(sizes) - len(sizes)
    t = float(stdtrit(freedom, 0.975))
    return _NORMAL.cdf(-math.sqrt(fewest / (fewest - 1)) * t)


def bca(samples: Array, value: float, left_out: Sequence[Array], beyond: float = 0.025) -> Limits:
    """Bias-corrected and accelerated interval [unit of the samples].

    Parameters
    ----------
    samples : array (n_boot,)
        The statistic of every sample, NaN where it has none.
    value : float
        The statistic of the animals themselves.
    left_out : sequence of arrays (n,)
        By arm, the statistic without each of its animals.
    beyond : float
        Share of samples beyond each limit, were there neither bias nor skewness [-].

    Returns
    -------
    (float, float)
        Plain percentiles where all samples lie on one side of the value; NaN without a sample.

    Source: Efron 1987, doi:10.1080/01621459.1987.10478410; of several arms as in
    ``scipy.stats.bootstrap``, against which it is tested.
    """
    known = samples[~np.isnan(samples)]
    if not known.size:
        return UNDEFINED
    # Sums in another order differ in their last digits.
    same = np.isclose(known, value, rtol=1e-9, atol=0.0)
    below = (np.count_nonzero((known < value) & ~same) + 0.5 * np.count_nonzero(same)) / known.size
    low, high = beyond, 1.0 - beyond
    if 0.0 < below < 1.0:
        bias, a = _NORMAL.inv_cdf(below), _acceleration(left_out)
        low, high = (
            _NORMAL.cdf(bias + (bias + z) / (1.0 - a * (bias + z)))
            for z in (_NORMAL.inv_cdf(beyond), -_NORMAL.inv_cdf(beyond))
        )
    ends = np.quantile(known, [low, high], method="nearest")
    return float(ends[0]), float(ends[1])


def _acceleration(left_out: Sequence[Array]) -> float:
    """Skewness of the influence of single animals [-]; 0 where it is not defined."""
    cubes = squares = 0.0
    for values in left_out:
        if not np.isfinite(values).all():
            return 0.0
        n = values.size
        influence = (n - 1) * (values.mean() - values)
        cubes += float((influence**3).sum()) / n**3
        squares += float((influence**2).sum()) / n**2
    return cubes / (6.0 * squares**1.5) if squares > 0 else 0.0
