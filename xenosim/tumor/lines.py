"""Straight lines over the sites, in fixed-point numbers: the site of a point is its upper bits."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from xenosim.cell.rng import upper_unit
from xenosim.jit import kernel, prefetch

#: Bits of a coordinate below the point.
POINT_BITS = 16
#: How many sites of a line memory is asked for ahead [sites].
NEAR = 8
#: No end within the lattice [sites].
FAR = 1 << 30


class Line(NamedTuple):
    """Start (``z``, ``y``, ``x``) and direction (``dz``, ``dy``, ``dx``), whose largest component
    is 1 site [1/65536 site].
    """

    z: Any
    y: Any
    x: Any
    dz: Any
    dy: Any
    dx: Any


class Shape(NamedTuple):
    """Of flat arrays over the sites: a plane has ``ny`` rows of ``nx`` sites, or of ``n_bytes``
    bytes of one bit per site [-].
    """

    ny: Any
    nx: Any
    n_bytes: Any


class Box(NamedTuple):
    """Planes ``z_low`` to ``z_high`` and rows ``y_low`` to ``y_high`` that a line may touch
    [sites].
    """

    z_low: Any
    z_high: Any
    y_low: Any
    y_high: Any


#: No box: lines end in host tissue.
EVERYWHERE = Box(0, FAR, 0, FAR)


@kernel(inline=True)
def fixed(value):
    """A length [sites] as a fixed-point number [1/65536 site]."""
    return np.int64(np.floor(value * 65536.0 + 0.5))


@kernel(inline=True)
def line_point(line, k):
    """The ``k``-th site [-] on a ``line`` (P7)."""
    return (
        (line.z + k * line.dz) >> POINT_BITS,
        (line.y + k * line.dy) >> POINT_BITS,
        (line.x + k * line.dx) >> POINT_BITS,
    )


@kernel(inline=True)
def index_of(z, y, x, shape):
    """Place of site (z, y, x) [-] in a flat array of rows; unsigned, which spares a test for
    negative numbers.
    """
    return np.uint64((z * shape.ny + y) * shape.nx + x)


@kernel(inline=True)
def byte_of(z, y, x, shape):
    """Place of the byte with the bit of site (z, y, x) [-]."""
    return np.uint64((z * shape.ny + y) * shape.n_bytes + (x >> 3))


@kernel(inline=True)
def jittered(nz, ny, nx, a, b, c):
    """Direction of a line about the normal (nz, ny, nx) [-] from the upper halves of three words
    [-]: jittered by up to half the length of the normal per axis, the largest component 1 site
    [1/65536 site]; and sites per site of its length [-].
    """
    dz, dy, dx = nz + upper_unit(a) - 0.5, ny + upper_unit(b) - 0.5, nx + upper_unit(c) - 0.5
    scale = 1.0 / max(abs(dz), max(abs(dy), abs(dx)))
    dz, dy, dx = dz * scale, dy * scale, dx * scale
    return fixed(dz), fixed(dy), fixed(dx), 1.0 / np.sqrt(dz * dz + dy * dy + dx * dx)


@kernel(inline=True)
def first_free(taken, shape, line, count):
    """Number of the first site without a cell on a ``line``, 0 if it is not among the first
    ``count`` [-] (P7).

    ``taken``: the bits of all sites, flat: an array, not the lattice, because reading a field of a
    tuple of arrays in a loop with several exits counts references, which costs more than the walk.
    A line cannot leave the lattice: it ends in the host tissue that surrounds every cell.
    """
    for k in range(1, count + 1):
        z, y, x = line_point(line, k)
        if (taken[byte_of(z, y, x, shape)] >> (x & 7)) & 1 == 0:
            return k
    return 0


@kernel(inline=True)
def sites_before(start, d, low, high):
    """Number of sites on a line from ``start``, going ``d`` a site [1/65536 site] along one axis,
    before it leaves low..high [sites] [-].
    """
    if d > 0:
        return (((high + 1) << POINT_BITS) - 1 - start) // d
    if d < 0:
        return (start - (low << POINT_BITS)) // -d
    return FAR


@kernel(inline=True)
def sites_within(line, box):
    """Number of sites on a ``line`` before it leaves a ``box`` [-]."""
    return min(
        sites_before(line.z, line.dz, box.z_low, box.z_high),
        sites_before(line.y, line.dy, box.y_low, box.y_high),
    )


@kernel(inline=True)
def ask_for_line(flat, taken, shape, line):
    """Ask for the memory that a ``line`` meets first; ``flat`` rows and ``taken`` bits of all sites
    [-].
    """
    for k in range(1, NEAR + 1):
        z, y, x = line_point(line, k)
        prefetch(taken, (z * shape.ny + y) * shape.n_bytes + (x >> 3))
        prefetch(flat, (z * shape.ny + y) * shape.nx + x)
