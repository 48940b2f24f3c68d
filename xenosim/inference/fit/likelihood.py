"""How likely measurements are: an animal's values are normal about what the model expects, with the
covariance of animals that differ and of readings that err.

Values that are missing are left out of the mean and covariance. An animal that left because of what
was measured of it until then does not bend the curve so: what it was going to be is part of the
covariance (missing at random, Rubin 1976, doi:10.1093/biomet/63.3.581). That the mean itself is in
doubt is integrated out.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.inference.fit.blocks import Array, Block
from xenosim.inference.fit.emulate import Predicted


class Pattern(NamedTuple):
    """Animals with values at the same ``times`` (places): ``values`` (animals, times)."""

    times: NDArray[np.int64]
    values: Array


class Weighed(NamedTuple):
    """Data against n expectations: ``information`` (n, t, t) on the mean, ``pull`` (n, t) on it,
    the sum of squares ``distance`` (n,) and of the log determinants ``volume`` (n,), of ``numbers``
    values.
    """

    information: Array
    pull: Array
    distance: Array
    volume: Array
    numbers: int


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
    information, pull = np.zeros((n, t, t)), np.zeros((n, t))
    distance, volume, count = np.zeros(n), np.zeros(n), 0
    for times, values in known:
        places = np.ix_(np.arange(n), times, times)
        inverse = np.linalg.inv(expected.covariance[places])
        away = values[None] - expected.mean[:, None, times]
        weighted = away @ inverse
        information[places] += len(values) * inverse
        pull[:, times] += weighted.sum(axis=1)
        distance += (weighted * away).sum(axis=(1, 2))
        volume -= len(values) * np.linalg.slogdet(inverse)[1]
        count += values.size
    return Weighed(information, pull, distance, volume, count)


def log_likelihood(known: list[Pattern], expected: Predicted) -> Array:
    """Log likelihood (n,) of a block's data under n expectations, without its constant."""
    found = weigh(known, expected)
    # The mean is in doubt by D: exp(-1/2 (m - m0)' D^-1 (m - m0)) is integrated out.
    spread = np.eye(found.pull.shape[1]) + found.information @ expected.doubt
    moved = np.linalg.solve(spread, found.pull[..., None])[..., 0]
    gained = np.einsum("ni,nij,nj->n", found.pull, expected.doubt, moved)
    return 0.5 * (gained - found.distance - found.volume - np.linalg.slogdet(spread)[1])
