"""Median-effect curves of one drug.

The effect is the fraction affected, fa = 1 - viability [-].

Source: Chou and Talalay 1984, doi:10.1016/0065-2571(84)90007-4.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xenosim.analysis.dose_response import Z95, hill
from xenosim.analysis.growth import correlation
from xenosim.errors import TableError

Array = NDArray[np.float64]
#: Effects outside are on the flat ends of the curve, where the median-effect plot shows scatter
#: only.
INNER = 0.01, 0.99
#: Slopes a fit may take: steeper ones are not resolved by a dilution series, shallower ones are no
#: curve.
SLOPES = 0.05, 20.0


class MedianEffect(NamedTuple):
    """Curve fa/(1-fa) = (dose/dm)^m: ``dm`` [unit of the doses] with its 95 % interval, ``m`` [-].

    The interval is that of the wells' scatter about the curve; the untreated control counts as
    known. ``r`` [-] is the correlation in the median-effect plot, ln fa/(1-fa) of the mean effect
    against ln dose, NaN for fewer than three points in it.
    """

    dm: float
    m: float
    r: float
    dm_low: float
    dm_high: float

    @property
    def is_determined(self) -> bool:
        """Whether the wells tell the slope: it is inside :data:`SLOPES`, not at an end."""
        return 1.01 * SLOPES[0] < self.m < 0.99 * SLOPES[1]


def affected_at(dose: ArrayLike, fit: MedianEffect) -> Array:
    """Fraction affected [-] at ``dose`` [unit of ``fit.dm``].

    Examples
    --------
    >>> fit = MedianEffect(dm=10.0, m=2.0, r=1.0, dm_low=9.0, dm_high=11.0)
    >>> affected_at([10.0, 30.0], fit).round(6).tolist()
    [0.5, 0.9]
    """
    return 1.0 - hill(np.asarray(dose, np.float64), fit.dm, fit.m)


def dose_at(affected: ArrayLike, dm: ArrayLike, m: ArrayLike) -> Array:
    """Dose with the effect ``affected``, dm (fa/(1-fa))^(1/m) [unit of ``dm``]; NaN where no dose
    has it.

    Examples
    --------
    >>> float(dose_at(0.9, 10.0, 2.0).round(6))
    30.0
    """
    fa, m = np.asarray(affected, np.float64), np.asarray(m, np.float64)
    with np.errstate(all="ignore"):
        dose = np.asarray(dm, np.float64) * (fa / (1.0 - fa)) ** (1.0 / m)
    return np.where((fa > 0) & (fa < 1) & np.isfinite(dose) & (dose > 0), dose, np.nan)


def fit_median_effect(
    dose: ArrayLike, affected: ArrayLike, where: str = "median effect"
) -> MedianEffect:
    """Fit the median-effect curve by least squares on fa, not by a line through the logarithms.

    On logs a well at fa 0.995 weighs as much as one at 0.5 though its scatter is many times larger,
    and a well at or beyond 0 or 1 is lost.

    Parameters
    ----------
    dose : array, shape (n,)
        Doses above 0, repeated for replicates.
    affected : array, shape (n,)
        Fraction affected [-]; below 0 where a well outgrew the control, never above 1.
    where : str
        Place named in errors.

    Raises
    ------
    TableError
        Fewer than three doses or than two with a mean effect inside ``INNER``, a dose not above 0,
        an effect above 1 or no number.
    """
    dose, affected = np.asarray(dose, np.float64), np.asarray(affected, np.float64)
    bad = np.nonzero(~(np.isfinite(affected) & (affected <= 1) & np.isfinite(dose) & (dose > 0)))[0]
    if bad.size:
        row = int(bad[0])
        what = f"row {row + 1}: dose {dose[row]:g}, fraction affected {affected[row]:g}"
        raise TableError(what, where=where, remedy="doses above 0, effects up to 1")
    levels, means = level_means(dose, affected)
    inner = on_the_slope(means)
    if levels.size < 3 or inner.sum() < 2:
        what = (
            f"{levels.size} doses, {inner.sum()} of them with an effect between {INNER[0]:g} and"
            f" {INNER[1]:g}, are too few for a fit"
        )
        raise TableError(
            what, where=where, remedy="give at least three doses, two of them on the slope"
        )
    (ln_dm, ln_m), error = least_squares(dose, affected)
    x, y = np.log(levels[inner]), logit(means[inner])
    r = correlation(x, y) if inner.sum() >= 3 and np.ptp(y) > 0 else math.nan
    return MedianEffect(
        math.exp(ln_dm),
        math.exp(ln_m),
        r,
        math.exp(ln_dm - error),
        math.exp(min(ln_dm + error, 700.0)),
    )


def least_squares(dose: Array, affected: Array) -> tuple[Array, float]:
    """ln dm and ln m of the best curve, and the half width of the 95 % interval of ln dm."""
    from scipy.optimize import curve_fit

    levels, means = level_means(dose, affected)
    ln_dose = np.log(levels)
    bounds = [ln_dose[0] - 7.0, math.log(SLOPES[0])], [ln_dose[-1] + 14.0, math.log(SLOPES[1])]
    start = [ln_dose[int(np.argmin(abs(means - 0.5)))], 0.5]
    best, covariance = curve_fit(
        lambda x, a, b: 1.0 - hill(x, math.exp(a), math.exp(b)),
        dose,
        affected,
        p0=start,
        bounds=bounds,
        max_nfev=2000,
    )
    return best, (
        Z95 * math.sqrt(float(covariance[0, 0])) if np.isfinite(covariance).all() else math.inf
    )


def level_means(dose: Array, affected: Array) -> tuple[Array, Array]:
    """Doses, and the mean effect at each [-]."""
    levels, group = np.unique(dose, return_inverse=True)
    return levels, np.bincount(group, affected) / np.bincount(group)


def on_the_slope(affected: Array) -> NDArray[np.bool_]:
    """Whether an effect [-] is inside ``INNER``."""
    return (affected > INNER[0]) & (affected < INNER[1])


def logit(affected: Array) -> Array:
    """ln fa/(1 - fa)."""
    return np.log(affected / (1.0 - affected))
