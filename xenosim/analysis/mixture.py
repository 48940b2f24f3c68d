"""Mixtures of two drugs at a fixed ratio: the doses with an effect, and their index."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from xenosim.analysis.median_effect import logit, on_the_slope
from xenosim.analysis.wells import Samples
from xenosim.errors import TableError

Array = NDArray[np.float64]
EFFECTS = 0.5, 0.75, 0.9


def dose_ratios(a: Array, b: Array) -> Array:
    """Dose of a per dose of b [-] to six digits, so that equal ratios of rounded doses compare
    equal.
    """
    return np.array([float(f"{x:.6g}") for x in a / b])


def longest_ratio(a: Array, b: Array, affected: Array) -> float | None:
    """The ratio with the most doses on the slope; None if none has three."""
    pair = (a > 0) & (b > 0) & on_the_slope(affected)
    ratios, counts = np.unique(dose_ratios(a[pair], b[pair]), return_counts=True)
    return float(ratios[int(np.argmax(counts))]) if counts.size and counts.max() >= 3 else None


def mixture_rows(
    samples: Samples, ratio: float, reached: float
) -> list[tuple[str, float, Array, int, bool]]:
    """The index at each of ``EFFECTS`` in every sample: the mixture's dose, shared by the ratio,
    over the doses of the drugs alone.
    """
    a, b = samples.dose_a, samples.dose_b
    wells = (a > 0) & (b > 0)
    wells[wells] = dose_ratios(a[wells], b[wells]) == ratio
    dose, share = (a + b)[wells], ratio / (1.0 + ratio)
    levels = np.unique(dose)
    if levels.size < 3:
        raise TableError(
            f"mixture {ratio:g} to 1: {levels.size} doses",
            where="ratio",
            remedy="choose a ratio with at least three doses",
        )
    total = np.array([_doses_reaching(samples, wells, dose, effect) for effect in EFFECTS])
    alone = [
        np.array([_doses_reaching(samples, w, x[w], effect) for effect in EFFECTS])
        for x, w in ((a, (a > 0) & (b == 0)), (b, (b > 0) & (a == 0)))
    ]
    rows = []
    for k, effect in enumerate(EFFECTS):
        # A drug that never has the effect alone adds nothing: its dose would be an extrapolation.
        terms = [
            np.where(np.isfinite(x[k]), part * total[k] / x[k], 0.0)
            for x, part in zip(alone, (share, 1.0 - share), strict=True)
        ]
        index = np.where(
            np.isfinite(alone[0][k]) | np.isfinite(alone[1][k]), terms[0] + terms[1], math.nan
        )
        rows.append((f"ci_ed{100 * effect:.0f}", ratio, index, levels.size, effect > reached))
    return rows


def _doses_reaching(
    samples: Samples, wells: NDArray[np.bool_], dose: Array, effect: float
) -> Array:
    """Dose with ``effect`` [-] in every sample, by :func:`_dose_reaching` on the mean of the
    ``wells`` of each dose.
    """
    levels = np.unique(dose)
    means = np.array(
        [samples.affected[:, wells][:, dose == level].mean(axis=1) for level in levels]
    ).T
    return np.array([_dose_reaching(levels, row, effect) for row in means])


def _dose_reaching(levels: Array, affected: Array, effect: float) -> float:
    """First dose at which ``effect`` [-] is crossed, ln fa/(1-fa) linear in ln dose between levels;
    NaN if it is not: nothing is extrapolated.

    Not from a median-effect fit to the mixture: a drug with a plateau and a steep one together do
    not follow it.
    """
    logits, goal = logit(np.clip(affected, 1e-3, 1.0 - 1e-3)), float(logit(np.asarray(effect)))
    for k in range(levels.size - 1):
        if logits[k] < goal <= logits[k + 1]:
            t = (goal - logits[k]) / (logits[k + 1] - logits[k])
            return float(np.exp(np.log(levels[k]) + t * np.log(levels[k + 1] / levels[k])))
    return math.nan
