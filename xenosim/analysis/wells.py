"""Wells of a plate with two drugs: checked, resampled, and the curves of each drug alone."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from xenosim.analysis.dose_response import check_share
from xenosim.analysis.median_effect import (
    MedianEffect,
    fit_median_effect,
    least_squares,
    level_means,
)
from xenosim.errors import TableError
from xenosim.io.tables import require_columns

Array = NDArray[np.float64]
#: dm and m of a curve, or of the curve of every sample; None for a drug without effect by itself.
Curve = tuple[ArrayLike, ArrayLike] | None
KEYS = ["dose_a_nM", "dose_b_nM"]
#: Below this mean effect at every dose a drug counts as inactive: no more than the scatter of a few
#: wells.
NO_EFFECT = 0.1


class Samples(NamedTuple):
    """Wells sorted by doses, shape (n_wells,), with ``starts`` of each pair of doses; row 0 of
    ``affected`` is the data, the others resampled.
    """

    dose_a: Array
    dose_b: Array
    starts: NDArray[np.intp]
    affected: Array

    def means(self) -> Array:
        """Mean effect of each pair of doses, shape (samples, pairs)."""
        counts = np.diff(self.starts, append=self.dose_a.size)
        return np.asarray(np.add.reduceat(self.affected, self.starts, axis=1) / counts)


def _check_wells(table: pd.DataFrame, where: str) -> None:
    require_columns(table.columns, (*KEYS, "replicate", "viability"), where=where)
    numbers = table[[*KEYS, "viability"]].to_numpy(np.float64)
    bad = np.nonzero(~(np.isfinite(numbers) & (numbers >= 0)).all(axis=1))[0]
    if bad.size:
        values = ", ".join(
            f"{name} {value:g}"
            for name, value in zip((*KEYS, "viability"), numbers[bad[0]], strict=True)
        )
        raise TableError(
            f"row {bad[0] + 1}: {values}", where=where, remedy="doses and viabilities from 0 on"
        )
    twice = np.nonzero(table.duplicated([*KEYS, "replicate"]).to_numpy())[0]
    if twice.size:
        raise TableError(
            f"row {twice[0] + 1}: this well is there already",
            where=where,
            remedy="number the replicates of a pair of doses",
        )
    if not (numbers[:, :2] > 0).all(axis=1).any():
        raise TableError(
            "no well has both drugs",
            where=where,
            remedy="give the wells of the combination and of each drug alone",
        )


def sample_wells(table: pd.DataFrame, n_boot: int, seed: int, where: str = "wells") -> Samples:
    """Resample the wells of each pair of doses, relative to the resampled untreated wells where the
    table has them; not if a well is single.

    n wells drawn from n scatter less than n new ones, by sqrt((n-1)/n): the draws are spread about
    their mean by the inverse.
    """
    _check_wells(table, where)
    wells = table.sort_values([*KEYS, "replicate"])
    a, b, viability = (wells[name].to_numpy(np.float64) for name in (*KEYS, "viability"))
    starts = np.nonzero(np.diff(a, prepend=-1.0) + abs(np.diff(b, prepend=-1.0)))[0]
    rng = np.random.default_rng(seed)
    counts = np.diff(starts, append=a.size)
    drawn = n_boot if counts.min() > 1 else 0
    index = np.concatenate(
        [start + rng.integers(0, n, (drawn, n)) for start, n in zip(starts, counts, strict=True)],
        axis=1,
    )
    mean, spread = np.repeat(
        [np.add.reduceat(viability, starts) / counts, np.sqrt(counts / np.maximum(counts - 1, 1))],
        counts,
        axis=1,
    )
    signal = np.vstack([viability, np.maximum(mean + spread * (viability[index] - mean), 0.0)])
    untreated = (a == 0) & (b == 0)
    if untreated.any():
        if not viability[untreated].any():
            raise TableError(
                "the untreated wells have no signal",
                where=where,
                remedy="give viability relative to the untreated control",
            )
        signal = signal / signal[:, untreated].mean(axis=1, keepdims=True)
    check_share(signal[0], where)
    return Samples(a, b, starts, 1.0 - signal)


def fit_single(dose: Array, affected: Array, where: str) -> MedianEffect | None:
    """Curve of one drug; None if its mean effect is below ``NO_EFFECT`` at each of its doses."""
    if dose.size and level_means(dose, affected)[1].max() < NO_EFFECT:
        return None
    return fit_median_effect(dose, affected, where)


def wells_alone(samples: Samples) -> list[tuple[Array, NDArray[np.bool_], str]]:
    """Doses and wells of each drug alone."""
    a, b = samples.dose_a, samples.dose_b
    return [(a, (a > 0) & (b == 0), "drug a alone"), (b, (b > 0) & (a == 0), "drug b alone")]


def single_fits(table: pd.DataFrame) -> tuple[MedianEffect | None, MedianEffect | None]:
    """Curves of the two drugs alone in a wells table (columns and errors as in :func:`ci_table`)
    [nM]; None for an inactive drug.
    """
    samples = sample_wells(table, 0, 0)
    fit_a, fit_b = (
        fit_single(dose[wells], samples.affected[0, wells], where)
        for dose, wells, where in wells_alone(samples)
    )
    return fit_a, fit_b


def _refit(dose: Array, affected: Array) -> tuple[Array, Array]:
    """dm [nM] and m [-] of each row of ``affected``, shape (samples, 1) each; NaN where the fit
    does not converge.
    """
    best = np.full((len(affected), 2), np.nan)
    for i, row in enumerate(affected):
        try:
            best[i] = least_squares(dose, row)[0]
        except RuntimeError:
            continue
    return np.exp(best[:, :1]), np.exp(best[:, 1:])


def refitted_curves(samples: Samples) -> tuple[list[Curve], float]:
    """Curves of each drug alone in every sample, and the highest effect [-] that every active drug
    reached alone.
    """
    curves: list[Curve] = []
    reached = math.inf
    for dose, wells, where in wells_alone(samples):
        fit = fit_single(dose[wells], samples.affected[0, wells], where)
        if fit is None:
            curves.append(None)
        elif fit.is_determined:
            curves.append(_refit(dose[wells], samples.affected[:, wells]))
        else:
            # No dose has a known effect alone, so that no index is defined.
            curves.append((np.full((len(samples.affected), 1), np.nan),) * 2)
        if fit is not None:
            reached = min(
                reached, float(level_means(dose[wells], samples.affected[0, wells])[1].max())
            )
    return curves, reached
