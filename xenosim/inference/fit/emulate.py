"""Expectations of blocks at any point, from those at simulated ones: a Gaussian process for each
direction in which they vary (principal components).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.inference.emulator import Emulator, fit
from xenosim.inference.fit.blocks import Array, Block

#: Share of the variance over the points that is left to none of the directions [-], and most
#: directions: of a mean, and of the logarithm of a covariance.
LEFT = (1e-4, 0.02)
MOST = (6, 3)


class Directions(NamedTuple):
    """Numbers (m,) as ``mean`` and ``basis`` (k, m), with one of the ``emulators`` for each."""

    mean: Array
    basis: Array
    emulators: tuple[Emulator, ...]

    @classmethod
    def of(cls, z: Array, numbers: Array, left: float, most: int) -> Directions:
        """Directions of ``numbers`` (n, m) at scores ``z`` (n, p), as many as leave a share
        ``left`` of their variance, and at most ``most``.
        """
        mean = numbers.mean(axis=0)
        _, sizes, basis = np.linalg.svd(numbers - mean, full_matrices=False)
        told = np.cumsum(sizes**2) / max(float((sizes**2).sum()), 1e-12)
        k = min(int(np.searchsorted(told, 1.0 - left)) + 1, most, len(sizes))
        weights = (numbers - mean) @ basis[:k].T
        return cls(mean, basis[:k], tuple(fit(z, weights[:, j]) for j in range(k)))

    def predict(self, z: Array) -> tuple[Array, Array]:
        """Numbers (n, m) at scores (n, p), and the variance (n, k) along each direction."""
        pairs = [emulator.predict(z) for emulator in self.emulators]
        means, variances = (np.column_stack(part) for part in zip(*pairs, strict=True))
        return self.mean + means @ self.basis, variances


class Predicted(NamedTuple):
    """Expectations at n points: ``mean`` (n, t), ``covariance`` (n, t, t) of one animal's values,
    and ``doubt`` (n, t, t), that of the mean itself: of so few animals, and of the emulator;
    ``freedom`` of the t distribution [-].
    """

    mean: Array
    covariance: Array
    doubt: Array
    freedom: float = math.inf


class BlockEmulator(NamedTuple):
    """The expectations of a block: ``means``, ``logarithms`` of covariances, ``chance`` (see
    :class:`~xenosim.inference.fit.blocks.Expected`), and ``freedom``.
    """

    means: Directions
    logarithms: Directions
    chance: float
    freedom: float

    @classmethod
    def of(cls, z: Array, numbers: Array, block: Block) -> BlockEmulator:
        """From packed expectations (n, size) at scores (n, p)."""
        t = len(block.times)
        return cls(
            Directions.of(z, numbers[:, :t], LEFT[0], MOST[0]),
            Directions.of(z, numbers[:, t:-1], LEFT[1], MOST[1]),
            float(np.median(numbers[:, -1])),
            block.freedom,
        )

    def predict(self, z: Array) -> Predicted:
        """Expectations at scores (n, p)."""
        mean, variances = self.means.predict(z)
        covariance = covariances(self.logarithms.predict(z)[0], mean.shape[1])
        basis = self.means.basis
        doubt = self.chance * covariance + np.einsum("nk,ki,kj->nij", variances, basis, basis)
        return Predicted(mean, covariance, doubt, self.freedom)


def covariances(logarithms: Array, t: int) -> Array:
    """Covariances (n, t, t) from the upper triangles (n, t (t + 1) / 2) of their logarithms.

    Examples
    --------
    >>> covariances(np.log([[4.0]]), 1).tolist()
    [[[4.0]]]
    """
    whole = np.zeros((len(logarithms), t, t))
    rows, columns = np.triu_indices(t)
    whole[:, rows, columns] = whole[:, columns, rows] = logarithms
    values, vectors = np.linalg.eigh(whole)
    return np.asarray((vectors * np.exp(values)[:, None, :]) @ np.swapaxes(vectors, 1, 2))


def unpacked(numbers: Array, block: Block) -> Predicted:
    """Expectations that were simulated: packed ones (n, size)."""
    t = len(block.times)
    covariance = covariances(numbers[:, t:-1], t)
    doubt = numbers[:, -1, None, None] * covariance
    return Predicted(numbers[:, :t], covariance, doubt, block.freedom)


def split(numbers: NDArray[np.float64], blocks: tuple[Block, ...]) -> list[Array]:
    """Packed expectations (n, all) of all blocks by block."""
    ends = np.cumsum([block.size for block in blocks])
    return np.split(numbers, ends[:-1], axis=1)
