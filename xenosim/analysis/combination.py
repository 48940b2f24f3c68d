"""Two drugs on a dose grid, simulated or measured: combination index, Bliss, HSA and Loewe.

The effect is the fraction affected, fa = 1 - viability [-]. A drug that does nothing by itself has
no curve: its fit is ``None``, it adds nothing to a combination index, and the index compares the
combination with the other drug alone.

Source: Chou and Talalay 1984, doi:10.1016/0065-2571(84)90007-4; Bliss 1939,
doi:10.1111/j.1744-7348.1939.tb06990.x; Loewe 1953.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from xenosim.analysis.median_effect import MedianEffect, affected_at, dose_at
from xenosim.analysis.mixture import longest_ratio, mixture_rows
from xenosim.analysis.resampling import interval
from xenosim.analysis.wells import Curve, refitted_curves, sample_wells, single_fits

Array = NDArray[np.float64]
MEAN_RANGE = 0.2, 0.97


def combination_index(
    d1: ArrayLike,
    d2: ArrayLike,
    affected: ArrayLike,
    fit1: MedianEffect | None,
    fit2: MedianEffect | None,
) -> Array:
    """Combination index d1/Dx1 + d2/Dx2 [-], mutually exclusive form: 1 is additive, below synergy,
    above antagonism.

    Parameters
    ----------
    d1, d2 : array, shape (n,)
        Doses in combination [unit of ``dm`` of their fits].
    affected : array, shape (n,)
        Effect of the combination [-].
    fit1, fit2 : MedianEffect or None
        Curves of the drugs alone; None for a drug without effect by itself, which adds nothing to
        the index.

    Returns
    -------
    array, shape (n,)
        NaN, not defined, where the effect is outside (0, 1), where a drug reaches it at no finite
        dose, and where both fits are None.
    """
    return _index(
        np.asarray(d1, np.float64),
        np.asarray(d2, np.float64),
        np.asarray(affected, np.float64),
        _curve(fit1),
        _curve(fit2),
    )


def _curve(fit: MedianEffect | None) -> Curve:
    """dm and m of a fit."""
    return None if fit is None else (fit.dm, fit.m)


def _index(d1: ArrayLike, d2: ArrayLike, affected: Array, curve1: Curve, curve2: Curve) -> Array:
    terms = [
        np.asarray(dose) / dose_at(affected, *curve)
        for dose, curve in ((d1, curve1), (d2, curve2))
        if curve is not None
    ]
    return (
        np.asarray(sum(terms)) if terms else np.full(np.broadcast(d1, d2, affected).shape, np.nan)
    )


def bliss_effect(affected1: ArrayLike, affected2: ArrayLike) -> Array:
    """Effect expected of independent drugs, 1 - (1-fa1)(1-fa2) [-], from the effects of each alone
    at its dose.

    Examples
    --------
    >>> float(bliss_effect(0.5, 0.2))
    0.6
    """
    return 1.0 - (1.0 - np.asarray(affected1, np.float64)) * (
        1.0 - np.asarray(affected2, np.float64)
    )


def loewe_effect(
    d1: ArrayLike, d2: ArrayLike, fit1: MedianEffect | None, fit2: MedianEffect | None
) -> Array:
    """Effect E [-] at which d1/D1(E) + d2/D2(E) = 1, shape (n,); NaN if both fits are None.
    Parameters as in :func:`combination_index`.
    """
    if fit1 is None and fit2 is None:
        return np.full(np.broadcast(d1, d2).shape, np.nan)
    if fit1 is None or fit2 is None:
        return affected_at(d2, fit2) if fit2 is not None else affected_at(d1, fit1)  # type: ignore[arg-type]
    pairs = zip(*(np.ravel(d) for d in np.broadcast_arrays(d1, d2)), strict=True)
    return np.array([_loewe(float(a), float(b), fit1, fit2) for a, b in pairs]).reshape(
        np.broadcast(d1, d2).shape
    )


def _loewe(d1: float, d2: float, fit1: MedianEffect, fit2: MedianEffect) -> float:
    """One pair of doses, solved in u = ln E/(1-E): each term is (dose/dm) exp(-u/m), and at most
    1/2 at its upper bracket.
    """
    from scipy.optimize import brentq

    terms = [(fit.m, math.log(dose / fit.dm)) for dose, fit in ((d1, fit1), (d2, fit2)) if dose > 0]
    if not terms:
        return 0.0
    low, high = max(m * x for m, x in terms), max(m * (x + math.log(2.0)) for m, x in terms)
    u = brentq(lambda u: sum(math.exp(x - u / m) for m, x in terms) - 1.0, low - 1e-9, high + 1e-9)
    return float(1.0 / (1.0 + math.exp(-u)))


def ci_table(table: pd.DataFrame, n_boot: int = 200, seed: int = 1) -> pd.DataFrame:
    """Combination index, Bliss, HSA and Loewe of every pair of doses, with 95 % bootstrap intervals
    over wells.

    The wells of each pair of doses are resampled, the single curves refitted each time. Measured on
    40 synthetic sham plates with scatter 0.04: the intervals hold the true index in 86 % of the
    pairs with three replicates, in 92 % with six. If any pair of doses has one well only, no
    interval is given (NaN).

    Parameters
    ----------
    table : DataFrame
        One row per well: ``dose_a_nM``, ``dose_b_nM`` [nM], ``replicate``, ``viability`` [-]
        relative to the untreated control; each drug alone at three doses or more. Untreated wells,
        if given, are resampled as well.
    n_boot : int
        Bootstrap samples.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    DataFrame
        ``dose_a_nM``, ``dose_b_nM`` [nM]; ``n`` wells; all others are numbers without unit:
        ``affected`` (mean); ``combination_index`` with ``ci_low``, ``ci_high``, NaN as in
        :func:`combination_index`, samples without an index left out; ``bliss_expected`` and
        ``bliss_excess`` (above 0 synergy) with ``bliss_low``, ``bliss_high``, and ``hsa_excess``
        over the better drug alone, NaN where a drug was not measured alone at that dose;
        ``loewe_expected`` and ``loewe_excess`` from the fitted curves; ``is_extrapolated``, true
        where an active drug alone never reached the effect, so that its dose in the index is beyond
        those measured.

    Raises
    ------
    TableError
        Columns, doses or viabilities that are missing or impossible, wells entered twice, too few
        doses of a drug alone.
    """
    samples = sample_wells(table, n_boot, seed)
    means, a, b = samples.means(), samples.dose_a[samples.starts], samples.dose_b[samples.starts]
    pair = (a > 0) & (b > 0)
    curves, reached = refitted_curves(samples)
    found = {key: i for i, key in enumerate(zip(a, b, strict=True))}
    known = np.pad(means, ((0, 0), (0, 1)), constant_values=np.nan)
    alone_a, alone_b = (
        known[:, [found.get((x, 0.0), -1) for x in a[pair]]],
        known[:, [found.get((0.0, x), -1) for x in b[pair]]],
    )
    a, b, fa, count = (
        a[pair],
        b[pair],
        means[:, pair],
        np.diff(samples.starts, append=samples.dose_a.size)[pair],
    )
    index, excess = _index(a, b, fa, *curves), fa - bliss_effect(alone_a, alone_b)
    loewe = loewe_effect(a, b, *single_fits(table))
    (low, high), (bliss_low, bliss_high) = _intervals(index), _intervals(excess)
    return pd.DataFrame(
        {
            "dose_a_nM": a,
            "dose_b_nM": b,
            "n": count,
            "affected": fa[0],
            "combination_index": index[0],
            "ci_low": low,
            "ci_high": high,
            "bliss_expected": fa[0] - excess[0],
            "bliss_excess": excess[0],
            "bliss_low": bliss_low,
            "bliss_high": bliss_high,
            "hsa_excess": (fa - np.maximum(alone_a, alone_b))[0],
            "loewe_expected": loewe,
            "loewe_excess": fa[0] - loewe,
            "is_extrapolated": fa[0] > reached,
        }
    )


def _intervals(samples: Array) -> Array:
    """95 % interval of each column over the resampled rows, shape (2, n); NaN where the estimate,
    row 0, is.
    """
    return np.array(
        [
            interval(column[1:]) if np.isfinite(column[0]) else (math.nan, math.nan)
            for column in samples.T
        ]
    ).T.reshape(2, -1)


def ci_summary(
    table: pd.DataFrame, ratio: float | None = None, n_boot: int = 200, seed: int = 1
) -> pd.DataFrame:
    """Median combination index over the grid, and the index at ED50, ED75 and ED90 of a mixture of
    fixed ratio, with 95 % bootstrap intervals.

    Parameters
    ----------
    table, n_boot, seed
        As in :func:`ci_table`.
    ratio : float, optional
        Dose of a per dose of b in the mixture [-]; by default the one with the most doses on the
        slope, and at least three. Without such a ratio the table has the median alone.

    Returns
    -------
    DataFrame
        ``endpoint``: ``ci_median``, the median over the pairs with a mean effect in ``MEAN_RANGE``,
        or ``ci_ed50`` ...: the doses of the mixture over those of the drugs alone, all interpolated
        between those measured; ``ratio``, ``estimate``, ``ci_low``, ``ci_high`` [-]; ``n``: pairs
        of doses; ``is_extrapolated``: an active drug alone never reached the effect.

    Raises
    ------
    TableError
        As in :func:`ci_table`; too few doses in the ratio asked for.
    """
    samples = sample_wells(table, n_boot, seed)
    curves, reached = refitted_curves(samples)
    means, a, b = samples.means(), samples.dose_a[samples.starts], samples.dose_b[samples.starts]
    used = (a > 0) & (b > 0) & (means[0] >= MEAN_RANGE[0]) & (means[0] <= MEAN_RANGE[1])
    index = _index(a[used], b[used], means[:, used], *curves)
    rows = [
        (
            "ci_median",
            math.nan,
            _row_medians(index),
            int(used.sum()),
            bool((means[0, used] > reached).any()),
        )
    ]
    chosen = longest_ratio(a, b, means[0]) if ratio is None else float(f"{ratio:.6g}")
    if chosen is not None:
        rows += mixture_rows(samples, chosen, reached)
    limits = _intervals(np.column_stack([row[2] for row in rows]))
    values = [
        (name, r, x[0], low, high, n, beyond)
        for (name, r, x, n, beyond), low, high in zip(rows, *limits, strict=True)
    ]
    return pd.DataFrame(
        values,
        columns=["endpoint", "ratio", "estimate", "ci_low", "ci_high", "n", "is_extrapolated"],
    )


def _row_medians(values: Array) -> Array:
    """Median of the finite values of each row; NaN where there is none. Not the mean: the flat
    curve of a drug with a low plateau gives a pair at the plateau an index of any size.
    """
    return np.array(
        [
            float(np.median(row[np.isfinite(row)])) if np.isfinite(row).any() else math.nan
            for row in values
        ]
    )
