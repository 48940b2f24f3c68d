"""The 3D lattice of sites: what a site holds, bounds, moments of the shape.

A site holds the row of a cell, ``OUTSIDE`` (host tissue) or ``VACANT`` (a gap that a cleared cell
left inside the tumor). Coordinates are always ``(z, y, x)``; lengths in sites unless they end in
``_um``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from xenosim.cell.state import MAX_SIDE, in_one_block, pack, unpack
from xenosim.jit import kernel, prange

OUTSIDE, VACANT = np.int32(-1), np.int32(-2)
#: Largest reach of the distance field whose square fits 8 bits [cubes].
BYTE_REACH = 15


class Lattice(NamedTuple):
    """``row``: int32 (nz, ny, nx), row of the cell at a site or OUTSIDE or VACANT; ``taken``: uint8
    (nz, ny, nx / 8), one bit per site, whether a cell is there: what a search for room reads, small
    enough for a cache; ``squared``: uint8 or uint16, squared Euclidean distance of cubes of
    2^``cube_bits`` sites to the host tissue, the reach at most [cubes2]; ``bounds``: int64 (7,),
    inclusive z, y, x box that holds every cell, and the largest squared distance of a cell from the
    center of mass [sites2]; ``voxel_z``, ``voxel_y``, ``voxel_x``: uint32, their sum is the voxel
    of a site. A cell's column ``site`` packs (z, y, x) into one number.
    """

    row: Any
    taken: Any
    squared: Any
    cube_bits: Any
    bounds: Any
    voxel_z: Any
    voxel_y: Any
    voxel_x: Any


@kernel(inline=True)
def place(lattice, cells, i, z, y, x):
    """Put the cell of row ``i`` [-] on the free site (z, y, x) [-], within the bounds, and keep its
    column in step.
    """
    lattice.row[z, y, x] = i
    toggle_taken(lattice.taken, z, y, x)
    cells.site[i] = pack(z, y, x)


@kernel(inline=True)
def toggle_taken(taken, z, y, x):
    """A cell has come to site (z, y, x) [-], or left it."""
    taken[z, y, x >> 3] ^= np.uint8(1 << (x & 7))


@kernel(parallel=True)
def mark_taken(lattice):
    """Work out the bits of all sites within the bounds [-]; the others are not taken."""
    b, row, taken = lattice.bounds, lattice.row, lattice.taken
    for z in prange(row.shape[0]):
        taken[z] = 0
        for y in range(b[2], b[3] + 1 if b[0] <= z <= b[1] else b[2]):
            for x in range(b[4], b[5] + 1):
                taken[z, y, x >> 3] |= np.uint8((row[z, y, x] >= 0) << (x & 7))


@kernel(inline=True)
def extend_bounds(lattice, z, y, x):
    """Make the bounds hold site (z, y, x) [-]."""
    b = lattice.bounds
    b[0], b[1] = min(b[0], z), max(b[1], z)
    b[2], b[3] = min(b[2], y), max(b[3], y)
    b[4], b[5] = min(b[4], x), max(b[5], x)


@kernel
def extent(site, out):
    """Sums of z, y, x and the smallest and largest z, y, x of the sites [-] into ``out``, shape
    (9,) [-].
    """
    out[:] = 0
    out[3], out[5], out[7] = MAX_SIDE, MAX_SIDE, MAX_SIDE
    for i in range(site.shape[0]):
        z, y, x = unpack(site[i])
        out[0] += z
        out[1] += y
        out[2] += x
        out[3], out[4] = min(out[3], z), max(out[4], z)
        out[5], out[6] = min(out[5], y), max(out[6], y)
        out[7], out[8] = min(out[7], x), max(out[8], x)


@kernel
def farthest(site, cz, cy, cx):
    """Largest squared distance [sites2] of the sites [-] from (cz, cy, cx) [sites]."""
    most = 0
    for i in range(site.shape[0]):
        z, y, x = unpack(site[i])
        most = max(most, (z - cz) ** 2 + (y - cy) ** 2 + (x - cx) ** 2)
    return most


@kernel
def moments(site, out):
    """First and second moments of the sites [-] in integers: z, y, x, zz, yy, xx, zy, zx, yx into
    ``out``, shape (9,) [-].
    """
    out[:] = 0
    for i in range(site.shape[0]):
        z, y, x = unpack(site[i])
        out[0] += z
        out[1] += y
        out[2] += x
        out[3] += z * z
        out[4] += y * y
        out[5] += x * x
        out[6] += z * y
        out[7] += z * x
        out[8] += y * x


def empty_lattice(shape: tuple[int, int, int], reach: int, cube_bits: int = 0) -> Lattice:
    """A lattice of ``shape`` [sites] without cells, for a distance field of cubes of
    2^``cube_bits`` sites up to ``reach`` [cubes]; voxel tables are zero.
    """
    cubes = tuple((side >> cube_bits) + 1 for side in shape) if cube_bits else shape
    narrow = np.dtype(np.uint8 if reach <= BYTE_REACH and cube_bits == 0 else np.uint16)
    row, taken, squared = in_one_block(
        [
            (shape, np.dtype(np.int32)),
            ((shape[0], shape[1], shape[2] // 8 + 1), np.dtype(np.uint8)),
            (cubes, narrow),
        ]
    )
    row[:], taken[:], squared[:] = OUTSIDE, 0, 0
    return Lattice(
        row=row,
        taken=taken,
        squared=squared,
        cube_bits=cube_bits,
        bounds=np.array([shape[0], 0, shape[1], 0, shape[2], 0, 0], np.int64),
        voxel_z=np.zeros(shape[0], np.uint32),
        voxel_y=np.zeros(shape[1], np.uint32),
        voxel_x=np.zeros(shape[2], np.uint32),
    )
