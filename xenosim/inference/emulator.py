"""A Gaussian process for each output: what the model would say of a draw, and how surely.

Inputs are standard normal scores of the priors, outputs residuals in units of the data's error,
squeezed beyond a few of them: what is far from the data need not be told apart. The mean is linear
with an unknown slope, the rest smooth with a length for each input; how long is found by the
likelihood of the points (Rasmussen and Williams 2006, eq. 5.8).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize

Array = NDArray[np.float64]
#: Residuals are squeezed to at most so many errors [-].
WIDEST = 6.0
#: Points on which lengths are found; all points are conditioned on.
MOST_FITTED = 250
#: Logarithms of size, slope, noise and lengths [-]: start and bounds.
_START = (0.0, -1.0, -2.5, 1.5)
_BOUNDS = ((-4.0, 4.0), (-5.0, 2.0), (-5.0, 1.5), (-0.7, 5.0))
_STEPS = 40


def squeezed(residuals: Array) -> Array:
    """Residuals in units of the error, within plus and minus :data:`WIDEST` [-]."""
    return WIDEST * np.tanh(residuals / WIDEST)


class Emulator(NamedTuple):
    """One fitted process: its points ``x`` (n, p), ``lengths`` (p,), squared ``size``, ``slope``
    and ``noise``, the ``mean`` of the output; ``weights`` (n,) and the inverse covariance
    ``inverse`` (n, n).
    """

    x: Array
    lengths: Array
    size: float
    slope: float
    noise: float
    mean: float
    weights: Array
    inverse: Array

    def predict(self, at: Array) -> tuple[Array, Array]:
        """Mean (k,) and variance (k,), noise included, at places ``at`` (k, p)."""
        cross = _covariance(at, self.x, self.lengths, self.size, self.slope)
        mean = self.mean + cross @ self.weights
        own = self.size + self.slope * (at**2).sum(axis=1)
        known = ((cross @ self.inverse) * cross).sum(axis=1)
        return mean, np.maximum(own - known, 0.0) + self.noise

    def left_out(self, y: Array) -> tuple[Array, Array]:
        """Error (n,) and its expected size (n,) at each point, predicted from all others."""
        variance = 1.0 / np.diag(self.inverse)
        return self.weights * variance, np.sqrt(variance)


def fit(x: Array, y: Array) -> Emulator:
    """The process of outputs ``y`` (n,) at places ``x`` (n, p).

    Examples
    --------
    >>> x = np.random.default_rng(1).standard_normal((60, 2))
    >>> mean, _ = fit(x, np.sin(x[:, 0])).predict(np.array([[0.5, 0.0]]))
    >>> bool(abs(mean[0] - math.sin(0.5)) < 0.05)
    True
    """
    centered, p = y - y.mean(), x.shape[1]
    spread = max(float(centered.std()), 1e-6)
    some = np.linspace(0, len(x) - 1, min(len(x), MOST_FITTED)).astype(int)
    start = np.array([*_START[:3], *[_START[3]] * p])
    best = minimize(
        _loss,
        start,
        args=(x[some], centered[some] / spread),
        jac=True,
        method="L-BFGS-B",
        bounds=[*_BOUNDS[:3], *[_BOUNDS[3]] * p],
        options={"maxiter": _STEPS},
    ).x
    size, slope, noise = spread**2 * np.exp(2.0 * best[:3])
    lengths = np.exp(best[3:])
    covariance = _covariance(x, x, lengths, size, slope) + noise * np.eye(len(x))
    factor = cho_factor(covariance, lower=True)
    inverse = cho_solve(factor, np.eye(len(x)))
    return Emulator(
        x,
        lengths,
        float(size),
        float(slope),
        float(noise),
        float(y.mean()),
        inverse @ centered,
        inverse,
    )


def _covariance(a: Array, b: Array, lengths: Array, size: float, slope: float) -> Array:
    """Covariance (n, m) between places (n, p) and (m, p), without noise."""
    s, t = a / lengths, b / lengths
    squares = (s**2).sum(axis=1)[:, None] + (t**2).sum(axis=1)[None, :] - 2.0 * s @ t.T
    return size * np.exp(-0.5 * np.maximum(squares, 0.0)) + slope * (a @ b.T)


def _loss(logs: Array, x: Array, y: Array) -> tuple[float, Array]:
    """Minus the log likelihood of points and a weak prior that inputs do not matter; and its
    gradient (3 + p,).
    """
    size, slope, noise = np.exp(2.0 * logs[:3])
    lengths = np.exp(logs[3:])
    smooth = _covariance(x, x, lengths, size, 0.0)
    linear = slope * (x @ x.T)
    try:
        factor = cho_factor(smooth + linear + noise * np.eye(len(x)), lower=True)
    except np.linalg.LinAlgError:
        return math.inf, np.zeros_like(logs)
    inverse = cho_solve(factor, np.eye(len(x)))
    weights = inverse @ y
    loss = 0.5 * y @ weights + np.log(np.diag(factor[0])).sum()
    pull = inverse - np.outer(weights, weights)
    weighed = pull * smooth
    scaled = x / lengths
    by_length = weighed.sum(axis=1) @ scaled**2 - ((weighed @ scaled) * scaled).sum(axis=0)
    gradient = np.concatenate(
        [
            [weighed.sum(), (pull * linear).sum(), noise * np.trace(pull)],
            by_length,
        ]
    )
    away = logs[3:] - _BOUNDS[3][1]
    gradient[3:] += 0.1 * away
    return float(loss + 0.05 * (away**2).sum()), gradient
