"""How likely measurements are: an animal's values are distributed about what the model expects,
with the covariance of animals that differ and of readings that err; by a t distribution, since a
few animals may respond unlike all others.

Values that are missing are left out of the mean and covariance. An animal that left because of what
was measured of it until then does not bend the curve so: what it was going to be is part of the
covariance (missing at random, Rubin 1976, doi:10.1093/biomet/63.3.581). That the mean itself is in
doubt is integrated out.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.inference.fit.blocks import Array, Block, covariance_of
from xenosim.inference.fit.emulate import Predicted

#: A center is found where it moves by less [ln], after so many steps at most [-]; least variance of
#: a value [ln^2].
CLOSE, MOST_STEPS, LEAST_VARIANCE = 1e-6, 200, 1e-6


class Pattern(NamedTuple):
    """Animals with values at the same ``times`` (places): ``values`` (animals, times)."""

    times: NDArray[np.int64]
    values: Array


class Weighed(NamedTuple):
    """Data against n expectations: ``information`` (n, t, t) on the mean, ``pull`` (n, t) on it,
    the slope of the ``logs`` (n,), the log likelihood without doubt and constant; ``squares``:
    numbers of values of animals and their squared distances (n, animals), pattern by pattern.
    """

    information: Array
    pull: Array
    logs: Array
    squares: tuple[tuple[int, Array], ...]


def patterns(block: Block) -> list[Pattern]:
    """The animals of a block by what of them was measured."""
    there = np.isfinite(block.values)
    found = []
    for mask in np.unique(there[there.any(axis=1)], axis=0):
        rows = (there == mask).all(axis=1)
        found.append(Pattern(np.nonzero(mask)[0], block.values[rows][:, mask]))
    return found


def weigh(known: list[Pattern], expected: Predicted) -> Weighed:
    """What data say of each of n expectations."""
    n, t = expected.mean.shape
    information, pull, logs = np.zeros((n, t, t)), np.zeros((n, t)), np.zeros(n)
    squares = []
    for times, values in known:
        places = np.ix_(np.arange(n), times, times)
        inverse = np.linalg.inv(expected.covariance[places])
        away = values[None] - expected.mean[:, None, times]
        weighted = away @ inverse
        square = (weighted * away).sum(axis=2)
        weights, own, sure = _of_tail(square, times.size, expected.freedom)
        information[places] += sure * len(values) * inverse
        pull[:, times] += (weights[..., None] * weighted).sum(axis=1)
        logs += own.sum(axis=1) + 0.5 * len(values) * np.linalg.slogdet(inverse)[1]
        squares.append((times.size, square))
    return Weighed(information, pull, logs, tuple(squares))


def _of_tail(square: Array, p: int, freedom: float) -> tuple[Array, Array, float]:
    """Of animals with ``p`` values at squared distances (n, animals): what each weighs, its log
    likelihood, and the information of one on the mean over that of a normal distribution (Lange,
    Little and Taylor 1989, doi:10.1080/01621459.1989.10478852).
    """
    if math.isinf(freedom):
        return np.ones_like(square), -0.5 * square, 1.0
    weights = (freedom + p) / (freedom + square)
    own = -0.5 * (freedom + p) * np.log1p(square / freedom)
    return weights, own, (freedom + p) / (freedom + p + 2.0)


def log_likelihood(known: list[Pattern], expected: Predicted) -> Array:
    """Log likelihood (n,) of a block's data under n expectations, without its constant."""
    found = weigh(known, expected)
    # The mean is in doubt by D: exp(-1/2 (m - m0)' D^-1 (m - m0)) is integrated out, exactly for a
    # normal distribution, to second order in m for another.
    spread = np.eye(found.pull.shape[1]) + found.information @ expected.doubt
    moved = np.linalg.solve(spread, found.pull[..., None])[..., 0]
    gained = np.einsum("ni,nij,nj->n", found.pull, expected.doubt, moved)
    return np.asarray(found.logs + 0.5 * (gained - np.linalg.slogdet(spread)[1]))


def center_and_scale(rows: Array, freedom: float) -> tuple[Array, Array]:
    """Center (t,) and squared scale (t, t) of the t distribution that makes ``rows`` (n, t) most
    likely; of a normal one mean and covariance.

    Examples
    --------
    >>> rows = np.array([[0.0], [1.0], [1.0], [2.0], [2.0], [3.0], [60.0]])
    >>> center, scale = center_and_scale(rows, 4.0)
    >>> bool(center[0] < 5.0), bool(scale[0, 0] < 10.0)
    (True, True)
    """
    center, scale = rows.mean(axis=0), covariance_of(rows)
    if math.isinf(freedom):
        return center, scale
    p = rows.shape[1]
    floor = LEAST_VARIANCE * np.eye(p)
    for _ in range(MOST_STEPS):
        away = rows - center
        square = (away @ np.linalg.inv(scale + floor) * away).sum(axis=1)
        weights = (freedom + p) / (freedom + square)
        before = center
        center = weights @ rows / weights.sum()
        away = rows - center
        scale = (weights[:, None] * away).T @ away / len(rows)
        if np.abs(center - before).max() < CLOSE:
            break
    return center, scale
