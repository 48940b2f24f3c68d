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
    """``ic50``: dose at which one half is left [unit of the doses], with its 95 % interval;
    ``slope`` and ``bottom``, the share that no dose removes [-]; ``note`` says why an IC50 is
    infinite, or that the curve does not follow the wells.

    ``ic50`` is inf, and the interval (highest dose, inf), where the viability does not fall to one
    half, and inf with a note where it does not stay there: nothing is extrapolated. The interval is
    the profile of the fit to these wells; it knows nothing of other plates, laboratories or
    parameters.
    """

    ic50: float
    ci_low: float
    ci_high: float
    slope: float
    bottom: float
    note: str


#: Highest plateau of a curve that has an IC50, and rms of the wells about the curve from which on
#: it is said to miss them [-].
MAX_BOTTOM, POOR_RMS = 0.499, 0.08
#: Slopes that are searched [-], and how far beyond the doses an IC50 is (factor).
SLOPES, BEYOND = (0.05, 50.0), math.exp(3.0)
#: Above this a viability is taken for per cent [-].
MAX_VIABILITY = 2.0


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
    if _falling(means)[-1] > 0.5:
        lowest = int(np.argmin(means))
        note = (
            f"no IC50: viability is {100 * means[lowest]:.0f} % at {levels[lowest]:g} and"
            f" {100 * means[-1]:.0f} % at the highest dose, {levels[-1]:g}"
        )
        return HillFit(math.inf, 0.0, math.inf, math.nan, math.nan, note)
    return _fitted(dose, viability, levels, means)


def _fitted(dose: Array, viability: Array, levels: Array, means: Array) -> HillFit:
    """The best curve with its profile interval, and what the wells do not determine."""
    wells = _Wells(dose, viability, levels)
    best = wells.best(means)
    low, high = wells.profile(best)
    ic50, slope, bottom = math.exp(best[0]), math.exp(best[1]), float(best[2])
    if _at_bound(best[0], wells.ln_ic50):
        note = "no IC50: the fit runs to the end of its search, so the wells do not determine it"
        return HillFit(math.inf, low, math.inf, math.nan, math.nan, note)
    notes = []
    if not (low > 0 and high < math.inf):
        notes.append("the wells do not determine the IC50 on both sides")
    if _at_bound(best[1], wells.ln_slope):
        kind = "steeper" if slope > 1 else "flatter"
        notes.append(f"the slope is at its bound: {kind} than these doses resolve")
    if bottom > MAX_BOTTOM - 1e-3:
        notes.append("the plateau is at its bound, one half: the IC50 is where it is reached")
    rms = math.sqrt(wells.squares(best) / dose.size)
    if rms > POOR_RMS:
        notes.append(f"the curve misses the wells by {100 * rms:.0f} points (rms): read the figure")
    return HillFit(ic50, low, high, slope, bottom, "; ".join(notes))


def _falling(means: Array) -> Array:
    """The falling sequence nearest to ``means``, shape (n,) (pool adjacent violators)."""
    blocks: list[tuple[float, int]] = []
    for value in means:
        block = (float(value), 1)
        while blocks and blocks[-1][0] < block[0]:
            other, n = blocks.pop()
            block = ((other * n + block[0] * block[1]) / (n + block[1]), n + block[1])
        blocks.append(block)
    return np.concatenate([np.full(n, value) for value, n in blocks])


def _at_bound(value: float, bounds: tuple[float, float]) -> bool:
    return min(value - bounds[0], bounds[1] - value) < 1e-3


