"""When a published result of an animal study counts as met, from what the model gives for it.

A number is met if it lies as far from the simulated expectation as scatter of the published study
and what had to be assumed of its design explain, and if the simulation says more than nothing. A
direction is met by the share of parameter sets that have it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

#: SD of ln V between animals of a published arm [-]; animals of an arm where none is stated [-].
BETWEEN_SD, USUAL_N = 0.4, 8
#: SD of ln T/C from a day, start volume or doubling time that had to be assumed [-].
DESIGN_SD = 0.3
#: Standard deviations of an interval of 90 %, one-sided of 95 % [-].
Z90 = 1.64
#: Widest simulated interval of 90 % that still says something, upper over lower end [-].
WIDEST = 4.0
#: Least share of the parameter sets that must have a direction, and no response [-].
DIRECTION, NO_RESPONSE = 0.8, 0.5
#: T/C from which on a drug is said to do nothing [-].
INACTIVE = 0.8
#: Of a test at 5 %, in standard deviations [-].
Z95 = 1.96


class Simulated(NamedTuple):
    """Expectations of one quantity: ``values`` (sets,), one for each set of parameters; ``mc_sd``:
    of ln of their mean, from the few animals simulated [-].
    """

    values: Array
    mc_sd: float = 0.0

    @property
    def center(self) -> float:
        """Median over the parameter sets."""
        return float(np.median(self.values))

    def interval(self, extra_sd: float = 0.0) -> tuple[float, float]:
        """5 and 95 % of what the sets give, on the log scale; ``extra_sd``: normal scatter of ln
        about each of them [-]. Of one set without scatter: its value, twice.
        """
        logs = np.log(np.maximum(self.values, 1e-6))
        grid = (np.arange(200) + 0.5) / 200
        z = _normal_quantiles(grid) * math.hypot(extra_sd, self.mc_sd)
        low, high = np.quantile(logs[:, None] + z[None, :], (0.05, 0.95))
        return float(np.exp(low)), float(np.exp(high))


def _normal_quantiles(shares: Array) -> Array:
    from scipy.stats import norm

    return np.asarray(norm.ppf(shares))


def tolerance(n: int, assumed_design: bool, mc_sd: float) -> float:
    """Largest distance of ln T/C, simulated from published, that is met [-]; ``n`` animals in each
    published arm, ``mc_sd`` of the simulation [-].

    Examples
    --------
    >>> round(tolerance(8, True, 0.0), 3)
    0.591
    """
    return Z90 * math.hypot(published_sd(n, assumed_design), mc_sd)


def published_sd(n: int, assumed_design: bool) -> float:
    """SD of the ln T/C that such a study prints about the expectation [-]."""
    return math.hypot(BETWEEN_SD * math.sqrt(2.0 / n), DESIGN_SD if assumed_design else 0.0)


class Judged(NamedTuple):
    """A verdict, "met", "MISS" or "inconclusive"; the band that was asked for; the simulated
    interval; ``said``: the rule and its numbers; ``predicted``: where 90 % of such studies would
    find it, of a number.
    """

    verdict: str
    low: float
    high: float
    sim_low: float
    sim_high: float
    said: str
    predicted: tuple[float, float] = (math.nan, math.nan)


def judge_number(found: Simulated, published: float, n: int, assumed_design: bool) -> Judged:
    """A published T/C [-] against the simulated ones: near enough, and not so vague that anything
    would be.
    """
    limit = tolerance(n, assumed_design, found.mc_sd)
    low, high = found.interval()
    distance = math.log(max(found.center, 1e-6) / published)
    near, vague = abs(distance) <= limit, high / low >= WIDEST
    said = f"ln simulated/published {distance:+.2f}, at most {limit:.2f} either way"
    if vague:
        said += f"; interval wider than a factor of {WIDEST:g}"
    predicted = found.interval(published_sd(n, assumed_design))
    said += f"; 90 % predictive interval {predicted[0]:.2g} to {predicted[1]:.2g}"
    verdict = "MISS" if not near else "inconclusive" if vague else "met"
    band = published * math.exp(-limit), published * math.exp(limit)
    return Judged(verdict, *band, low, high, said, predicted)


def judge_share(
    found: Simulated, holds: NDArray[np.bool_], least: float, what: str, band: tuple[float, float]
) -> Judged:
    """A direction: the share of the sets in which it ``holds`` (sets,) against the ``least`` one;
    ``what`` is said of it, ``band`` of the simulated quantity.
    """
    share = float(np.mean(holds))
    said = f"P({what}) {share:.2f}, at least {least:g} asked"
    return Judged("met" if share >= least else "MISS", *band, *found.interval(), said)


def significance(treated: Array, control: Array, n: int, error_sd: float = 0.0) -> float:
    """Chance that a study of ``n`` against ``n`` other animals finds a difference, from final
    volumes (animals,) of such animals [mm3]; ``error_sd`` of a reading, of ln V [-]. Two-sided test
    of ln V at 5 %, normal approximation.

    Examples
    --------
    >>> import numpy as np
    >>> volumes = np.array([400.0, 500.0, 650.0])
    >>> significance(volumes, volumes, 8) < 0.06 < 0.9 < significance(volumes / 4, volumes, 8)
    True
    """
    from scipy.stats import norm

    logs = [np.log(np.maximum(volumes, 1e-3)) for volumes in (treated, control)]
    variance = sum(float(np.var(each, ddof=1)) + error_sd**2 for each in logs) / n
    z = (float(logs[0].mean()) - float(logs[1].mean())) / math.sqrt(max(variance, 1e-12))
    return float(norm.sf(Z95 - z) + norm.cdf(-Z95 - z))


def judge_count(found: Simulated, published: int, of: int) -> Judged:
    """A published number of animals or models, ``of`` so many, against the simulated numbers
    (sets,): met if 90 % of studies of that size, with the simulated share, hold it.
    """
    from scipy.stats import binom

    shares = (np.clip(found.values, 0.0, of) + 0.5) / (of + 1.0)
    counts = np.arange(of + 1)
    below = np.mean([binom.cdf(counts, of, share) for share in shares], axis=0)
    low, high = int(np.searchsorted(below, 0.05)), int(np.searchsorted(below, 0.95))
    said = f"90 % of studies of {of} would find {low} to {high}"
    verdict = "met" if low <= published <= high else "MISS"
    return Judged(verdict, float(published), float(published), float(low), float(high), said)


def judge_range(found: Simulated, low: float, high: float, tolerated: float) -> Judged:
    """A published range of a ratio [-] against the simulated one; ``tolerated``: of its logarithm
    beyond the ends [-].
    """
    band = low * math.exp(-tolerated), high * math.exp(tolerated)
    met = band[0] <= found.center <= band[1]
    said = f"published {low:g} to {high:g}, {tolerated:.2f} of ln beyond that"
    return Judged("met" if met else "MISS", *band, *found.interval(), said)


def agreement(table: pd.DataFrame) -> str:
    """How well numbers of animal studies agree, by use: mean absolute error of T/C, and how many
    published ones their predictive interval of 90 % holds; "" without such rows.
    """
    if "predicted_low" not in table:
        return ""
    rows = table[table["predicted_low"].notna() & table["used"].isin(("calibration", "validation"))]
    parts = []
    for used, of_use in rows.groupby("used"):
        error = float((of_use["simulated"] - of_use["published"]).abs().mean())
        parts.append(f"mean absolute error of T/C {error:.2f} over {len(of_use)} {used} rows")
    if parts:
        held = (rows["predicted_low"] <= rows["published"]) & (
            rows["published"] <= rows["predicted_high"]
        )
        parts.append(f"{int(held.sum())} of {len(rows)} inside their 90 % predictive interval")
    return "; ".join(parts)
