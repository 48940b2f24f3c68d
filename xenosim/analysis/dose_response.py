"""Hill fits of dose-response data, simulated or measured."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.errors import TableError

Array = NDArray[np.float64]
Z95 = 1.959964


class HillFit(NamedTuple):
    """``ic50`` [unit of the doses] with its 95 % interval and ``slope`` [-]; ``note`` says why an IC50 is infinite.

    ``ic50`` is inf, and the interval (highest dose, inf), where the viability does not fall to one half: nothing is extrapolated.
    """

    ic50: float
    ci_low: float
    ci_high: float
    slope: float
    note: str


def hill(dose: Array, ic50: float, slope: float) -> Array:
    """Viability 1 / (1 + (dose/IC50)^slope) [-]; doses and IC50 in one unit."""
    with np.errstate(divide="ignore"):
        return np.asarray(1.0 / (1.0 + np.exp(np.clip(slope * (np.log(dose) - math.log(ic50)), -700.0, 700.0))))


def fit_hill(dose: Array, viability: Array, where: str = "dose-response") -> HillFit:
    """Fit a Hill curve from 1 to 0 by least squares on ln IC50 and ln slope.

    Parameters
    ----------
    dose : array, shape (n,)
        Doses above 0, repeated for replicates.
    viability : array, shape (n,)
        Signal relative to the untreated control [-].
    where : str
        Place named in errors.

    Raises
    ------
    TableError
        Fewer than four doses, a dose that is not above 0, a viability that is negative or no number.
    """
    from scipy.optimize import curve_fit

    dose, viability = np.asarray(dose, np.float64), np.asarray(viability, np.float64)
    bad = np.nonzero(~(np.isfinite(viability) & (viability >= 0) & np.isfinite(dose) & (dose > 0)))[0]
    if bad.size:
        row = int(bad[0])
        raise TableError(f"row {row + 1}: dose {dose[row]:g}, viability {viability[row]:g}", where=where, remedy="doses above 0, viabilities from 0 on")
    levels = np.unique(dose)
    if levels.size < 4:
        raise TableError(f"{levels.size} doses are too few for a fit", where=where, remedy="give at least four doses")
    means = np.array([viability[dose == level].mean() for level in levels])
    if means.min() > 0.5:
        return HillFit(math.inf, float(levels[-1]), math.inf, math.nan, f"viability stays above one half: IC50 > {levels[-1]:g}")
    if means.max() < 0.5:
        return HillFit(0.0, 0.0, float(levels[0]), math.nan, f"viability is below one half at every dose: IC50 < {levels[0]:g}")
    start = [math.log(float(levels[int(np.argmin(abs(means - 0.5)))])), 0.5]
    with np.errstate(over="ignore"):
        (ln_ic50, ln_slope), covariance = curve_fit(
            lambda x, a, b: hill(np.asarray(x), math.exp(a), math.exp(b)), dose, viability, p0=start, maxfev=5000
        )
    error = Z95 * math.sqrt(float(covariance[0, 0])) if np.isfinite(covariance).all() else math.inf
    return HillFit(math.exp(ln_ic50), math.exp(ln_ic50 - error), math.exp(min(ln_ic50 + error, 700.0)), math.exp(ln_slope), "")
