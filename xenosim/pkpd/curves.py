"""Volume over time by four models of a whole tumor, each from the logarithms of its parameters."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
#: Sharpness of the switch from exponential to linear growth in Simeoni's model [-].
PSI = 20.0
#: Longest time step of its solution [day].
STEP_D = 0.1
#: Largest ratio of a volume to that where growth turns linear that is told from larger ones [-].
FAR = 1e12
State = tuple[float, float, float, float]
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
    start, rate, linear = np.exp(np.minimum(logs, LARGEST)).tolist()
    potency, passage = np.exp(killing).tolist() if killing else (0.0, 1.0)
    count = max(int(np.ceil(days[-1] / STEP_D)), 1)
    times = np.linspace(0.0, days[-1], 2 * count + 1)
    hit = potency * (concentration(times) if concentration else np.zeros(times.size))
    step = float(days[-1]) / count
    stages = partial(_stages, rate=rate, linear=linear, passage=passage)
    volumes = _solved(stages, start, step, hit.tolist())
    return np.interp(days, times[::2], np.log(np.maximum(volumes, 1e-6)))


def _stages(x: State, kill: float, rate: float, linear: float, passage: float) -> State:
    """Slopes of growing and of dying cells [mm3/day]; plain numbers, for fits ask many thousand
    times.
    """
    grows, a, b, c = x
    total = max(grows + a + b + c, 1e-12)
    bend = (1.0 + min(rate * total / linear, FAR) ** PSI) ** (1.0 / PSI)
    dies = kill * grows
    return (
        rate * grows / bend - dies,
        dies - passage * a,
        passage * (a - b),
        passage * (b - c),
    )


def _solved(
    stages: Callable[[State, float], State], start: float, step: float, hit: list[float]
) -> list[float]:
    """Volumes [mm3] after each step, by Runge and Kutta's fourth-order method; ``hit``: rate of
    death at the ends and the middles of the steps [1/day].
    """

    def ahead(x: State, slope: State, share: float) -> State:
        far = share * step
        (a, b, c, d), (e, f, g, h) = x, slope
        return (a + far * e, b + far * f, c + far * g, d + far * h)

    x: State = (start, 0.0, 0.0, 0.0)
    volumes = [start]
    for k in range(0, len(hit) - 1, 2):
        k1 = stages(x, hit[k])
        k2 = stages(ahead(x, k1, 0.5), hit[k + 1])
        k3 = stages(ahead(x, k2, 0.5), hit[k + 1])
        k4 = stages(ahead(x, k3, 1.0), hit[k + 2])
        for slope, share in ((k1, 1 / 6), (k2, 1 / 3), (k3, 1 / 3), (k4, 1 / 6)):
            x = ahead(x, slope, share)
        x = (max(x[0], 0.0), max(x[1], 0.0), max(x[2], 0.0), max(x[3], 0.0))
        volumes.append(sum(x))
    return volumes


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
