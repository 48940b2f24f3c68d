"""What the lines of a lattice meet, for a space without one: how many sites, and how many of them
twice (MODEL.md P7).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from xenosim.cell.rng import DIVIDE, block, join, scramble, unit
from xenosim.jit import kernel
from xenosim.tumor.lines import POINT_BITS, Line, jittered, line_point

#: Cells whose lines are drawn; the means have a standard error below 0.5 %.
SAMPLES = 2000
_POINT = np.uint64(2**POINT_BITS - 1)
_LOW = np.uint64(0xFFFFFFFF)
#: Where lines start, so that none reaches a negative coordinate [sites].
_START = 500


@kernel
def _normal(k):
    """The ``k``-th of many isotropic normals (z, y, x) [-]."""
    a, b, _, _ = block(0, DIVIDE, 0, k)
    z = 2.0 * unit(a) - 1.0
    across, angle = np.sqrt(1.0 - z * z), 2.0 * np.pi * unit(b)
    return z, across * np.cos(angle), across * np.sin(angle)


@kernel
def _mean_sites(samples):
    total = 0.0
    for k in range(samples):
        nz, ny, nx = _normal(k)
        a, b, c, _ = block(0, DIVIDE, 1, k)
        dz, dy, dx, _ = jittered(nz, ny, nx, a, b, c)
        total += 65536.0 / (dz * nz + dy * ny + dx * nx)
    return total / samples


@kernel
def _mean_different_sites(samples, n_lines, reach):
    total = 0
    for k in range(samples):
        nz, ny, nx = _normal(k)
        a, b, _, _ = block(0, DIVIDE, 1, k)
        key = join(a, b)
        met = set()
        met.add(np.int64(0))
        for number in range(n_lines):
            first, second = scramble(key, 2 * number), scramble(key, 2 * number + 1)
            u, v, w = first >> np.uint64(32), first & _LOW, second >> np.uint64(32)
            dz, dy, dx, per_length = jittered(nz, ny, nx, u, v, w)
            line = Line(
                (_START << POINT_BITS) + np.int64(u & _POINT),
                (_START << POINT_BITS) + np.int64(v & _POINT),
                (_START << POINT_BITS) + np.int64(w & _POINT),
                dz,
                dy,
                dx,
            )
            for step in range(1, np.int64(reach * per_length) + 1):
                z, y, x = line_point(line, step)
                met.add((z * 1024 + y) * 1024 + x)
        total += len(met) - 1
    return total / samples


@lru_cache(maxsize=1)
def sites_a_depth() -> float:
    """Sites that a line meets while it rises by the width of one toward the surface [-], mean over
    directions and jitter.
    """
    return float(_mean_sites(SAMPLES))


@lru_cache(maxsize=64)
def different_sites(n_lines: int, reach_sites: float) -> float:
    """Different sites that all lines of a deep cell meet together [-], mean over directions and
    jitter: near the cell they run through the same sites.

    Parameters
    ----------
    n_lines : int
        Lines that it looks along [-].
    reach_sites : float
        Length of a line [sites].
    """
    return float(_mean_different_sites(SAMPLES, n_lines, reach_sites))
