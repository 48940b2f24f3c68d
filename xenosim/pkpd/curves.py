"""Volume over time by four models of a whole tumor, each from the logarithms of its parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
#: Sharpness of the switch from exponential to linear growth in Simeoni's model [-].
PSI = 20.0
#: Longest time step of its solution [day].
STEP_D = 0.1
#: Largest logarithm of a volume that is told from larger ones [ln mm3].
LARGEST = 60.0


class Model(NamedTuple):
    """``curve`` of ln V [ln mm3] from ``days`` [day] and the logarithms of its parameters;
    ``names`` of these with units; ``first``, a first guess from the logarithm of the first volume,
    a growth rate [1/day] and the largest volume [mm3]; ``source``.
    """

    names: tuple[str, ...]
    curve: Callable[[Array, Array], Array]
    first: Callable[[float, float, float], tuple[float, ...]]
    source: str


def exponential(days: Array, logs: Array) -> Array:
    """ln V = ln V0 + r t."""
    return np.asarray(logs[0] + np.exp(logs[1]) * days)


def logistic(days: Array, logs: Array) -> Array:
    """dV/dt = r V (1 - V / K)."""
    start, rate, capacity = logs
    behind = np.log(np.expm1(np.clip(capacity - start, 1e-9, LARGEST)))
    return np.asarray(capacity - np.logaddexp(0.0, behind - np.exp(rate) * days))


def gompertz(days: Array, logs: Array) -> Array:
    """ln V = ln V0 + r (1 - exp(-b t)) / b."""
    start, rate, slowing = logs
    b = np.exp(slowing)
    return np.asarray(start - np.exp(rate) * np.expm1(-b * days) / b)


def simeoni(
    days: Array,
    logs: Array,
    killing: tuple[float, float] | None = None,
    concentration: Callable[[Array], Array] | None = None,
) -> Array:
    """Growth that turns from exponential (rate lambda0) to linear (lambda1), and cells that a drug
    has hit and that die over three stages.

    Parameters
    ----------
    days : array
        Rising, from day 0 on [day].
    logs : array
        Logarithms of V0 [mm3], lambda0 [1/day] and lambda1 [mm3/day].
    killing : pair of float, optional
        Logarithms of k2 [1/(nM day)] and k1 [1/day].
    concentration : callable, optional
        Plasma concentration [nM] at times [day].

    Source: Simeoni et al. 2004, doi:10.1158/0008-5472.CAN-03-2524.
    """
    start, rate, linear = np.exp(np.minimum(logs, LARGEST))
    potency, passage = np.exp(killing) if killing else (0.0, 1.0)
    count = max(int(np.ceil(days[-1] / STEP_D)), 1)
    times = np.linspace(0.0, days[-1], 2 * count + 1)
    hit = potency * (concentration(times) if concentration else np.zeros(times.size))
    step = days[-1] / count

    def slope(x: Array, kill: float) -> Array:
        total = max(float(x.sum()), 1e-12)
        bend = (1.0 + min(rate * total / linear, 1e12) ** PSI) ** (1.0 / PSI)
        flow = passage * x[1:]
        growth = rate * x[0] / bend - kill * x[0]
        return np.array([growth, kill * x[0] - flow[0], flow[0] - flow[1], flow[1] - flow[2]])

    x, volumes = np.array([start, 0.0, 0.0, 0.0]), [start]
    for k in range(count):
        a, b, c = hit[2 * k], hit[2 * k + 1], hit[2 * k + 2]
        k1 = slope(x, a)
        k2 = slope(x + 0.5 * step * k1, b)
        k3 = slope(x + 0.5 * step * k2, b)
        k4 = slope(x + step * k3, c)
        x = np.maximum(x + step / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4), 0.0)
        volumes.append(float(x.sum()))
    return np.interp(days, times[::2], np.log(np.maximum(volumes, 1e-6)))


MODELS = {
    "exponential": Model(
        ("V0 [mm3]", "rate [1/day]"),
        exponential,
        lambda start, rate, largest: (start, np.log(rate)),
        "Skipper et al. 1964",
    ),
    "logistic": Model(
        ("V0 [mm3]", "rate [1/day]", "capacity [mm3]"),
        logistic,
        lambda start, rate, largest: (start, np.log(rate), np.log(3.0 * largest)),
        "Verhulst 1838",
    ),
    "gompertz": Model(
        ("V0 [mm3]", "rate [1/day]", "deceleration [1/day]"),
        gompertz,
        lambda start, rate, largest: (start, np.log(1.3 * rate), np.log(0.02)),
        "Laird 1964, doi:10.1038/bjc.1964.55",
    ),
    "simeoni": Model(
        ("V0 [mm3]", "lambda0 [1/day]", "lambda1 [mm3/day]"),
        simeoni,
        lambda start, rate, largest: (start, np.log(rate), np.log(rate * largest)),
        "Simeoni et al. 2004, doi:10.1158/0008-5472.CAN-03-2524",
    ),
}
