"""Growth of one animal's tumor: rate, doubling time, area under the curve, time to a multiple of
its baseline.
"""

from __future__ import annotations

import math

import numpy as np


def growth_rate_per_day(days: np.ndarray, volumes: np.ndarray) -> float:
    """Slope of ln V over the given days [1/day]; NaN with fewer than two points (Demidenko 2010,
    PMC2900851).
    """
    return slope(days, np.log(volumes)) if len(days) > 1 else math.nan


def slope(x: np.ndarray, y: np.ndarray) -> float:
    """Slope of the line of least squares [unit of y per unit of x], from exact sums: the same on
    every processor, and 0 of a constant; NaN if all ``x`` are one.

    Examples
    --------
    >>> slope(np.array([0.0, 3.0, 6.0]), np.full(3, 0.1))
    0.0
    """
    from_first = [float(b - y[0]) for b in y]
    middle = math.fsum(x) / len(x)
    distance = [float(a) - middle for a in x]
    spread = math.fsum(d * d for d in distance)
    if spread == 0:
        return math.nan
    return math.fsum(d * b for d, b in zip(distance, from_first, strict=True)) / spread


def correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Pearson's r [-], from the exact sums of :func:`slope`; NaN if all ``x`` or all ``y`` are one.

    Examples
    --------
    >>> correlation(np.array([1.0, 2.0, 3.0]), np.array([3.0, 1.0, -1.0]))
    -1.0
    """
    forward, back = slope(x, y), slope(y, x)
    return math.copysign(min(math.sqrt(abs(forward * back)), 1.0), forward)


def doubling_time_days(rate_per_day: float) -> float:
    """ln 2 / rate [day]; infinite where the tumor does not grow (Demidenko 2010, PMC2900851)."""
    return math.log(2.0) / rate_per_day if rate_per_day > 0 else math.inf


def growth_auc_per_day(days: np.ndarray, volumes: np.ndarray) -> float:
    """2 AUC(ln(V + 1) - ln(V0 + 1)) / span^2 [1/day], trapezoids, V in mm3; NaN with fewer than two
    points.

    About the growth rate if growth is exponential, and only then. Source: R package invivoSyn (Mao
    and Guo 2023, Cancer Res Commun 3:2146).
    """
    if len(days) < 2:
        return math.nan
    gain = np.log(volumes + 1.0) - math.log(volumes[0] + 1.0)
    return float(2.0 * np.trapezoid(gain, days) / (days[-1] - days[0]) ** 2)


def time_to_multiple(days: np.ndarray, volumes: np.ndarray, multiple: float) -> float:
    """First day at which an animal's volume reaches ``multiple`` x its baseline, interpolated in ln
    V [day]; inf if never.

    Source: time to an event per animal, 4 x start volume, Houghton et al. 2007 (Pediatr Blood
    Cancer 49:928).
    """
    target = math.log(multiple * volumes[0])
    logs = np.log(volumes)
    above = np.nonzero(logs >= target)[0]
    if above.size == 0:
        return math.inf
    i = int(above[0])
    if i == 0:
        return float(days[0])
    share = (target - logs[i - 1]) / (logs[i] - logs[i - 1])
    return float(days[i - 1] + share * (days[i] - days[i - 1]))


def time_to_volume(days: np.ndarray, volumes: np.ndarray, target_mm3: float) -> float:
    """First day at which an animal's volume reaches ``target_mm3`` [mm3], interpolated in ln V
    [day]; inf if never.
    """
    return time_to_multiple(days, volumes, target_mm3 / float(volumes[0]))


def time_to_progression(days: np.ndarray, volumes: np.ndarray, factor: float) -> float:
    """First day at which an animal's volume is ``factor`` times the smallest before, interpolated
    in ln V [day]; inf if never.

    Examples
    --------
    >>> round(time_to_progression(np.array([0.0, 7.0]), np.array([50.0, 200.0]), 2.0), 3)
    3.5
    """
    logs = np.log(volumes)
    targets = np.minimum.accumulate(logs) + math.log(factor)
    above = np.nonzero(logs[1:] >= targets[:-1])[0]
    if above.size == 0:
        return math.inf
    i = int(above[0]) + 1
    share = (targets[i - 1] - logs[i - 1]) / (logs[i] - logs[i - 1])
    return float(days[i - 1] + share * (days[i] - days[i - 1]))


def mean_relative_volume(days: np.ndarray, volumes: np.ndarray) -> float:
    """Area under V/V0 divided by the days on study [-], trapezoids; NaN with fewer than two points.

    Examples
    --------
    >>> mean_relative_volume(np.array([0.0, 10.0]), np.array([100.0, 300.0]))
    2.0
    """
    if len(days) < 2:
        return math.nan
    return float(np.trapezoid(volumes / volumes[0], days) / (days[-1] - days[0]))
