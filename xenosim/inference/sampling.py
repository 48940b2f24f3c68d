"""Draws from a posterior whose prior is standard normal in every input.

Elliptical slice sampling (Murray, Adams, MacKay 2010, arXiv:1001.0356): nothing to tune, every
step is accepted, and what the data do not fix keeps its prior. Many chains move at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
#: Log likelihood (chains,) of places (chains, p).
LogLikelihood = Callable[[Array], Array]
#: How far copies of one draw are moved apart, over the spread of all [-].
MOVED = 0.15
#: A bracket that has shrunk so often holds nothing but its point.
_MOST_CUTS = 60


def sample(
    log_likelihood: LogLikelihood, start: Array, steps: int, rng: np.random.Generator
) -> Array:
    """Chains (steps, chains, p) from ``start`` (chains, p), all kept.

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> data = lambda z: -0.5 * ((z[:, 0] - 1.0) / 0.5) ** 2
    >>> found = sample(data, np.zeros((8, 2)), 600, rng)[100:]
    >>> bool(abs(found[..., 0].mean() - 0.8) < 0.05 and abs(found[..., 1].mean()) < 0.08)
    True
    """
    at, level = start.copy(), log_likelihood(start)
    found = np.empty((steps, *start.shape))
    for step in range(steps):
        at, level = _step(log_likelihood, at, level, rng)
        found[step] = at
    return found


def _step(
    log_likelihood: LogLikelihood, at: Array, level: Array, rng: np.random.Generator
) -> tuple[Array, Array]:
    chains = len(at)
    other = rng.standard_normal(at.shape)
    floor = level + np.log(rng.random(chains))
    angle = rng.uniform(0.0, 2.0 * math.pi, chains)
    low, high = angle - 2.0 * math.pi, angle.copy()
    moved, reached = at.copy(), level.copy()
    open_ = np.ones(chains, bool)
    for _ in range(_MOST_CUTS):
        cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
        tried = np.where(open_[:, None], at * cos + other * sin, moved)
        found = log_likelihood(tried)
        accepted = open_ & (found > floor)
        moved[accepted], reached[accepted] = tried[accepted], found[accepted]
        open_ &= ~accepted
        if not open_.any():
            break
        below = angle < 0.0
        low = np.where(open_ & below, angle, low)
        high = np.where(open_ & ~below, angle, high)
        angle = np.where(open_, rng.uniform(low, high), angle)
    return moved, reached


def split_r_hat(chains: Array) -> Array:
    """Split R-hat (p,) of chains (steps, chains, p) [-] (Gelman et al. 2013, eq. 11.4)."""
    half = len(chains) // 2
    parts = np.concatenate([chains[:half], chains[half : 2 * half]], axis=1)
    within = parts.var(axis=0, ddof=1).mean(axis=0)
    between = half * parts.mean(axis=0).var(axis=0, ddof=1)
    return np.sqrt((within * (half - 1) / half + between / half) / within)


def effective_size(chains: Array) -> Array:
    """Independent draws (p,) that chains (steps, chains, p) are worth [-]: by autocorrelations,
    summed while pairs of them are positive (Geyer 1992).
    """
    steps, count, _ = chains.shape
    centered = chains - chains.mean(axis=(0, 1))
    padded = np.fft.rfft(centered, 2 * steps, axis=0)
    covariance = np.fft.irfft(np.abs(padded) ** 2, axis=0)[:steps].mean(axis=1) / steps
    correlation = covariance / covariance[0]
    pairs = correlation[: steps - steps % 2].reshape(-1, 2, chains.shape[2]).sum(axis=1)
    positive = np.cumprod(pairs > 0.0, axis=0)
    length = np.maximum(2.0 * (pairs * positive).sum(axis=0) - 1.0, 1.0 / (steps * count))
    return np.minimum(steps * count / length, steps * count)


def importance_size(log_weights: Array) -> float:
    """Independent draws that weighted ones are worth [-] (Kish)."""
    weights = np.exp(log_weights - log_weights.max())
    return float(weights.sum() ** 2 / (weights**2).sum())


def resampled(log_weights: Array, n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """``n`` numbers of draws, each as often as its weight asks, to within one; in random order."""
    weights = np.exp(log_weights - log_weights.max())
    ends = np.cumsum(weights / weights.sum())
    chosen = np.searchsorted(ends, (rng.random() + np.arange(n)) / n)
    return rng.permutation(np.minimum(chosen, len(weights) - 1))


def smoothed(z: Array, chosen: NDArray[np.int64], rng: np.random.Generator) -> Array:
    """Draws ``z[chosen]`` (n, p) in which every copy after the first is moved by :data:`MOVED` of
    the spread of ``z``, and as much toward its mean: mean and variance stay (Liu and West 2001).
    """
    mean, found = z.mean(axis=0), z[chosen]
    spread = np.linalg.cholesky((z - mean).T @ (z - mean) / len(z) + 1e-9 * np.eye(z.shape[1]))
    copies = np.ones(len(chosen), bool)
    copies[np.unique(chosen, return_index=True)[1]] = False
    noise = MOVED * rng.standard_normal((int(copies.sum()), z.shape[1])) @ spread.T
    found[copies] = mean + math.sqrt(1.0 - MOVED**2) * (found[copies] - mean) + noise
    return found
