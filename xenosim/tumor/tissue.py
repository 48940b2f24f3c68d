"""The tissue around the cells: voxels that share vessel density, a seeded correlated field
(MODEL.md P2, P6).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xenosim.cell.rng import VESSELS, block, normal_of
from xenosim.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Classes of vessel density, equally likely; occupancy is solved once per class.
N_ZONES = 32


class Perfusion(NamedTuple):
    """``mean`` exchange g [1/h], its ``cv`` [-] between voxels, ``correlation_um`` [um],
    ``voxel_um`` edge of a voxel [um].
    """

    mean: float
    cv: float
    correlation_um: float
    voxel_um: float


def zone_exchange(perfusion: Perfusion) -> NDArray[np.float64]:
    """Exchange g [1/h] of each zone, shape (N_ZONES,): quantile midpoints of the lognormal, scaled
    to the exact mean.
    """
    from scipy.special import ndtri

    sigma = math.sqrt(math.log1p(perfusion.cv**2))
    g = np.exp(sigma * ndtri((np.arange(N_ZONES) + 0.5) / N_ZONES))
    scaled: NDArray[np.float64] = perfusion.mean * g / g.mean()
    return scaled


def exchange_nodes(
    exchange: NDArray[np.float64], n: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Exchange [1/h] of ``n`` Chebyshev nodes in ln g between the lowest and the highest of some
    ``exchange`` (m,) [1/h], and the weights (m, n) [-] that interpolate what depends smoothly on
    ln g from the nodes.

    Source: barycentric interpolation, Berrut and Trefethen 2004, doi:10.1137/S0036144502417715.

    Examples
    --------
    >>> g = np.array([0.2, 0.5, 1.0, 3.0])
    >>> nodes, weights = exchange_nodes(g, 9)
    >>> bool(np.allclose(weights @ (nodes / (nodes + 1.0)), g / (g + 1.0), atol=1e-4))
    True
    """
    log_g = np.log(exchange)
    middle, half = 0.5 * (log_g[-1] + log_g[0]), 0.5 * (log_g[-1] - log_g[0])
    if half < 1e-9 or n >= exchange.size:
        return exchange, np.eye(exchange.size)
    angle = math.pi * (np.arange(n) + 0.5) / n
    nodes = middle - half * np.cos(angle)
    ratio = (-1.0) ** np.arange(n) * np.sin(angle)
    away = log_g[:, None] - nodes
    met = np.abs(away) < 1e-12
    weights = ratio / np.where(met, 1.0, away)
    weights = np.where(met.any(axis=1)[:, None], met, weights)
    return np.exp(nodes), weights / weights.sum(axis=1)[:, None]


@kernel(inline=True)
def key_of_place(z, y, x):
    """One number for a place (z, y, x), each coordinate between -2048 and 2047 [-]: a draw keyed by
    it stays with the place.
    """
    return ((z + 2048) * 4096 + y + 2048) * 4096 + x + 2048


@kernel
def _fill_noise(seed, z0, y0, x0, out):
    """White noise keyed by absolute voxel coordinates [-] from (z0, y0, x0) into ``out``, shape
    (nz, ny, nx) [-].
    """
    for z in range(out.shape[0]):
        for y in range(out.shape[1]):
            for x in range(out.shape[2]):
                key = key_of_place(z + z0, y + y0, x + x0)
                first, second, _, _ = block(seed, VESSELS, 0, np.uint64(key))
                out[z, y, x] = normal_of(first, second)


def vessel_zones(
    seed: int, origin: tuple[int, int, int], shape: tuple[int, int, int], perfusion: Perfusion
) -> NDArray[np.int64]:
    """Zone of each voxel, shape ``shape``: a Gaussian field of the given correlation length cut
    into equal classes.

    Parameters
    ----------
    seed : int
        Seed of the tumor [-].
    origin : tuple of int
        Absolute coordinates of the first voxel [voxels]; the field does not change when the domain
        grows.
    shape : tuple of int
        Voxels along z, y, x [-].
    perfusion : Perfusion
        Mean, spread and correlation length.
    """
    from scipy.ndimage import gaussian_filter
    from scipy.special import ndtr

    # The autocorrelation of white noise smoothed by a Gaussian of width s falls to 1/e at 2 s.
    width = perfusion.correlation_um / (2.0 * perfusion.voxel_um)
    pad = max(math.ceil(4.0 * width), 1)
    noise = np.empty(tuple(n + 2 * pad for n in shape))
    _fill_noise(seed, origin[0] - pad, origin[1] - pad, origin[2] - pad, noise)
    smooth = gaussian_filter(noise, width, mode="constant", truncate=4.0)
    impulse = np.zeros((2 * pad + 1,) * 3)
    impulse[pad, pad, pad] = 1.0
    norm = math.sqrt(
        float((gaussian_filter(impulse, width, mode="constant", truncate=4.0) ** 2).sum())
    )
    field = smooth[pad:-pad, pad:-pad, pad:-pad] / norm
    return np.minimum((ndtr(field) * N_ZONES).astype(np.int64), N_ZONES - 1)
