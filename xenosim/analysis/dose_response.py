"""Hill fits of dose-response data, simulated or measured."""

from __future__ import annotations

import math
import warnings
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import OptimizeWarning

from xenosim.errors import TableError

Array = NDArray[np.float64]
Z95 = 1.959964


class HillFit(NamedTuple):
    """``ic50``: dose at which one half is left [unit of the doses], with its 95 % interval;
    ``slope`` and ``bottom``, the share that no dose removes [-]; ``note`` says why an IC50 is
    infinite, or that the curve does not follow the wells.

    ``ic50`` is inf, and the interval (highest dose, inf), where the viability does not fall to one
    half: nothing is extrapolated. The interval is that of the fit to these wells; it knows nothing
    of other plates, laboratories or parameters.
    """

    ic50: float
    ci_low: float
    ci_high: float
    slope: float
    bottom: float
    note: str


#: Highest share left at any dose for which an IC50 is fitted, and rms of the wells about the curve
#: from which on it is said to miss them [-].
MAX_BOTTOM, POOR_RMS = 0.45, 0.08


def hill(dose: Array, ic50: float, slope: float, bottom: float = 0.0) -> Array:
    """Viability bottom + (1 - bottom) / (1 + (dose/c)^slope) [-], c such that it is 1/2 at
    ``ic50``; doses and IC50 in one unit.
    """
    ln_c = math.log(ic50) + math.log((0.5 - bottom) / 0.5) / slope
    with np.errstate(divide="ignore"):
        return np.asarray(
            bottom
            + (1.0 - bottom) / (1.0 + np.exp(np.clip(slope * (np.log(dose) - ln_c), -700.0, 700.0)))
        )


def fit_hill(dose: Array, viability: Array, where: str = "dose-response") -> HillFit:
    """Fit a Hill curve from 1 to a plateau by least squares on ln IC50, ln slope and the plateau.

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
        Fewer than four doses, a dose that is not above 0, a viability that is negative or no
        number.
    """
    dose, viability = np.asarray(dose, np.float64), np.asarray(viability, np.float64)
    levels, means = _checked(dose, viability, where)
    if means.min() > 0.5:
        note = f"viability stays above one half: IC50 > {levels[-1]:g}"
        return HillFit(math.inf, float(levels[-1]), math.inf, math.nan, math.nan, note)
    if means.max() < 0.5:
        note = f"viability is below one half at every dose: IC50 < {levels[0]:g}"
        return HillFit(0.0, 0.0, float(levels[0]), math.nan, math.nan, note)
    (ln_ic50, ln_slope, bottom), error = _least_squares(dose, viability, levels, means)
    ic50, slope = math.exp(ln_ic50), math.exp(ln_slope)
    if error > math.log(1000.0):
        note = "the wells do not determine the IC50: no interval"
        return HillFit(ic50, 0.0, math.inf, slope, bottom, note)
    rms = float(np.sqrt(np.mean((hill(dose, ic50, slope, bottom) - viability) ** 2)))
    note = (
        f"the curve misses the wells by {100 * rms:.0f} points (rms): read the figure"
        if rms > POOR_RMS
        else ""
    )
    low, high = math.exp(ln_ic50 - error), math.exp(min(ln_ic50 + error, 700.0))
    return HillFit(ic50, low, high, slope, bottom, note)


def _checked(dose: Array, viability: Array, where: str) -> tuple[Array, Array]:
    """The doses and the mean viability at each; TableError if they cannot be fitted."""
    good = np.isfinite(viability) & (viability >= 0) & np.isfinite(dose) & (dose > 0)
    bad = np.nonzero(~good)[0]
    if bad.size:
        row = int(bad[0])
        raise TableError(
            f"row {row + 1}: dose {dose[row]:g}, viability {viability[row]:g}",
            where=where,
            remedy="doses above 0, viabilities from 0 on",
        )
    levels = np.unique(dose)
    if levels.size < 4:
        raise TableError(
            f"{levels.size} doses are too few for a fit",
            where=where,
            remedy="give at least four doses",
        )
    return levels, np.array([viability[dose == level].mean() for level in levels])


def _least_squares(
    dose: Array, viability: Array, levels: Array, means: Array
) -> tuple[tuple[float, float, float], float]:
    """ln IC50, ln slope and plateau of the best curve, and the half width of the 95 % interval of
    ln IC50.
    """
    from scipy.optimize import curve_fit

    start = [
        math.log(float(levels[int(np.argmin(abs(means - 0.5)))])),
        0.5,
        min(0.9 * float(means.min()), 0.9 * MAX_BOTTOM),
    ]
    lowest = [math.log(levels[0]) - 3.0, math.log(0.05), 0.0]
    highest = [math.log(levels[-1]) + 3.0, math.log(50.0), MAX_BOTTOM]

    def curve(x: Array, ln_ic50: float, ln_slope: float, bottom: float) -> Array:
        return hill(np.asarray(x), math.exp(ln_ic50), math.exp(ln_slope), bottom)

    with np.errstate(over="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", OptimizeWarning)
        found, covariance = curve_fit(
            curve,
            dose,
            viability,
            p0=np.clip(start, lowest, highest),
            bounds=(lowest, highest),
            maxfev=5000,
        )
    error = Z95 * math.sqrt(float(covariance[0, 0])) if np.isfinite(covariance).all() else math.inf
    ln_ic50, ln_slope, bottom = (float(x) for x in found)
    return (ln_ic50, ln_slope, bottom), error