class _Wells:
    """Least squares of a Hill curve in ln IC50, ln slope and plateau."""

    def __init__(self, dose: Array, viability: Array, levels: Array) -> None:
        self.dose, self.viability = dose, viability
        self.ln_ic50 = (math.log(levels[0] / BEYOND), math.log(levels[-1] * BEYOND))
        self.ln_slope = (math.log(SLOPES[0]), math.log(SLOPES[1]))
        self.levels = levels

    def residuals(self, x: Array) -> Array:
        """Curve less wells [-], shape (n,)."""
        with np.errstate(over="ignore"):
            return hill(self.dose, math.exp(x[0]), math.exp(x[1]), float(x[2])) - self.viability

    def squares(self, x: Array) -> float:
        """Sum of squared residuals [-]."""
        return float((self.residuals(x) ** 2).sum())

    def best(self, means: Array) -> Array:
        """The best of several starts: a plateau makes a second valley."""
        from scipy.optimize import least_squares

        bounds = np.array([self.ln_ic50, self.ln_slope, (0.0, MAX_BOTTOM)]).T
        middle = math.log(float(self.levels[int(np.argmin(abs(means - 0.5)))]))
        plateau = min(0.9 * float(means.min()), 0.9 * MAX_BOTTOM)
        starts = [(middle, 0.5, plateau), (middle, 0.5, 0.0), (middle, 1.2, 0.98 * means.min())]
        found = [
            least_squares(
                self.residuals, np.clip(start, *(bounds + [[1e-6], [-1e-6]])), bounds=bounds
            )
            for start in starts
        ]
        return np.asarray(min(found, key=lambda fit: fit.cost).x, np.float64)

    def profile(self, best: Array) -> tuple[float, float]:
        """95 % interval of the IC50: where no slope and plateau fit nearly as well any more.

        0 and infinity where the wells leave it open within the search.

        Source: profile likelihood; Bates and Watts 1988 (Nonlinear Regression Analysis), 6.1.
        """
        from scipy.stats import f

        free = max(self.dose.size - 3, 1)
        limit = self.squares(best) * (1.0 + float(f.ppf(0.95, 1, free)) / free) + 1e-12
        low, high = (
            self._crossing(best, side, bound, limit)
            for side, bound in zip((-1.0, 1.0), self.ln_ic50, strict=True)
        )
        return (
            0.0 if low == self.ln_ic50[0] else math.exp(low),
            math.inf if high == self.ln_ic50[1] else math.exp(high),
        )

    def _crossing(self, best: Array, side: float, bound: float, limit: float) -> float:
        """ln IC50 on one ``side`` where the profile passes ``limit``; ``bound`` if it does not."""
        from scipy.optimize import brentq

        least, others = self.squares(best), np.asarray(best[1:])

        allowed = math.sqrt(limit - least)
        known = {float(best[0]): -allowed}

        def excess(ln_ic50: float) -> float:
            nonlocal others
            if ln_ic50 not in known:
                squares, others = self._given(ln_ic50, others)
                # The root of the squares is nearly a straight line.
                known[ln_ic50] = math.sqrt(max(squares - least, 0.0)) - allowed
            return known[ln_ic50]

        inside, step = float(best[0]), 0.1
        while True:
            outside = inside + side * step
            if side * (outside - bound) >= 0:
                outside = bound
            if excess(outside) > 0:
                break
            if outside == bound:
                return bound
            inside, step = outside, 2.0 * step
        return float(brentq(excess, inside, outside, xtol=1e-3))

    def _given(self, ln_ic50: float, start: Array) -> tuple[float, Array]:
        """Sum of squares of the best slope and plateau for an IC50, and these."""
        from scipy.optimize import least_squares

        bounds = np.array([self.ln_slope, (0.0, MAX_BOTTOM)]).T
        fit = least_squares(
            lambda x: self.residuals(np.array([ln_ic50, *x])),
            np.clip(start, *(bounds + [[1e-9], [-1e-9]])),
            bounds=bounds,
            xtol=1e-7,
            ftol=1e-7,
        )
        return 2.0 * float(fit.cost), np.asarray(fit.x)


def check_share(viability: Array, where: str) -> None:
    """Refuse viabilities [-] that are per cent, counts or raw signals.

    Raises
    ------
    TableError
        Naming the first.
    """
    large = np.nonzero(np.asarray(viability) > MAX_VIABILITY)[0]
    if large.size:
        raise TableError(
            f"row {large[0] + 1}: viability {viability[large[0]]:g}",
            where=where,
            remedy="give it as a share of the untreated control: divide per cent by 100, a signal"
            " by that of the untreated wells",
        )


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
    check_share(viability, where)
    levels = np.unique(dose)
    if levels.size < 4:
        raise TableError(
            f"{levels.size} doses are too few for a fit",
            where=where,
            remedy="give at least four doses",
        )
    return levels, np.array([viability[dose == level].mean() for level in levels])
