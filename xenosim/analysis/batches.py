"""Two-arm tests of many studies at once: the last axis holds the animals of an arm, all before it
are studies. NaN is an animal without the value.

A single study is a batch of one; :mod:`xenosim.analysis.power` tests thousands.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.analysis.resampling import Array

#: Spread below which animals count as identical, relative to the size of their values [-].
IDENTICAL = 1e-9


class Batch(NamedTuple):
    """What a test says of each study: ``estimate``, its standard error ``se``, ``statistic``,
    ``df`` and two-sided ``p`` [-]; NaN where ``failed``: too few animals, or all of them identical.
    """

    estimate: Array
    se: Array
    statistic: Array
    df: Array
    p: Array

    @property
    def failed(self) -> NDArray[np.bool_]:
        """Studies in which the test has no answer."""
        return np.isnan(self.p)


def student_t(treated: Array, control: Array) -> Batch:
    """Student's t test of the difference of means, treated - control, of independent animals.

    Parameters
    ----------
    treated, control : array (..., n)
        One value per animal, NaN where there is none.

    Examples
    --------
    >>> found = student_t(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0]))
    >>> round(float(found.statistic), 4), float(found.df)
    (-1.5492, 4.0)
    """
    n_a, mean_a, squares_a = _moments(treated)
    n_b, mean_b, squares_b = _moments(control)
    df = n_a + n_b - 2.0
    with np.errstate(divide="ignore", invalid="ignore"):
        se = np.sqrt((squares_a + squares_b) / df * (1.0 / n_a + 1.0 / n_b))
    usable = (n_a >= 1) & (n_b >= 1) & (df >= 1)
    return _answer(mean_a - mean_b, se, df, usable, np.abs(mean_a) + np.abs(mean_b))


def paired_t(treated: Array, control: Array) -> Batch:
    """Student's t test of the mean difference within pairs, treated - control; a pair without one
    of both values is left out.
    """
    difference = treated - control
    n, mean, squares = _moments(difference)
    df = n - 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        se = np.sqrt(squares / df / n)
        size = np.nanmax(np.abs(np.concatenate([treated, control], axis=-1)), axis=-1, initial=0.0)
    return _answer(mean, se, df, df >= 1, size)


def _moments(values: Array) -> tuple[Array, Array, Array]:
    """Number, mean and sum of squares about the mean of the values that are there."""
    there = ~np.isnan(values)
    n = there.sum(axis=-1).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(there, values, 0.0).sum(axis=-1) / n
        squares = (np.where(there, values - mean[..., None], 0.0) ** 2).sum(axis=-1)
    return n, mean, squares


def _answer(estimate: Array, se: Array, df: Array, usable: NDArray[np.bool_], size: Array) -> Batch:
    """A t test, without an answer where it is not ``usable`` or all animals are identical."""
    from scipy.stats import t

    known = usable & (se > IDENTICAL * size)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.where(known, estimate / se, np.nan)
        p = np.where(known, 2.0 * t.sf(np.abs(statistic), np.maximum(df, 1.0)), np.nan)
    return Batch(estimate, np.where(known, se, np.nan), statistic, df, p)


def log_rank(treated: tuple[Array, Array], control: tuple[Array, Array]) -> Batch:
    """The log-rank test of times to an event, by its normal approximation: ``statistic`` is Z, Z
    squared is R's chi-squared, above 0 where the treated have more events than expected.

    Parameters
    ----------
    treated, control : pair of arrays (..., n)
        Times to the event, inf without it, and the last day of each animal [day].

    Returns
    -------
    Batch
        ``estimate`` is the log hazard ratio by Peto's one step, (O - E) / V, and ``se`` is
        1 / sqrt(V).

    Source: Mantel 1966; Peto and Peto 1972, doi:10.2307/2344317.

    Examples
    --------
    >>> never = np.full(3, np.inf)
    >>> last = np.full(3, 30.0)
    >>> found = log_rank((never, last), (np.array([9.0, 12.0, 15.0]), last))
    >>> round(float(found.statistic), 3)
    -2.248
    """
    from scipy.stats import norm

    n = treated[0].shape[-1]
    times, last = (np.concatenate(pair, axis=-1) for pair in zip(treated, control, strict=True))
    event = np.isfinite(times)
    until = np.where(event, times, last)
    follows = until[..., None, :] >= until[..., :, None]
    risk = follows.sum(axis=-1).astype(float)
    risk_treated = follows[..., :n].sum(axis=-1)
    tied = (until[..., None, :] == until[..., :, None]) & event[..., None, :]
    deaths = tied.sum(axis=-1)
    share = risk_treated / risk
    left = np.where(risk > 1, (risk - deaths) / np.maximum(risk - 1.0, 1.0), 0.0)
    # Each of the d events of a day counts 1 / d of that day's variance.
    variance = np.where(event, share * (1.0 - share) * left, 0.0).sum(axis=-1)
    excess = event[..., :n].sum(axis=-1) - np.where(event, share, 0.0).sum(axis=-1)
    known = variance > IDENTICAL
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(known, excess / np.sqrt(variance), np.nan)
        estimate = np.where(known, excess / variance, np.nan)
        se = np.where(known, 1.0 / np.sqrt(variance), np.nan)
    df = np.ones_like(z)
    return Batch(estimate, se, z, df, np.where(known, 2.0 * norm.sf(np.abs(z)), np.nan))


def paired_log_rank(treated: tuple[Array, Array], control: tuple[Array, Array]) -> Batch:
    """The log-rank test stratified by pair, with its exact p: a pair says only who had the event
    first, and nothing where neither had it while both were followed, or both at one time.

    Parameters
    ----------
    treated, control : pair of arrays (..., n)
        As of :func:`log_rank`; animals of one pair in the same column.

    Returns
    -------
    Batch
        ``statistic`` is Z, whose square is R's ``survdiff(Surv(t, s) ~ arm + strata(pair))``;
        ``estimate`` the log hazard ratio by Peto's one step; ``p`` the exact one of a fair coin in
        so many pairs, as Z is far from normal in few: below 6 pairs it is never under 0.05.

    Source: Mantel 1966; exact p: McNemar 1947, doi:10.1007/BF02295996.

    Examples
    --------
    >>> last = np.full(6, 30.0)
    >>> found = paired_log_rank((np.full(6, np.inf), last), (np.full(6, 9.0), last))
    >>> round(float(found.statistic), 3), float(found.p)
    (-2.449, 0.03125)
    """
    from scipy.stats import binom

    until = [np.where(np.isfinite(times), times, last) for times, last in (treated, control)]
    # At a tie of an event and a loss the lost one is still at risk.
    first = np.isfinite(treated[0]) & (until[0] <= until[1])
    other = np.isfinite(control[0]) & (until[1] <= until[0])
    earlier, later = ((first & ~other).sum(axis=-1), (other & ~first).sum(axis=-1))
    told = (earlier + later).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(told > 0, (earlier - later) / np.sqrt(told), np.nan)
        estimate = np.where(told > 0, 2.0 * (earlier - later) / told, np.nan)
        se = np.where(told > 0, 2.0 / np.sqrt(told), np.nan)
    tail = 2.0 * binom.cdf(np.minimum(earlier, later), told, 0.5)
    p = np.where(told > 0, np.minimum(tail, 1.0), np.nan)
    return Batch(estimate, se, z, np.ones_like(z), p)


def holm(p: Array) -> Array:
    """P values adjusted for their number by Holm's step-down method, over the last axis; NaN stays
    and does not count.

    Source: Holm 1979, Scand J Stat 6:65.

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p, axis=-1)
    ranked = np.take_along_axis(p, order, axis=-1)
    count = (~np.isnan(p)).sum(axis=-1, keepdims=True)
    stepped = ranked * np.maximum(count - np.arange(p.shape[-1]), 1)
    raised = np.minimum(np.maximum.accumulate(stepped, axis=-1), 1.0)
    adjusted = np.empty_like(p, dtype=float)
    np.put_along_axis(adjusted, order, np.where(np.isnan(ranked), np.nan, raised), axis=-1)
    return adjusted
